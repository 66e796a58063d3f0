import type { Assessment, Verdict } from '../model/assessment.ts';

/** What one more reading says of an indicator, beside what was known. */
export interface EvidenceReading {
  readonly verdict: Verdict;
  /** A breach beyond `severe`. */
  readonly severe: boolean;
  /** An unchanged value would have been told from one at `breach` with a power of 0.8 or more. */
  readonly hasPower: boolean;
  /** A constraint holds traffic away from the candidate: what is read then says less of it. */
  readonly constrained: boolean;
}

/** Factor on the odds of an incident by the last word of an indicator. */
export interface StandingEvidence {
  readonly indicator: string;
  readonly risk: string;
  readonly category: string;
  readonly ratio: number;
}

/** Declared, not fitted: what a reading of each kind does to the odds of an incident within the horizon. */
export const likelihoodRatios = { Ok: 0.8, Warn: 2, Breach: 5, Critical: 10 } as const;

/** No evidence: the odds stay as the history gives them. */
export const neutralRatio = 1;

/**
 * Share of `breach` the noise floor must stay under. A reading that does has a power above 0.8 for any number of bins from 3 up where
 * the distance grows like chi-square (PSI, KL); where it grows like its root (JS distance, Hellinger, V) the same share says more.
 */
const quietShare = 0.5;

/**
 * Whether an Ok is good news: had the value been at `breach`, it would have shown with a power of 0.8 or more. An interval all within
 * `breach`, as Ok asks of one, leaves a value at `breach` out by construction. A distance has power while its noise floor is low. Where
 * neither is known, nothing is known of power, and Ok is no evidence.
 */
export function hasPower({ indicator: { threshold }, observation }: Pick<Assessment, 'indicator' | 'observation'>): boolean {
  if (observation.kind !== 'Value') return false;
  if (observation.interval !== null) return true;
  if (observation.noiseFloor === null || threshold.direction === 'Below') return false;
  return observation.noiseFloor <= quietShare * threshold.breach;
}

/**
 * The factor an indicator stands at after one more reading. What is not known clears nobody: without a usable reading the last
 * factor above 1 stays, and under a constraint it can only rise; the first fresh Ok after that takes it off.
 */
export function nextRatio(previous: number, { verdict, severe, hasPower, constrained }: EvidenceReading): number {
  const standing = Math.max(previous, neutralRatio);
  switch (verdict) {
    case 'Ok':
      if (constrained && standing > neutralRatio) return standing;
      return hasPower ? likelihoodRatios.Ok : neutralRatio;
    case 'Warn':
      return constrained ? Math.max(standing, likelihoodRatios.Warn) : likelihoodRatios.Warn;
    case 'Breach':
      // Once critical it stays so while the breach lasts: a value about `severe` must not write a status at every look.
      return Math.max(previous, severe ? likelihoodRatios.Critical : likelihoodRatios.Breach);
    case 'Insufficient':
    case 'NoData':
    case 'Error':
      return standing;
  }
}

/**
 * The one factor of a risk. Signals of a category are facets of one fact, so the most extreme of them counts and never their
 * product. Good news counts only from indicators that watch this very risk.
 */
export function ratioOf(risk: { readonly name: string; readonly category: string }, evidence: readonly StandingEvidence[]) {
  const ofCategory = evidence.filter(({ category }) => category === risk.category);
  const bad = extreme(ofCategory, (a, b) => a.ratio > b.ratio);
  if (bad !== null && bad.ratio > neutralRatio) return bad;
  const watching = ofCategory.filter((each) => each.risk === risk.name);
  return extreme(watching, (a, b) => a.ratio < b.ratio);
}

function extreme(all: readonly StandingEvidence[], isMore: (a: StandingEvidence, b: StandingEvidence) => boolean): StandingEvidence | null {
  return all.reduce<StandingEvidence | null>((most, each) => (most === null || isMore(each, most) ? each : most), null);
}
