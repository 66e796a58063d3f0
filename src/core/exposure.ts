import type { EpochMs } from '../shared/clock.ts';
import { assertNever } from '../shared/assert-never.ts';
import { money } from './risk/money.ts';

/** What is at stake while a model answers, or why nobody knows. It is never 0 for want of a reading. */
export type Exposure =
  | { readonly kind: 'Known'; readonly unitsPerMinute: number; readonly moneyPerMinute: number; readonly observedAtMs: EpochMs }
  | { readonly kind: 'Unknown'; readonly why: string };

/** A rate as its signal gave it, a second. */
export interface RateReading {
  readonly unitsPerSecond: number;
  readonly dataTimeMs: EpochMs;
}

/** The last usable reading stands in for those that fail until it is older than this, as the readings of indicators do by default. */
export const exposureStaleMs = 300_000;

/** `last` null: there was none. `why`: what became of the newest attempt. */
export function exposureOf(
  last: RateReading | null,
  { valuePerUnit, why, nowMs }: { readonly valuePerUnit: number; readonly why: string; readonly nowMs: EpochMs },
): Exposure {
  if (last === null || nowMs - last.dataTimeMs > exposureStaleMs) return { kind: 'Unknown', why };
  const unitsPerMinute = last.unitsPerSecond * 60;
  const moneyPerMinute = unitsPerMinute * valuePerUnit;
  // No JSON holds infinity, and the whole status of the model would be refused for it.
  if (!Number.isFinite(moneyPerMinute))
    return { kind: 'Unknown', why: `a rate of ${String(last.unitsPerSecond)} a second is beyond all counting` };
  return { kind: 'Known', unitsPerMinute, moneyPerMinute, observedAtMs: last.dataTimeMs };
}

/** Traffic moves all the time; a figure on an object is replaced only by one that says something else. */
const tellingRatio = 1.25;
const restMs = 300_000;
/** A figure that is off by half misleads whoever reads it: it waits for two readings and no longer. */
const misleadingRatio = 2;
const shortRestMs = 60_000;

/**
 * Whether what is shown has to be replaced. At once where one of the two is unknown or the price of a unit is another; within a minute by a
 * figure more than twice or less than half as large; else only by one more than a quarter larger or a fifth smaller, and not within five
 * minutes of the last: a steady model costs no write.
 */
export function isWorthShowing(shown: Exposure, now: Exposure): boolean {
  if (shown.kind === 'Unknown' || now.kind === 'Unknown') return shown.kind !== now.kind;
  if (isRepriced(shown, now)) return true;
  const restedMs = now.observedAtMs - shown.observedAtMs;
  const isFar = (ratio: number): boolean => isBeyond(ratio, shown.unitsPerMinute, now.unitsPerMinute);
  return (isFar(misleadingRatio) && restedMs >= shortRestMs) || (isFar(tellingRatio) && restedMs >= restMs);
}

type Known = Extract<Exposure, { readonly kind: 'Known' }>;

/** Money over units is the price; cross-multiplied, since nothing may be divided by a rate of 0. */
function isRepriced(shown: Known, now: Known): boolean {
  const [before, after] = [shown.moneyPerMinute * now.unitsPerMinute, now.moneyPerMinute * shown.unitsPerMinute];
  return Math.abs(before - after) > 1e-9 * Math.max(before, after);
}

function isBeyond(ratio: number, a: number, b: number): boolean {
  return Math.max(a, b) > ratio * Math.min(a, b);
}

export interface ExposureRecord {
  readonly unit: string;
  readonly currency: string | null;
  readonly exposure: Exposure;
}

const figure = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 4 });

/** One sentence for people. `observedAt` as they read times. */
export function explainExposure({ unit, currency, exposure }: ExposureRecord, instant: (atMs: EpochMs) => string): string {
  switch (exposure.kind) {
    case 'Known': {
      const { unitsPerMinute, moneyPerMinute, observedAtMs } = exposure;
      return `At stake: ${figure.format(unitsPerMinute)} a minute (unit: ${unit}), ${money(moneyPerMinute, currency)} a minute, as of ${instant(observedAtMs)}.`;
    }
    case 'Unknown':
      return `At stake: unknown, not 0 (unit: ${unit}): ${exposure.why}.`;
    default:
      return assertNever(exposure);
  }
}
