import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { createAPIClient } from '../../testbed/api-client.ts';
import type { APIClient } from '../../testbed/api-client.ts';
import { connectControlPlane } from '../../testbed/connect.ts';
import type { ConnectedControlPlane } from '../../testbed/connect.ts';
import { parseCaseName } from '../../testbed/crash/crash-case.ts';
import { judgeCase } from '../../testbed/crash/judge-case.ts';
import type { Verdict } from '../../testbed/crash/judge-case.ts';
import { describeReport } from '../../testbed/crash/matrix.ts';
import { learn, prove, seededShare } from '../../testbed/crash/prove.ts';
import type { Lesson, Proof } from '../../testbed/crash/prove.ts';
import { runCase } from '../../testbed/crash/run-case.ts';
import { operatorAccount } from '../../testbed/operator-process.ts';
import { stampRoutes } from '../../testbed/route-stamper.ts';
import { crashCast } from '../builders/crash-cast.ts';
import { httpRoutes, riskIncidents } from '../builders/guarded-model.ts';

/** All of them take about a quarter of an hour on two cores: `npm run proof`. A third would take five minutes of every test run. */
const share = Number(process.env['MODELRISK_CRASH_SHARE'] ?? 0.1);
const seed = Number(process.env['MODELRISK_CRASH_SEED'] ?? Math.floor(Math.random() * 1e9));
const concurrency = 8;

const say = (line: string): void => {
  process.stderr.write(`crash: ${line}\n`);
};

let plane: ConnectedControlPlane;
let lesson: Lesson;
let compiled: string;
let stamper: { stop(): Promise<void> };
/** All of it at once: a case waits more than it works. */
let running: { readonly matrix: Promise<Proof>; readonly journal: Promise<Judged>; readonly record: Promise<Judged> };

interface Judged {
  readonly reached: boolean | null;
  readonly verdict: Verdict;
}

/** Does what nobody may do, with the operator's own token while it is down. */
async function judgeWith(act: (client: APIClient, namespace: string) => Promise<unknown>): Promise<Judged> {
  const crash = parseCaseName('write 20 patch httproutes #3, landed and acked');
  const whileDown = async (namespace: string): Promise<void> => {
    const token = await plane.tokenFor(operatorAccount.namespace, operatorAccount.serviceAccount);
    const client = createAPIClient({ server: plane.server, caFile: plane.caFile, token });
    await act(client, namespace);
    await client.close();
  };
  for (let attempt = 1; ; attempt++) {
    const evidence = await runCase({ plane, cast: crashCast, crash, whileDown });
    await evidence.close(false);
    // On a busy machine a write may be sent again before it is answered, and the one waited for never comes by itself.
    if (evidence.reached === true || attempt === 4)
      return { reached: evidence.reached, verdict: judgeCase(evidence, lesson.promise, lesson.end) };
  }
}

function loseJournal(client: APIClient, namespace: string): Promise<unknown> {
  const marks = ['journal', 'epoch'].map((mark) => ({ op: 'remove' as const, path: `/metadata/annotations/modelrisk.dev~1${mark}` }));
  return client.patch(httpRoutes, { namespace, name: 'credit' }, marks);
}

async function rewriteRecord(client: APIClient, namespace: string): Promise<unknown> {
  const [incident] = await plane.client.list(riskIncidents, { namespace });
  return client.patch(riskIncidents, { namespace, name: incident?.metadata.name ?? '', subresource: 'status' }, [
    { op: 'replace', path: '/status/entries/0/reason', value: 'nothing happened' },
  ]);
}

beforeAll(async () => {
  plane = connectControlPlane();
  compiled = mkdtempSync(join(tmpdir(), 'modelrisk-compiled-'));
  process.env['NODE_COMPILE_CACHE'] = compiled;
  stamper = stampRoutes(plane.client, null);
  const options = { plane, cast: crashCast, concurrency, choose: seededShare(share, seed), seed, say };
  lesson = await learn(options);
  running = { matrix: prove(options, lesson), journal: judgeWith(loseJournal), record: judgeWith(rewriteRecord) };
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
