/** One thing that took `ms`, or has taken that long and is not over: `ended` false, a censored time. */
export interface Spell {
  readonly ms: number;
  readonly ended: boolean;
}

export interface Survival {
  readonly n: number;
  readonly censored: number;
  /** Times by which half, and nine of ten, were over. Null: a smaller share had ended when the longest was last looked at, or nothing is counted. */
  readonly medianMs: number | null;
  readonly p90Ms: number | null;
}

/** Shares are products of fractions: an exact half may come out a hair above it. */
const tolerance = 1e-12;

interface Step {
  readonly ms: number;
  /** Share not over after it. */
  readonly left: number;
}

/** Kaplan-Meier (1958): at one time what ended comes before what was censored. */
function curve(spells: readonly Spell[]): readonly Step[] {
  const sorted = spells.toSorted((a, b) => a.ms - b.ms);
  const steps: Step[] = [];
  let left = 1;
  for (let from = 0; from < sorted.length;) {
    const ms = sorted[from]?.ms ?? 0;
    let to = from;
    let ended = 0;
    for (; sorted[to]?.ms === ms; to++) ended += sorted[to]?.ended === true ? 1 : 0;
    const atRisk = sorted.length - from;
    left *= (atRisk - ended) / atRisk;
    if (ended > 0) steps.push({ ms, left });
    from = to;
  }
  return steps;
}

/** First time at which no more than this share was left. */
function firstAt(steps: readonly Step[], share: number): number | null {
  return steps.find(({ left }) => left <= share + tolerance)?.ms ?? null;
}

/** How long things took, those that are not over counted for as long as they have lasted: dropping them would make slow ones look fast. */
export function survivalOf(spells: readonly Spell[]): Survival {
  const steps = curve(spells);
  return {
    n: spells.length,
    censored: spells.filter(({ ended }) => !ended).length,
    medianMs: firstAt(steps, 0.5),
    p90Ms: firstAt(steps, 0.1),
  };
}
