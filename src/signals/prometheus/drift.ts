import { binHistogram, measureDrift, type BinnedCounts } from '../../core/statistics/drift.ts';
import { success, type Result } from '../../shared/result.ts';
import type { PinnedReference } from '../port.ts';
import type { Sample } from './answer.ts';
import { missing, readNumber, type Missing } from './reading.ts';

export interface DriftReading {
  /** Population stability index of the live window against the pinned reference, in nats. */
  readonly value: number;
  /** Whole rows in the window; `increase()` extrapolates to fractions. */
  readonly sampleCount: number;
  readonly noiseFloor: number;
}

/** PSI from the buckets of one model: one series a bound, cumulative counts, `+Inf` among them. */
export function readDrift(
  samples: readonly Sample[],
  reference: PinnedReference,
  falseAlarmProbability: number,
): Result<DriftReading, Missing> {
  const binned = readBins(samples);
  if (!binned.ok) return binned;
  const drift = measureDrift({ reference, live: binned.value, falseAlarmProbability });
  switch (drift.kind) {
    case 'Measured':
      return success({ value: drift.psi, sampleCount: Math.floor(drift.liveCount), noiseFloor: drift.noiseFloor });
    case 'Incomparable':
      return missing(
        'Incomparable',
        `the histogram has ${drift.commonBins} bucket bounds in common with the reference, 3 are needed; pin a new reference`,
      );
    case 'Empty':
      return missing('Empty', drift.side === 'Live' ? 'no rows in the window' : 'the reference holds no rows; pin a new one');
  }
}

function readBins(samples: readonly Sample[]): Result<BinnedCounts, Missing> {
  const byBound = new Map<string, Sample[]>();
  for (const sample of samples) {
    const le = Object.hasOwn(sample.labels, 'le') ? (sample.labels['le'] ?? '') : '';
    byBound.set(le, [...(byBound.get(le) ?? []), sample]);
  }
  if (byBound.size === 0) return missing('Empty', 'the drift query has no buckets for this model');
  const buckets: { le: string; count: number }[] = [];
  for (const [le, series] of byBound) {
    const count = readNumber(series, 'drift');
    if (!count.ok) return count;
    buckets.push({ le, count: count.value });
  }
  const histogram = binHistogram(buckets);
  return histogram.kind === 'Binned' ? success(histogram.binned) : missing('Incomparable', histogram.message);
}
