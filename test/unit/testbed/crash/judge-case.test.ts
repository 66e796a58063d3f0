import { describe, expect, it } from '@jest/globals';

import { endStateOf } from '../../../../testbed/crash/end-state.ts';
import { judgeCase } from '../../../../testbed/crash/judge-case.ts';
import type { CaseEvidence } from '../../../../testbed/crash/run-case.ts';
import type { Timeline } from '../../../../testbed/timeline.ts';
import { chained, goodStory, incident, planStatus, route, stepMs, write } from '../../../builders/timeline.ts';

const promise = {
  stageMaxPercent: [10, 0, 0],
  flag: { key: 'use-v2', safeVariant: 'off', movesLiveTraffic: false },
  untouched: [],
  maxWrites: 5,
};
const wanted = endStateOf(goodStory());

function evidence(changes: Partial<CaseEvidence> = {}): CaseEvidence {
  return {
    ...{ name: 'write 1 patch httproutes #1, not landed', namespace: 'lending', timeline: goodStory(), settledAtMs: 14 * stepMs },
    ...{ awaited: [], reached: true, unplanned: [], restarts: 0, points: [], seconds: 1, close: () => Promise.resolve(null) },
    ...changes,
  };
}

function problemsOf(changes: Partial<CaseEvidence>): readonly string[] {
  const verdict = judgeCase(evidence(changes), promise, wanted);
  return verdict.kind === 'Failed' ? verdict.problems : [verdict.kind];
}

const after = (...events: Timeline): Timeline => [...goodStory(), ...events];

describe('the verdict on a case', () => {
  it('is a pass for a story without a fault', () => {
    expect(judgeCase(evidence(), promise, wanted)).toEqual({ kind: 'Passed' });
  });

  it('is no pass where the write never came, and a failure where a promise was broken all the same', () => {
    expect(judgeCase(evidence({ reached: false }), promise, wanted)).toEqual({ kind: 'NotReached' });
    const broken = evidence({ reached: false, timeline: after(route(15, { hostnames: ['other.example'], epoch: 2, stage: 0 })) });
    expect(judgeCase(broken, promise, wanted).kind).toBe('Failed');
  });

  it('names the invariant that was broken', () => {
    const loose = route(9, { stable: 60, candidate: 40, stage: 0, epoch: 2 });
    const verdict = judgeCase(evidence({ timeline: after(loose) }), promise, wanted);
    expect(verdict).toMatchObject({ kind: 'Failed', broken: expect.arrayContaining(['V2']) });
  });

  it('is a failure where the story did not come to its end', () => {
    expect(problemsOf({ settledAtMs: null, awaited: ['its incident closed'] })).toEqual([
      'the story did not come to its end: it still waited for its incident closed',
    ]);
  });

  it('is a failure where a process ended by itself, unless it gave way with its lease', () => {
    const exit = { code: 1, leaseLost: false, lastWords: 'TypeError' };
    expect(problemsOf({ unplanned: [exit] })).toEqual(['the operator ended by itself with code 1: TypeError']);
    expect(problemsOf({ unplanned: [{ ...exit, leaseLost: true }] })).toEqual(['Passed']);
  });

  it('is none where a busy machine took leases away and nothing was broken but the patience', () => {
    const lost = { code: 1, leaseLost: true, lastWords: '' };
    const stuck = { settledAtMs: null, awaited: ['its incident closed'], unplanned: [lost] };
    expect(problemsOf(stuck)).toEqual(['Disturbed']);
    const loose = route(9, { stable: 60, candidate: 40, stage: 0, epoch: 2 });
    expect(problemsOf({ ...stuck, timeline: after(loose) }).join()).toContain('V2');
  });

  it('finds more writes than the story and a restart need', () => {
    expect(problemsOf({ timeline: after(...Array.from({ length: 5 }, () => write(4))) })).toEqual([
      'V11 patch lending/httproutes/credit: 6 writes, 5 are in proportion to what happened',
    ]);
    expect(problemsOf({ timeline: after(...Array.from({ length: 5 }, () => write(4))), restarts: 1 })).toEqual(['Passed']);
  });

  it.each([
    ['a label that was lost', [route(15, { labels: {} })], 'targets.httproutes.0.labels.team is absent, not "lending"'],
    ['a manager who came', [route(15, { managers: ['someone'] })], 'targets.httproutes.0.managers.0 is "someone", not absent'],
    [
      'a record that was not closed',
      [incident(15, chained(['Engaged', 'Released']))],
      'incidents.0.steps.1 is "Released", not "Escalated"',
    ],
    ['a second record', [incident(15, [], { uid: 'second', engagement: 2 })], 'incidents.1 is'],
    ['a plan that says something else', [planStatus(15, { name: 'traffic' })], 'plans.0.targets.0 is "traffic ", not'],
  ])('finds %s at the end', (_, events, difference) => {
    expect(problemsOf({ timeline: after(...events) }).join('\n')).toContain(`at the end ${difference}`);
  });
});
