import type { Interval } from '../../model/observation.ts';
import type { ProgrammeFigure } from './figures.ts';
import { leastEvents } from './rate-ratio.ts';

function duration(ms: number | null): string {
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
      const { count, n, value, interval, note } = figure;
      const range = interval === null ? '' : `, ${between(interval, percent)}`;
      const said = value === null ? 'unknown' : `${percent(value)}${range}`;
      return `${name}: ${said} (${value === null ? `n ${n}` : `${count} of ${n}`}; ${population}${note === '' ? '' : `; ${note}`})`;
    }
    case 'Count':
      return `${name}: ${figure.count} (${population})`;
    case 'Trend': {
      const { before, now, ratio, interval } = figure;
      const few = `no trend below ${leastEvents} in both`;
      const said = ratio === null || interval === null ? few : `ratio ${ratioText(ratio)}, ${between(interval, ratioText)}`;
      return `${name}: ${now}, before ${before}: ${said} (${population})`;
    }
  }
}
