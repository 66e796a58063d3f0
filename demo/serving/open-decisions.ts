/** Scores of decisions whose outcome has not arrived yet, so that an outcome is counted beside the score it was decided with. */
export interface OpenDecisions {
  /** The newest decision about a row counts; the oldest are forgotten beyond `most`, their outcomes go uncounted. */
  remember(id: number, score: number): void;
  /** The score, once; null where no decision about this row is open. */
  settle(id: number): number | null;
}

export function createOpenDecisions(most: number): OpenDecisions {
  const scores = new Map<number, number>();
  return {
    remember(id, score) {
      scores.delete(id);
      scores.set(id, score);
      const [oldest] = scores.keys();
      if (scores.size > most && oldest !== undefined) scores.delete(oldest);
    },
    settle(id) {
      const score = scores.get(id) ?? null;
      scores.delete(id);
      return score;
    },
  };
}

/** What came true of one decision. */
export interface Outcome {
  readonly id: number;
  readonly employed: boolean;
}

/** Body of `POST /outcomes`: `[{"id": 7, "employed": true}]`; null when it is anything else. */
export function parseOutcomes(body: string): readonly Outcome[] | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return null;
  }
  return Array.isArray(parsed) && parsed.every(isOutcome) ? parsed : null;
}

function isOutcome(value: unknown): value is Outcome {
  if (typeof value !== 'object' || value === null) return false;
  const { id, employed } = value as Readonly<Record<string, unknown>>;
  return typeof id === 'number' && typeof employed === 'boolean';
}
