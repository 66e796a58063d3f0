import type { ReportFigure } from '../core/report/document.ts';

export interface Tally {
  readonly count: number;
  /** Of the population, those nobody can tell of. */
  readonly unknown?: number;
  /** Size of the population. */
  readonly n: number;
}

/** A count of a population. Where nobody can tell of any it is unknown, and never 0. */
export function tallyFigure(label: string, { count, unknown = 0, n }: Tally, source: string): ReportFigure {
  if (n > 0 && unknown === n) return { label, value: 'unknown', number: null, n, source };
  const left = unknown === 0 ? '' : ` (of ${String(unknown)} it is not known)`;
  return { label, value: `${String(count)} of ${String(n)}${left}`, number: count, n, source };
}

/** How many there are. */
export function countFigure(label: string, count: number, source: string): ReportFigure {
  return { label, value: String(count), number: count, source };
}
