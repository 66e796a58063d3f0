import type { EpochMs } from '../../shared/clock.ts';

/** A time in which some limits may be broken. */
export interface Acceptance {
  readonly indicators: readonly string[];
  readonly fromMs: EpochMs;
  readonly untilMs: EpochMs;
}

/**
 * How often the limit was accepted before in one go: acceptances follow on each other when the next begins less than `gapMs` after the end of one. Of several
 * indicators the one accepted most often counts.
 */
export function renewalsOf(acceptance: Acceptance, before: readonly Acceptance[], gapMs: number): number {
  return Math.max(
    0,
    ...acceptance.indicators.map((name) =>
      runLength(
        acceptance,
        before.filter(({ indicators }) => indicators.includes(name)),
        gapMs,
      ),
    ),
  );
}

function runLength({ fromMs }: Acceptance, before: readonly Acceptance[], gapMs: number): number {
  const newestFirst = before.toSorted((a, b) => b.fromMs - a.fromMs);
  let beginsMs = fromMs;
  let length = 0;
  for (const each of newestFirst) {
    if (beginsMs - each.untilMs >= gapMs) break;
    beginsMs = Math.min(beginsMs, each.fromMs);
    length += 1;
  }
  return length;
}
