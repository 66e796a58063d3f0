import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { JSONPatchOperation } from '../../src/shared/json.ts';
import { createAPIClient } from '../../testbed/api-client.ts';
import type { APIClient } from '../../testbed/api-client.ts';
import { connectControlPlane } from '../../testbed/connect.ts';
import type { ConnectedControlPlane } from '../../testbed/connect.ts';
import { parseCaseName } from '../../testbed/crash/crash-case.ts';
import { judgeCase } from '../../testbed/crash/judge-case.ts';
import { describeReport } from '../../testbed/crash/matrix.ts';
import { learn, prove, seededShare } from '../../testbed/crash/prove.ts';
import type { Lesson } from '../../testbed/crash/prove.ts';
import { runCase } from '../../testbed/crash/run-case.ts';
import { operatorAccount } from '../../testbed/operator-process.ts';
import { stampRoutes } from '../../testbed/route-stamper.ts';
import { crashCast } from '../builders/crash-cast.ts';
import { httpRoutes, riskIncidents } from '../builders/guarded-model.ts';

/** All of them take a quarter of an hour on two cores: `npm run proof`. */
const share = Number(process.env['MODELRISK_CRASH_SHARE'] ?? 0.15);
const seed = Number(process.env['MODELRISK_CRASH_SEED'] ?? Math.floor(Math.random() * 1e9));
const concurrency = 10;

const say = (line: string): void => {
  process.stderr.write(`crash: ${line}\n`);
};

let plane: ConnectedControlPlane;
let compiled: string;

beforeAll(() => {
  plane = connectControlPlane();
  compiled = mkdtempSync(join(tmpdir(), 'modelrisk-compiled-'));
  process.env['NODE_COMPILE_CACHE'] = compiled;
});

afterAll(async () => {
  Reflect.deleteProperty(process.env, 'NODE_COMPILE_CACHE');
  rmSync(compiled, { recursive: true, force: true });
  await plane.close();
});

describe('an operator killed at a write', () => {
  it(`leaves no trace of it at the end, for a share of ${String(share)} of all writes and ways to die (MODELRISK_CRASH_SEED=${String(seed)})`, async () => {
    const { summary, reports } = await prove({ plane, cast: crashCast, concurrency, choose: seededShare(share, seed), seed, say });
    expect(reports.filter(({ verdict }) => verdict.kind !== 'Passed').map(describeReport)).toEqual([]);
    expect(summary.cases).toBeGreaterThan(10);
  }, 900_000);
});

/** Things nobody may do, done with the operator's own token while it is down: a judge that misses them judges nothing. */
describe('the judge of these runs', () => {
  let lesson: Lesson;
  let stamper: { stop(): Promise<void> };

  beforeAll(async () => {
    stamper = stampRoutes(plane.client, null);
    lesson = await learn({ plane, cast: crashCast });
  }, 180_000);
  afterAll(() => stamper.stop());

  async function brokenBy(act: (client: APIClient, namespace: string) => Promise<void>): Promise<readonly string[]> {
    const crash = parseCaseName('write 20 patch httproutes #3, landed and acked');
    const whileDown = async (namespace: string): Promise<void> => {
      const token = await plane.tokenFor(operatorAccount.namespace, operatorAccount.serviceAccount);
      const client = createAPIClient({ server: plane.server, caFile: plane.caFile, token });
      await act(client, namespace);
      await client.close();
    };
    const evidence = await runCase({ plane, cast: crashCast, crash, whileDown });
    const verdict = judgeCase(evidence, lesson.promise, lesson.end);
    await evidence.close(false);
    expect(evidence.reached).toBe(true);
    return verdict.kind === 'Failed' ? verdict.broken : [];
  }

  it('convicts a loss of the journal: users would get back what they never asked for', async () => {
    const broken = await brokenBy(async (client, namespace) => {
      const marks: readonly JSONPatchOperation[] = ['journal', 'epoch'].map((mark) => ({
        op: 'remove',
        path: `/metadata/annotations/modelrisk.dev~1${mark}`,
      }));
      await client.patch(httpRoutes, { namespace, name: 'credit' }, marks);
    });
    expect(broken).toContain('V6');
  }, 180_000);

  it('convicts an entry of the record that was rewritten', async () => {
    const broken = await brokenBy(async (client, namespace) => {
      const [incident] = await plane.client.list(riskIncidents, { namespace });
      await client.patch(riskIncidents, { namespace, name: incident?.metadata.name ?? '', subresource: 'status' }, [
        { op: 'replace', path: '/status/entries/0/reason', value: 'nothing happened' },
      ]);
    });
    expect(broken).toContain('V9');
  }, 180_000);
});
