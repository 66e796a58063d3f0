import { describe, expect, it } from '@jest/globals';
import { toTriggerEvidence } from '../../../src/controllers/evidence.ts';
import { freezeReading } from '../../../src/core/freeze.ts';
import { aValue, anAssessment, noReading } from '../../builders/core.ts';

function evidenceOf(changes: Parameters<typeof aValue>[1]) {
  return toTriggerEvidence(freezeReading(anAssessment(aValue(0.4, changes))));
}

describe('the evidence of a trigger', () => {
  it('carries the counts a statistic was computed from, its parameters and its interval', () => {
    const computation = { statistic: 'PSI', parameters: { falseAlarmProbability: 0.01 }, counts: { live: [1, 2], reference: [3, 4] } };
    expect(evidenceOf({ computation, interval: { low: 0.3, high: 0.5 } })).toMatchObject({
      interval: { low: 0.3, high: 0.5 },
      computation: {
        statistic: 'PSI',
        parameters: [{ name: 'falseAlarmProbability', value: 0.01 }],
        counts: [
          { name: 'live', values: [1, 2] },
          { name: 'reference', values: [3, 4] },
        ],
      },
    });
  });

  it('leaves counts out whole where they would crowd the object: half of them compute nothing', () => {
    const live = Array.from({ length: 2000 }, (_, bin) => 100_000 + bin);
    expect(evidenceOf({ computation: { statistic: 'PSI', parameters: {}, counts: { live } } })).not.toHaveProperty('computation');
  });

  it('has no value, interval or counts where there was no reading, and says why', () => {
    expect(toTriggerEvidence(freezeReading(anAssessment(noReading)))).toEqual({
      indicator: 'score-drift',
      verdict: 'NoData',
      provider: 'prometheus',
      query: 'score_drift',
      windowSeconds: 60,
      threshold: { direction: 'Above', warn: 0.1, breach: 0.25, clear: 0.1 },
      message: 'the query returned nothing',
    });
  });
});
