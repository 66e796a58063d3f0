import type { Interval } from '../../model/observation.ts';
import type { ProgrammeFigure, ShareFigure, TrendFigure } from './figure.ts';
import { leastEvents } from './rate-ratio.ts';

/** `3.5 h`; null: fewer than it takes were ever over. */
export function duration(ms: number | null): string {
  if (ms === null) return 'not reached';
  const units = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['min', 60_000],
  ] as const;
  const [unit, size] = units.find(([, each]) => ms >= each) ?? ['s', 1000];
  return `${Number((ms / size).toPrecision(3))} ${unit}`;
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}

function between({ low, high }: Interval, write: (value: number) => string): string {
  return `95 % interval ${write(low)} to ${write(high)}`;
}

const ratioText = (value: number): string => (value === Infinity ? 'infinity' : String(Number(value.toPrecision(3))));

/** A share, with its interval where it is an estimate. */
export function shareText({ value, interval }: Pick<ShareFigure, 'value' | 'interval'>): string {
  if (value === null) return 'unknown';
  return interval === null ? percent(value) : `${percent(value)}, ${between(interval, percent)}`;
}

/** How the window compares to the one before. */
export function trendText({ ratio, interval }: Pick<TrendFigure, 'ratio' | 'interval'>): string {
  if (ratio === null || interval === null) return `no trend below ${leastEvents} in both`;
  return `ratio ${ratioText(ratio)}, ${between(interval, ratioText)}`;
}

/** One line a figure, each with its population and n. */
export function explainFigure(figure: ProgrammeFigure): string {
  const { name, population } = figure;
  switch (figure.kind) {
    case 'Time': {
      const { n, censored, unknown, medianMs, p90Ms } = figure;
      const left = unknown === 0 ? '' : `, ${unknown} unknown`;
      const value = n === 0 ? 'none' : `median ${duration(medianMs)}, 90 % within ${duration(p90Ms)}`;
      return `${name}: ${value} (n ${n}, of these ${censored} not over${left}; ${population})`;
    }
    case 'Share': {
      const { count, n, value, note } = figure;
      return `${name}: ${shareText(figure)} (${value === null ? `n ${n}` : `${count} of ${n}`}; ${population}${note === '' ? '' : `; ${note}`})`;
    }
    case 'Count':
      return `${name}: ${figure.count} (n ${figure.n}; ${population})`;
    case 'Trend':
      return `${name}: ${figure.now}, before ${figure.before}: ${trendText(figure)} (n ${figure.now + figure.before} in both; ${population})`;
  }
}
