import { describe, expect, it } from '@jest/globals';
import { judgeSteps } from '../../../../src/core/drill/outcome.ts';
import type { DrillStep } from '../../../../src/core/drill/outcome.ts';

function aStep(changes: Partial<DrillStep> = {}): DrillStep {
  return { stage: 'limit', target: 'traffic', outcome: 'Ok', reason: '', message: '', ...changes };
}

describe('what the steps of a drill come to', () => {
  it('passed, when all could be taken', () => {
    expect(judgeSteps([aStep(), aStep({ stage: null, reason: 'Edited', message: 'somebody edited it' })])).toEqual({
      result: 'Passed',
      reason: '',
      message: '',
    });
  });

  it('failed by the first that could not, with the number of others', () => {
    const denied = aStep({ stage: 'shadow', outcome: 'Refused', reason: 'Denied', message: 'A policy says no.' });
    const back = aStep({ stage: null, target: 'flag', outcome: 'Refused', reason: 'NotRestored', message: '/spec differs.' });
    expect(judgeSteps([aStep(), denied])).toEqual({
      result: 'Failed',
      reason: 'Denied',
      message: 'Stage shadow on target traffic: A policy says no.',
    });
    expect(judgeSteps([back, aStep(), denied]).message).toBe('The way back on target flag: /spec differs. 1 more of 3 steps failed.');
  });
});
