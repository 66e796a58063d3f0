import { describe, expect, it } from '@jest/globals';
import { brokenPromises } from '../../../demo/promises.ts';
import type { PromisedFigures } from '../../../demo/promises.ts';

const kept: PromisedFigures = {
  shiftToPatchMs: 9000,
  detectToPatchMs: 40,
  patchToTrafficMs: 20,
  candidateShareCapped: 0.104,
  cappedRequests: 5000,
  candidateShareShadow: 0,
  mirroredRequests: 10_000,
  flagRolledBack: true,
  restoredByteEqual: true,
  reappliedUnforced: true,
  auditVerified: true,
  falseEngagements: 0,
  quietBreaches: 0,
  quietOk: 4,
  sharedCauseEngagements: 0,
  failedRequests: 0,
};

describe('the promises of the demo', () => {
  it('hold for a run as it should be, chance included', () => {
    expect(brokenPromises(kept)).toEqual([]);
  });

  it.each<[keyof PromisedFigures, number | boolean]>([
    ['shiftToPatchMs', NaN],
    ['detectToPatchMs', NaN],
    ['patchToTrafficMs', NaN],
    ['candidateShareCapped', 0.12],
    ['candidateShareCapped', NaN],
    ['cappedRequests', 999],
    ['candidateShareShadow', 0.001],
    ['mirroredRequests', 0],
    ['flagRolledBack', false],
    ['restoredByteEqual', false],
    ['reappliedUnforced', false],
    ['auditVerified', false],
    ['falseEngagements', 1],
    ['quietBreaches', 1],
    ['quietOk', 3],
    ['sharedCauseEngagements', 1],
    ['failedRequests', 1],
  ])('are broken by %s = %s, once and in words', (figure, value) => {
    const broken = brokenPromises({ ...kept, [figure]: value });
    expect(broken).toHaveLength(1);
    expect(broken[0]).toMatch(/^[a-z0-9][A-Za-z0-9 ,.]+$/);
  });
});
