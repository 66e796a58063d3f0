export type Invariant = 'V1' | 'V2' | 'V3' | 'V4' | 'V5' | 'V6' | 'V7' | 'V8' | 'V9' | 'V10' | 'V11' | 'V12' | 'Recorder';

/** One broken promise, with where it shows. */
export interface Violation {
  readonly invariant: Invariant;
  readonly atMs: number;
  readonly subject: string;
  readonly message: string;
}

/** What the story under judgement promises beyond the invariants themselves. */
export interface Expectations {
  /** The one namespace the plan may act in. */
  readonly namespace: string;
  /** The RiskPolicy its models follow, whose status the operator keeps; null: it keeps none. */
  readonly policy: string | null;
  /** Service of the model under guard. */
  readonly candidate: string;
  /** Highest live share of the candidate in each stage, by index: 0 for shadow. Null: by the journal's own word alone. */
  readonly stageMaxPercent: readonly number[] | null;
  /** The flag under constraint; null when the plan has none. */
  readonly flag: { readonly key: string; readonly safeVariant: string; readonly movesLiveTraffic: boolean } | null;
  /** Members of the users' manifest that stand as they are in every revision of ours, for kinds the judge knows no fields of. */
  readonly untouched: readonly object[];
  /** Field manager of the operator. */
  readonly manager: string;
  /** How long a user's edit may stand above the cap. */
  readonly reassertWithinMs: number;
  /** How long after a signal turned a release may still rest on what it said before: about one poll. */
  readonly signalGraceMs: number;
  /** From here on nothing may be written and the record must be complete; null: the story is not over. */
  readonly settledAtMs: number | null;
  /** The story ends with nothing held: users have their objects back. */
  readonly restored: boolean;
  readonly writesPerChange: number;
  /** Writes that restarts and retries may add. */
  readonly extraWrites: number;
}

export function defaultExpectations(namespace: string): Expectations {
  return {
    namespace,
    policy: null,
    candidate: 'credit-v2',
    stageMaxPercent: null,
    flag: null,
    untouched: [],
    manager: 'modelrisk-operator',
    reassertWithinMs: 5_000,
    signalGraceMs: 2_500,
    settledAtMs: null,
    restored: false,
    writesPerChange: 15,
    extraWrites: 0,
  };
}
