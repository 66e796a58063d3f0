import type { IndicatorSpec } from '../model-risk.ts';

/** A field of an indicator that only a statistic has a use for; null when it writes none. */
export function needlessField({ signal, objective }: IndicatorSpec): string | null {
  if (objective !== undefined && objective.windowSeconds === undefined) return 'objective';
  if ('template' in signal && signal.reference !== undefined) return 'signal.reference';
  return 'template' in signal && signal.baseline !== undefined ? 'signal.baseline' : null;
}
