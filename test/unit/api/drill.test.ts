import { describe, expect, it } from '@jest/globals';
import { drillFromStatus, drillSchedule, drillToStatus, lastDrill } from '../../../src/api/drill.ts';
import type { DrillOutcome, DrillStep } from '../../../src/core/drill/outcome.ts';
import { startMs } from '../../builders/core.ts';

function anOutcome(changes: Partial<DrillOutcome> = {}): DrillOutcome {
  return {
    atMs: startMs,
    scope: 'Sandbox',
    result: 'Failed',
    reason: 'Denied',
    message: 'A policy says no.',
    request: 'one',
    steps: [
      { stage: 'limit', target: 'traffic', outcome: 'Ok', reason: '', message: '' },
      { stage: null, target: 'traffic', outcome: 'Refused', reason: 'NotRestored', message: '/spec differs.' },
    ],
    timeToMitigateMs: 1250,
    timeToRestoreMs: 2500,
    recoveryTimeSeconds: 600,
    restored: 'NotRestored',
    incident: 'ri-1',
    ...changes,
  };
}

describe('the last drill in the status of a plan', () => {
  it.each([
    ['with all there is to say', anOutcome()],
    [
      'with nothing but that it passed',
      anOutcome({
        ...{ result: 'Passed', reason: '', message: '', request: null, steps: [], incident: null },
        ...{ timeToMitigateMs: null, timeToRestoreMs: null, recoveryTimeSeconds: null },
      }),
    ],
  ])('comes back as it was, %s', (_, outcome) => {
    const status = drillToStatus(outcome);
    expect(lastDrill.safeParse(status)).toEqual({ success: true, data: status });
    expect(drillFromStatus(status)).toEqual(outcome);
  });

  it('comes back to the millisecond, and says how it stands to the promise', () => {
    for (const timeToMitigateMs of [1, 1001, 4350, 60_000, 599_999]) {
      const status = drillToStatus(anOutcome({ timeToMitigateMs }));
      expect(drillFromStatus(status).timeToMitigateMs).toBe(timeToMitigateMs);
      expect(status.recovery).toBe('Within');
    }
    expect(drillToStatus(anOutcome({ timeToMitigateMs: 600_001 })).recovery).toBe('Beyond');
    expect(drillToStatus(anOutcome({ recoveryTimeSeconds: null })).recovery).toBe('NotDeclared');
    expect(drillToStatus(anOutcome({ timeToMitigateMs: null })).recovery).toBe('NotMeasured');
  });

  it('that was not begun is held to nothing', () => {
    expect(drillToStatus(anOutcome({ result: 'Skipped', timeToMitigateMs: null }))).not.toHaveProperty('recovery');
  });

  it('of an earlier version knows no promise, and claims none', () => {
    const { recovery: _, recoveryTimeSeconds: __, timeToRestoreSeconds: ___, ...older } = drillToStatus(anOutcome());
    expect(drillFromStatus(lastDrill.parse(older))).toEqual(anOutcome({ timeToRestoreMs: null, recoveryTimeSeconds: null }));
  });

  it('fits into its schema whatever is said: 8 stages on 8 targets, messages of servers, and the way back', () => {
    const step: DrillStep = {
      stage: 's'.repeat(63),
      target: 't'.repeat(63),
      outcome: 'Refused',
      reason: 'R'.repeat(80),
      message: 'm'.repeat(9000),
    };
    const outcome = anOutcome({ message: 'm'.repeat(9000), reason: 'R'.repeat(80), steps: Array.from({ length: 90 }, () => step) });
    const status = drillToStatus(outcome);
    expect(lastDrill.safeParse(status).success).toBe(true);
    expect(status.steps).toHaveLength(72);
    expect(JSON.stringify(status).length).toBeLessThan(40_000);
    expect(status.message?.endsWith('…')).toBe(true);
  });
});

describe('the schedule of drills', () => {
  it('is dry unless it says otherwise, and no more often than hourly: each leaves a record that is never deleted', () => {
    expect(drillSchedule.parse({ everySeconds: 3600 })).toEqual({ everySeconds: 3600, scope: 'DryRun' });
    expect(drillSchedule.safeParse({ everySeconds: 3599 }).success).toBe(false);
    expect(drillSchedule.safeParse({ everySeconds: 3600, scope: 'Live' }).success).toBe(false);
  });
});
