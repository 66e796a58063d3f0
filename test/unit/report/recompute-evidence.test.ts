import { describe, expect, it } from '@jest/globals';
import { parseRiskIncident } from '../../../src/api/risk-incident.ts';
import { recomputeEvidence } from '../../../src/report/recompute-evidence.ts';
import { incidentManifest, stored, withValue } from '../../builders/api.ts';

/** A moved tenth: PSI of even deciles against deciles of 8 and 12 %, smoothed. */
const computation = {
  statistic: 'PSI',
  parameters: [
    { name: 'falseAlarmProbability', value: 0.01 },
    { name: 'designEffect', value: 1 },
  ],
  counts: [
    { name: 'upperBounds', values: [1] },
    { name: 'reference', values: [500, 500] },
    { name: 'live', values: [400, 600] },
  ],
};
const smoothed = (live: number) => (live + 0.5) / 1001;
const psi = (smoothed(400) - 0.5) * Math.log(smoothed(400) / 0.5) + (smoothed(600) - 0.5) * Math.log(smoothed(600) / 0.5);

function incidentWith(value: number, changes: object = { computation }) {
  const trigger = { ...(incidentManifest()['spec'] as { readonly trigger: readonly object[] }).trigger[0], ...changes, value };
  const parsed = parseRiskIncident(stored(withValue(incidentManifest(), 'spec.trigger', [trigger])));
  if (!parsed.ok) throw new Error(parsed.failure.join('; '));
  return parsed.value;
}

describe('recomputeEvidence', () => {
  it('counts values that come out the same from the counts beside them', () => {
    expect(recomputeEvidence([incidentWith(psi), incidentWith(psi)])).toEqual({ recomputed: 2, findings: [] });
  });

  it('names the incident and indicator of a value that was changed', () => {
    expect(recomputeEvidence([incidentWith(0.31)])).toEqual({
      recomputed: 0,
      findings: [
        { incident: 'credit-default-1', message: expect.stringContaining('the trigger score-drift says 0.31 and its counts come to 0.04') },
      ],
    });
  });

  it('passes over values without counts, and statistics it cannot compute from them', () => {
    expect(recomputeEvidence([incidentWith(0.31, {})])).toEqual({ recomputed: 0, findings: [] });
    expect(recomputeEvidence([incidentWith(0.31, { computation: { ...computation, statistic: 'Recall' } })]).findings).toEqual([]);
  });
});
