import { describe, expect, it } from '@jest/globals';

import { caseName, casesFor } from '../../../../testbed/crash/crash-case.ts';
import type { CrashCase } from '../../../../testbed/crash/crash-case.ts';
import type { Verdict } from '../../../../testbed/crash/judge-case.ts';
import { describeReport, runMatrix, summarise } from '../../../../testbed/crash/matrix.ts';
import type { CaseReport, RunOnce } from '../../../../testbed/crash/matrix.ts';

const cases = casesFor([
  { verb: 'patch', resource: 'httproutes', subresource: null, occurrence: 1 },
  { verb: 'create', resource: 'riskincidents', subresource: null, occurrence: 1 },
]);

function runner(verdictOf: (crash: CrashCase, attempt: number) => Verdict): RunOnce {
  const attempts = new Map<CrashCase, number>();
  return (crash) => {
    const attempt = (attempts.get(crash) ?? 0) + 1;
    attempts.set(crash, attempt);
    return Promise.resolve({ name: caseName(crash), verdict: verdictOf(crash, attempt), seconds: 1, leasesLost: 0, logs: null });
  };
}

const run = (runOnce: RunOnce, concurrency = 2): Promise<readonly CaseReport[]> =>
  runMatrix({ cases, concurrency, runOnce, onReport: () => undefined });
const summary = (reports: readonly CaseReport[]) => summarise(reports, { writes: 2, minutes: 1.234, seed: 7 });
const failed: Verdict = { kind: 'Failed', problems: ['V2 too much'], broken: ['V2', 'V2', 'V9'] };

describe('the matrix', () => {
  it('runs every case once and answers in their order', async () => {
    const reports = await run(runner(() => ({ kind: 'Passed' })));
    expect(reports.map(({ name }) => name)).toEqual(cases.map(caseName));
    expect(summary(reports)).toMatchObject({ cases: 6, passed: 6, failed: 0, notReached: 0, minutes: 1.23, seed: 7, violations: {} });
  });

  it('never runs more at a time than it was told', async () => {
    const state = { now: 0, most: 0 };
    await run(async (crash) => {
      state.now++;
      state.most = Math.max(state.most, state.now);
      await Promise.resolve();
      state.now--;
      return { name: caseName(crash), verdict: { kind: 'Passed' }, seconds: 1, leasesLost: 0, logs: null };
    }, 3);
    expect(state.most).toBe(3);
  });

  it('counts a write that never came as failed, after it was looked for four times', async () => {
    const reports = await run(runner((crash) => (crash === cases[4] ? { kind: 'NotReached' } : { kind: 'Passed' })));
    expect(summary(reports)).toMatchObject({ passed: 5, failed: 1, notReached: 1 });
    expect(reports[4]).toMatchObject({ attempts: 4 });
    expect(reports.map(describeReport)[4]).toBe(
      'NOT REACHED  write 2 create riskincidents #1, landed, ack lost (its write did not come in 4 runs)',
    );
  });

  it('takes a point that was reached at a later attempt, and says so', async () => {
    const reports = await run(runner((_, attempt) => (attempt < 2 ? { kind: 'NotReached' } : { kind: 'Passed' })));
    expect(summary(reports)).toMatchObject({ passed: 6, failed: 0 });
    expect(reports.map(describeReport)[0]).toContain('at attempt 2');
  });

  it('runs a case again that a busy machine disturbed, and never calls it passed', async () => {
    const verdict = (_: CrashCase, attempt: number): Verdict => (attempt < 3 ? { kind: 'Disturbed' } : { kind: 'Passed' });
    expect(summary(await run(runner(verdict)))).toMatchObject({ passed: 6, failed: 0 });
    expect(summary(await run(runner(() => ({ kind: 'Disturbed' }))))).toMatchObject({ passed: 0, failed: 6, disturbed: 6 });
  });

  it('runs fewer at a time once leases are lost, yet all of them', async () => {
    const state = { now: 0, most: [] as number[] };
    const reports = await run(async (crash) => {
      state.most.push(++state.now);
      for (let turn = 0; turn < 5; turn++) await Promise.resolve();
      state.now--;
      return { name: caseName(crash), verdict: { kind: 'Passed' }, seconds: 1, leasesLost: 1, logs: null };
    }, 4);
    expect(reports).toHaveLength(6);
    expect(Math.max(...state.most.slice(0, 4))).toBe(4);
    expect(Math.max(...state.most.slice(4))).toBeLessThanOrEqual(3);
  });

  it('never tries a broken promise again', async () => {
    const reports = await run(runner((_, attempt) => (attempt === 1 ? failed : { kind: 'Passed' })));
    expect(summary(reports)).toMatchObject({ passed: 0, failed: 6, violations: { V2: 12, V9: 6 } });
  });

  it('reports a case that could not be run and goes on with the others', async () => {
    const reports = await run((crash) =>
      crash === cases[0] ? Promise.reject(new Error('no port')) : runner(() => ({ kind: 'Passed' }))(crash),
    );
    expect(summary(reports)).toMatchObject({ passed: 5, failed: 1 });
    expect(reports.map(describeReport)[0]).toContain('the case could not be run: no port');
  });
});
