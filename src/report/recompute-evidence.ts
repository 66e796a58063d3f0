import type { RiskIncident } from '../api/risk-incident.ts';
import { recompute } from '../core/statistics/recompute.ts';
import type { RecordFinding } from './record-findings.ts';

export interface EvidenceReport {
  /** Values that were computed again from the counts beside them and came out the same. */
  readonly recomputed: number;
  readonly findings: readonly RecordFinding[];
}

type Evidence = RiskIncident['spec']['trigger'][number];

/** Sums in another order differ by float noise, nothing else does. */
const tolerance = 1e-9;

/** Every value of the incidents whose counts are on record, computed again from them. */
export function recomputeEvidence(incidents: readonly Pick<RiskIncident, 'metadata' | 'spec'>[]): EvidenceReport {
  let recomputed = 0;
  const findings: RecordFinding[] = [];
  for (const { metadata, spec } of incidents) {
    for (const evidence of spec.trigger) {
      const again = valueOf(evidence);
      if (again === null || evidence.value === undefined) continue;
      if (Math.abs(again - evidence.value) <= tolerance * Math.max(1, Math.abs(evidence.value))) recomputed++;
      else
        findings.push({
          incident: metadata.name,
          message: `the trigger ${evidence.indicator} says ${String(evidence.value)} and its counts come to ${String(again)}: one of them was changed`,
        });
    }
  }
  return { recomputed, findings };
}

function valueOf({ computation }: Evidence): number | null {
  if (computation === undefined) return null;
  const { statistic, parameters, counts } = computation;
  return recompute({
    statistic,
    parameters: Object.fromEntries(parameters.map(({ name, value }) => [name, value])),
    counts: Object.fromEntries(counts.map(({ name, values }) => [name, values])),
  });
}
