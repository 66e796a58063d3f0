/** One model, or a policy (in no namespace and no tier), and its reviews, from its status alone. */
export interface ReviewLine {
  readonly namespace: string;
  readonly name: string;
  readonly tier: string | null;
  readonly standing: 'Overdue' | 'DueSoon' | 'Current' | 'NoCadence' | 'NotObserved';
  readonly next: string | null;
  readonly last: string | null;
  readonly by: string | null;
  readonly message: string;
}

const standings: Readonly<Record<string, ReviewLine['standing']>> = {
  Overdue: 'Overdue',
  DueSoon: 'DueSoon',
  Reviewed: 'Current',
  NoCadence: 'NoCadence',
};

interface Reviewed {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly status: {
    readonly conditions: readonly { readonly type: string; readonly reason: string; readonly message: string }[];
    readonly review?: { readonly next?: string; readonly last?: string; readonly by?: string };
    readonly tier?: { readonly inherent: string };
  };
}

export function toReviewLine({ metadata, status }: Reviewed): ReviewLine {
  const condition = status.conditions.find(({ type }) => type === 'ReviewCurrent');
  const { next = null, last = null, by = null } = status.review ?? {};
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    tier: status.tier?.inherent ?? null,
    standing: standings[condition?.reason ?? ''] ?? 'NotObserved',
    ...{ next, last, by },
    message: condition?.message ?? 'No operator has looked at it yet.',
  };
}

/** What is asked for, by when; the rest comes last. */
export function bySoonestReview(a: ReviewLine, b: ReviewLine): number {
  const [first, then] = [Date.parse(a.next ?? ''), Date.parse(b.next ?? '')].map((at) => (Number.isNaN(at) ? Infinity : at));
  if (first !== then) return (first ?? 0) < (then ?? 0) ? -1 : 1;
  return `${a.namespace}/${a.name}` < `${b.namespace}/${b.name}` ? -1 : 1;
}
