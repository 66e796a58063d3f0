import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { createAPIClient } from '../../testbed/api-client.ts';
import type { APIClient } from '../../testbed/api-client.ts';
import { connectControlPlane } from '../../testbed/connect.ts';
import type { ConnectedControlPlane } from '../../testbed/connect.ts';
import { parseCaseName, sampleCases } from '../../testbed/crash/crash-case.ts';
import type { CrashCase } from '../../testbed/crash/crash-case.ts';
import { judgeCase } from '../../testbed/crash/judge-case.ts';
import type { Verdict } from '../../testbed/crash/judge-case.ts';
import { describeReport } from '../../testbed/crash/matrix.ts';
import { learn, prove, seededShare } from '../../testbed/crash/prove.ts';
import type { Lesson, Proof } from '../../testbed/crash/prove.ts';
import { runCase } from '../../testbed/crash/run-case.ts';
import { operatorAccount } from '../../testbed/operator-process.ts';
import { stampRoutes } from '../../testbed/route-stamper.ts';
import { castOf, crashCast } from '../builders/crash-cast.ts';
import { httpRoutes, riskIncidents } from '../builders/guarded-model.ts';
import { crashKinds } from '../builders/crash-kinds.ts';
import { entriesOf } from '../builders/traffic-view.ts';

/** All of them take about a quarter of an hour on two cores: `npm run proof`. A third would take five minutes of every test run. */
const share = Number(process.env['MODELRISK_CRASH_SHARE'] ?? 0.1);
const seed = Number(process.env['MODELRISK_CRASH_SEED'] ?? Math.floor(Math.random() * 1e9));
const concurrency = 8;
/** Of one kind of target, another with another seed: all of every kind would be an hour (`npm run proof -- --target KIND`). */
const casesOfOneKind = 4;
const oneKind = crashKinds[seed % crashKinds.length];

const say = (line: string): void => {
  process.stderr.write(`crash: ${line}\n`);
};

let plane: ConnectedControlPlane;
let lesson: Lesson;
let compiled: string;
let stamper: { stop(): Promise<void> };
/** All of it at once: a case waits more than it works. */
let running: {
  readonly matrix: Promise<Proof>;
  readonly ofOneKind: Promise<Proof>;
  readonly journal: Promise<Judged>;
  readonly record: Promise<Judged>;
};

interface Judged {
  readonly reached: boolean | null;
  readonly verdict: Verdict;
}

/** Does what nobody may do, with the operator's own token while it is down; `act` says whether there was something to do it to. */
async function judgeWith(act: (client: APIClient, namespace: string) => Promise<boolean>): Promise<Judged> {
  const state = { done: false };
  const crash = parseCaseName('write 20 patch httproutes #3, landed and acked');
  const whileDown = async (namespace: string): Promise<void> => {
    const token = await plane.tokenFor(operatorAccount.namespace, operatorAccount.serviceAccount);
    const client = createAPIClient({ server: plane.server, caFile: plane.caFile, token });
    state.done = await act(client, namespace);
    await client.close();
  };
  for (let attempt = 1; ; attempt++) {
    const evidence = await runCase({ plane, cast: crashCast, crash, whileDown });
    await evidence.close(false);
    // On a busy machine a write may be sent again before it is answered, and the one waited for never comes by itself; or the
    // operator dies before it has begun the record.
    if ((evidence.reached === true && state.done) || attempt === 4)
      return { reached: evidence.reached, verdict: judgeCase(evidence, lesson.promise, lesson.end) };
  }
}

async function loseJournal(client: APIClient, namespace: string): Promise<boolean> {
  const marks = ['journal', 'epoch'].map((mark) => ({ op: 'remove' as const, path: `/metadata/annotations/modelrisk.dev~1${mark}` }));
  await client.patch(httpRoutes, { namespace, name: 'credit' }, marks);
  return true;
}

async function rewriteRecord(client: APIClient, namespace: string): Promise<boolean> {
  const [incident] = await plane.client.list(riskIncidents, { namespace });
  if (incident === undefined || entriesOf(incident).length === 0) return false;
  await client.patch(riskIncidents, { namespace, name: incident.metadata.name ?? '', subresource: 'status' }, [
    { op: 'replace', path: '/status/entries/0/reason', value: 'nothing happened' },
  ]);
  return true;
}

async function proveOneKind(): Promise<Proof> {
  if (oneKind === undefined) throw new Error('there is no kind of target');
  const choose = (cases: readonly CrashCase[]): readonly CrashCase[] => sampleCases(cases, casesOfOneKind, seed);
  const options = { plane, cast: castOf(oneKind), concurrency: 2, choose, seed, say };
  return prove(options, await learn(options));
}

beforeAll(async () => {
  plane = connectControlPlane();
  compiled = mkdtempSync(join(tmpdir(), 'modelrisk-compiled-'));
  process.env['NODE_COMPILE_CACHE'] = compiled;
  stamper = stampRoutes(plane.client, null);
  const options = { plane, cast: crashCast, concurrency, choose: seededShare(share, seed), seed, say };
  lesson = await learn(options);
  const ofOneKind = proveOneKind();
  running = { matrix: prove(options, lesson), ofOneKind, journal: judgeWith(loseJournal), record: judgeWith(rewriteRecord) };
}, 180_000);

afterAll(async () => {
  await Promise.allSettled(Object.values(running));
  Reflect.deleteProperty(process.env, 'NODE_COMPILE_CACHE');
  rmSync(compiled, { recursive: true, force: true });
  await stamper.stop();
  await plane.close();
}, 900_000);

describe('an operator killed at a write', () => {
  it(`leaves no trace of it at the end, for ${String(share)} of all writes and ways to die (MODELRISK_CRASH_SEED=${String(seed)})`, async () => {
    const { summary, reports } = await running.matrix;
    expect(reports.filter(({ verdict }) => verdict.kind !== 'Passed').map(describeReport)).toEqual([]);
    expect(summary.cases).toBeGreaterThan(10);
  }, 900_000);
});

describe('an operator killed at a write of another kind of target', () => {
  it(`leaves no trace of it either: ${oneKind?.kind ?? 'none'}, ${casesOfOneKind} cases (MODELRISK_CRASH_SEED=${String(seed)})`, async () => {
    const { summary, reports } = await running.ofOneKind;
    expect(reports.filter(({ verdict }) => verdict.kind !== 'Passed').map(describeReport)).toEqual([]);
    expect(summary.cases).toBe(casesOfOneKind);
  }, 900_000);
});

describe('the judge of these runs', () => {
  it('convicts a loss of the journal: users would get back what they never asked for', async () => {
    const { reached, verdict } = await running.journal;
    expect(reached).toBe(true);
    expect(verdict).toMatchObject({ kind: 'Failed', broken: expect.arrayContaining(['V6']) });
  }, 180_000);

  it('convicts an entry of the record that was rewritten', async () => {
    const { reached, verdict } = await running.record;
    expect(reached).toBe(true);
    expect(verdict).toMatchObject({ kind: 'Failed', broken: expect.arrayContaining(['V9']) });
  }, 180_000);
});
