import type { RiskIncident } from '../api/risk-incident.ts';
import type { Computation, Interval } from '../core/model/observation.ts';
import { recomputeDoubt } from '../core/statistics/recompute-doubt.ts';
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

/** Every value of the incidents whose counts are on record, with its noise floor and interval, computed again from them. */
export function recomputeEvidence(incidents: readonly Pick<RiskIncident, 'metadata' | 'spec'>[]): EvidenceReport {
  let recomputed = 0;
  const findings: RecordFinding[] = [];
  for (const { metadata, spec } of incidents) {
    for (const evidence of spec.trigger) {
      const { computation, value } = evidence;
      if (computation === undefined || value === undefined) continue;
      const counted = toComputation(computation);
      const again = recompute(counted);
      const found = [valueFinding(value, { again, counted }), ...doubtFindings(evidence, counted)].filter((each) => each !== null);
      findings.push(...found.map((message) => ({ incident: metadata.name, message: `the trigger ${evidence.indicator} ${message}` })));
      if (again !== null && found.length === 0) recomputed++;
    }
  }
  return { recomputed, findings };
}

function toComputation({ statistic, parameters, counts }: NonNullable<Evidence['computation']>): Computation {
  return {
    statistic,
    parameters: Object.fromEntries(parameters.map(({ name, value }) => [name, value])),
    counts: Object.fromEntries(counts.map(({ name, values }) => [name, values])),
  };
}

function isSame(a: number, b: number): boolean {
  return Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(a));
}

function valueFinding(value: number, { again, counted }: { readonly again: number | null; readonly counted: Computation }): string | null {
  if (again !== null)
    return isSame(value, again) ? null : `says ${String(value)} and its counts come to ${String(again)}: one of them was changed`;
  return recomputeDoubt(counted).kind === 'NoValue'
    ? `says ${String(value)} and its counts come to no value: one of them was changed`
    : null;
}

/** What is left out is passed over, as a value is: that it was taken off the export shows. */
function doubtFindings({ noiseFloor, interval }: Evidence, counted: Computation): readonly string[] {
  const recomputed = recomputeDoubt(counted);
  if (recomputed.kind !== 'Possible') return [];
  const { doubts } = recomputed;
  const [first] = doubts;
  const isFloor = noiseFloor === undefined || doubts.some((each) => each.noiseFloor !== null && isSame(noiseFloor, each.noiseFloor));
  const isInterval =
    interval === undefined ||
    doubts.some(({ interval: each }) => each !== null && isSame(interval.low, each.low) && isSame(interval.high, each.high));
  return [
    ...(isFloor
      ? []
      : [
          `has a noise floor of ${String(noiseFloor)} and its counts come to ${String(first?.noiseFloor ?? 'none')}: one of them was changed`,
        ]),
    ...(isInterval
      ? []
      : [`has the interval ${intervalText(interval)} and its counts come to ${intervalText(first?.interval)}: one of them was changed`]),
  ];
}

function intervalText(interval: Interval | null | undefined): string {
  return interval === null || interval === undefined ? 'none' : `${String(interval.low)} to ${String(interval.high)}`;
}
