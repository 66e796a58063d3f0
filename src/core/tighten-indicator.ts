import type { Indicator, OnNoData, Threshold } from './model/indicator.ts';

/** From least to most protective. */
const onNoDataOrder: readonly OnNoData[] = ['Ignore', 'Hold', 'Breach'];

/**
 * An indicator during an engagement: as it was when that began, with those edits since that tighten it. So nobody leaves a
 * constraint by moving its limits. What belongs to the signal (window, where it can be measured, what it scales with) stays with the signal: as it was.
 */
export function tightenIndicator(inForce: Indicator, edited: Indicator): Indicator {
  const { name, minSamples, windowSeconds, measurableIn, scalesWith } = inForce;
  const releaseBy = inForce.releaseBy ?? edited.releaseBy;
  const isBreach = inForce.onError === 'Breach' || edited.onError === 'Breach';
  return {
    name,
    threshold: tightenThreshold(inForce.threshold, edited.threshold),
    minSamples,
    forSeconds: Math.min(inForce.forSeconds, edited.forSeconds),
    clearForSeconds: Math.max(inForce.clearForSeconds, edited.clearForSeconds),
    staleAfterSeconds: Math.min(inForce.staleAfterSeconds, edited.staleAfterSeconds),
    onNoData: onNoDataOrder[Math.max(onNoDataOrder.indexOf(inForce.onNoData), onNoDataOrder.indexOf(edited.onNoData))] ?? inForce.onNoData,
    onError: isBreach ? 'Breach' : 'Hold',
    windowSeconds,
    measurableIn,
    scalesWith,
    ...(releaseBy === undefined ? {} : { releaseBy }),
  };
}

/** A limit turned the other way says nothing about this side: it waits whole. */
function tightenThreshold(inForce: Threshold, edited: Threshold): Threshold {
  if (inForce.direction !== edited.direction) return inForce;
  const tighter = inForce.direction === 'Above' ? Math.min : Math.max;
  const tightest = (...limits: readonly (number | null)[]): number | null => {
    const written = limits.filter((limit) => limit !== null);
    return written.length === 0 ? null : tighter(...written);
  };
  return {
    direction: inForce.direction,
    warn: tightest(inForce.warn, edited.warn),
    breach: tighter(inForce.breach, edited.breach),
    clear: tighter(inForce.clear, edited.clear),
    severe: tightest(inForce.severe, edited.severe),
  };
}
