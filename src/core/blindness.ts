import type { EpochMs } from '../shared/clock.ts';

/** Since when an indicator has had no usable reading, for one kind of reason. */
export interface Blindness {
  readonly kind: 'NoData' | 'Error';
  readonly sinceMs: EpochMs;
}

/** One indicator of a provider, as far as its sight goes. */
export interface Sight {
  readonly namespace: string;
  readonly intervalMs: number;
  readonly blindness: Blindness | null;
}

/** What all indicators of one provider see together. */
export interface ProviderSight {
  /** When the first of them went blind; null while it is not most of them. */
  readonly massSinceMs: EpochMs | null;
  /** Most of them are blind now, however long. */
  readonly mostAreBlind: boolean;
  /** Time after which everybody has had a look; 0 where too few share the provider to tell it from a model. */
  readonly settleMs: number;
  /** The provider last answered anybody; null if it never did. */
  readonly lastAnswerAtMs: EpochMs | null;
}

/** Readings that went missing together are held for at most this long, then each counts as its owner wrote. */
export const massHeldForMs = 600_000;

/** Nobody waits longer than this for slow polls of others. */
const longestSettleMs = 60_000;
const fewestForMass = 3;

/** Most indicators of a provider, in more than one namespace, do not lose their data for reasons of their own. */
export function providerSight(indicators: readonly Sight[], lastAnswerAtMs: EpochMs | null, nowMs: EpochMs): ProviderSight {
  const lately = indicators.filter(({ blindness }) => blindness !== null && nowMs - blindness.sinceMs < massHeldForMs);
  const areMost = (some: readonly Sight[]): boolean => isSeveral(some) && some.length * 2 > indicators.length;
  const isMass = areMost(lately);
  const sinces = lately.flatMap(({ blindness }) => blindness?.sinceMs ?? []);
  const slowestMs = indicators.reduce((slowest, { intervalMs }) => Math.max(slowest, intervalMs), 0);
  return {
    massSinceMs: isMass ? sinces.reduce((first, each) => Math.min(first, each), nowMs) : null,
    mostAreBlind: areMost(indicators.filter(({ blindness }) => blindness !== null)),
    settleMs: isSeveral(indicators) ? Math.min(longestSettleMs, slowestMs) : 0,
    lastAnswerAtMs,
  };
}

/**
 * Whether a missing reading says more of the provider than of the model, and so moves nothing even where its owner wrote that missing counts as a
 * breach. A failure counts only once the provider has answered somebody else since it began. Both wait until all others have had a look.
 */
export function isHeld({ kind, sinceMs }: Blindness, sight: ProviderSight, nowMs: EpochMs): boolean {
  const blindMs = nowMs - sinceMs;
  if (kind === 'Error' && (sight.lastAnswerAtMs === null || sight.lastAnswerAtMs < sinceMs)) return true;
  if (sight.massSinceMs !== null && blindMs < massHeldForMs) return true;
  return blindMs < sight.settleMs;
}

/** Another kind of blindness begins anew: what the provider did before explains nothing of it. */
export function nextBlindness(known: Blindness | null, verdict: string, nowMs: EpochMs): Blindness | null {
  if (verdict !== 'NoData' && verdict !== 'Error') return null;
  return known?.kind === verdict ? known : { kind: verdict, sinceMs: nowMs };
}

function isSeveral(indicators: readonly Sight[]): boolean {
  return indicators.length >= fewestForMass && indicators.some(({ namespace }) => namespace !== indicators[0]?.namespace);
}
