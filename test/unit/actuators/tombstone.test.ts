import { describe, expect, it } from '@jest/globals';
import { httpRouteActuator } from '../../../src/actuators/http-route/actuator.ts';
import { maxJournalLength } from '../../../src/actuators/journal.ts';
import type { ReleasedEngagement, TargetObject } from '../../../src/actuators/port.ts';
import { boundReadings, freezeReading } from '../../../src/core/freeze.ts';
import type { UnrecordedStep } from '../../../src/core/model/constraint.ts';
import { anAssessment, breachValue } from '../../builders/core.ts';
import * as given from '../../builders/http-route.ts';
import { cap, halfAndHalf, weightsOf } from '../../builders/http-route.ts';

const step = (changes: Partial<UnrecordedStep> = {}): UnrecordedStep => ({
  type: 'Engaged',
  atMs: given.nowMs,
  before: 'none',
  after: 'limit',
  ...changes,
});
const readings = boundReadings([freezeReading(anAssessment(breachValue))]);
const endedOn = (live: TargetObject): readonly ReleasedEngagement[] => {
  const reading = httpRouteActuator.readJournal(live);
  if (reading.kind === 'Released') return reading.engagements;
  return reading.kind === 'Engaged' ? reading.released : [];
};
const held = (changes: object = {}) => cap(10, { holder: { readings, ...changes } });
const engaged = given.settled(halfAndHalf(), [held()]);

describe('a tombstone', () => {
  it('keeps the steps that are not on record, and what the last of them rested on', () => {
    const released = given.settled(engaged, [], { unrecorded: { 'credit-uid': [step()] } });
    expect(endedOn(released)).toEqual([
      { planUID: 'credit-uid', engagement: 1, actor: 'operator', atMs: given.nowMs, unrecorded: { steps: [step()], readings } },
    ]);
    expect(weightsOf(released)).toEqual({ 'credit-v2': 50, 'credit-v1': 50 });
    expect(given.pass(released, []).actuation.kind).toBe('Unchanged');
    expect(given.released(engaged, { unrecorded: { 'credit-uid': [step()] } })).toEqual(halfAndHalf());
  });

  it('keeps nothing where all is on record, whatever the journal still said', () => {
    const stale = given.settled(halfAndHalf(), [held({ unrecorded: [step()] })]);
    for (const unrecorded of [{ 'credit-uid': [] }, {}])
      expect(JSON.stringify(endedOn(given.settled(stale, [], { unrecorded })))).not.toContain('unrecorded');
  });

  it('keeps what the journal knew where nobody knows more: a restore without the operator', () => {
    const crashed = given.settled(halfAndHalf(), [held({ stage: 1, unrecorded: [step()] })]);
    expect(endedOn(given.settled(crashed, []))).toMatchObject([{ unrecorded: { steps: [step()], readings } }]);
  });

  it('keeps it through the next engagement of the same plan, and its release', () => {
    const first = given.settled(engaged, [], { unrecorded: { 'credit-uid': [step()] } });
    const again = held({ engagement: 2 });
    const second = given.settled(first, [again], { unrecorded: { 'credit-uid': [] } });
    expect(endedOn(second)).toMatchObject([{ engagement: 1, unrecorded: { steps: [step()] } }]);
    expect(given.pass(second, [again]).actuation).toMatchObject({ kind: 'Unchanged', rejected: [] });
    expect(endedOn(given.settled(second, [], { unrecorded: {} }))).toMatchObject([{ engagement: 1, unrecorded: {} }, { engagement: 2 }]);
  });

  it('of an engagement on record is forgotten as ever when the plan engages again', () => {
    const first = given.settled(engaged, [], { unrecorded: {} });
    expect(endedOn(given.settled(first, [held({ engagement: 2 })]))).toEqual([]);
  });

  it('never grows too large to be written: of many plans the newest keep theirs, and every one its last word', () => {
    const longest = 'x'.repeat(253);
    const steps = Array.from({ length: 16 }, (_, index) => step({ atMs: index, before: longest, after: longest }));
    const plans = Array.from({ length: 40 }, (_, index) => held({ plan: `plan-${String(index).padStart(2, '0')}` }));
    const all = given.settled(halfAndHalf(), plans);
    const unrecorded = Object.fromEntries(
      plans.map(({ holder }) => [holder.planUID, index(holder.planUID) > 37 ? steps.slice(0, 2) : steps]),
    );
    const released = given.settled(all, [], { unrecorded });
    const ended = endedOn(released);
    expect(ended).toHaveLength(plans.length);
    expect(ended.filter(({ unrecorded: kept }) => kept !== undefined).map(({ planUID }) => planUID)).toEqual([
      'plan-38-uid',
      'plan-39-uid',
    ]);
    expect(given.annotationsOf(released)?.['modelrisk.dev/journal']?.length).toBeLessThan(maxJournalLength);
    function index(planUID: string): number {
      return Number(/\d+/.exec(planUID)?.[0]);
    }
  });
});
