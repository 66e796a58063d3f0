import type { UntypedObject } from '../kube/kube-object.ts';

/** A Review that counted, as its RiskDecision says it. */
export interface ReviewOnRecord {
  readonly name: string;
  readonly namespace: string;
  readonly author: string;
  readonly at: string;
  readonly minutesSpent: number;
  readonly digest: string | null;
}

interface RawDecision {
  readonly spec?: {
    readonly action?: string;
    readonly author?: string;
    readonly minutesSpent?: number;
    readonly digest?: string;
    readonly subjectRef?: { readonly uid?: string };
  };
  readonly status?: { readonly conditions?: readonly { readonly type?: string; readonly reason?: string }[] };
}

function hasCounted({ status }: RawDecision): boolean {
  return status?.conditions?.some(({ type, reason }) => type === 'Valid' && reason === 'Used') ?? false;
}

/** The newest of these decisions that is a Review of this object and counted. */
export function newestReview(decisions: readonly UntypedObject[], subjectUID: string): ReviewOnRecord | null {
  const found = decisions
    .filter((object) => {
      const { spec } = object as RawDecision;
      return spec?.action === 'Review' && spec.subjectRef?.uid === subjectUID && hasCounted(object as RawDecision);
    })
    .toSorted(({ metadata: a }, { metadata: b }) =>
      a.creationTimestamp === b.creationTimestamp ? (a.name < b.name ? 1 : -1) : a.creationTimestamp < b.creationTimestamp ? 1 : -1,
    )[0];
  if (found === undefined) return null;
  const { spec } = found as RawDecision;
  const { name, namespace = '', creationTimestamp: at } = found.metadata;
  return { name, namespace, author: spec?.author ?? '', at, minutesSpent: spec?.minutesSpent ?? 0, digest: spec?.digest ?? null };
}

/** A record may go with the years: the review it told of was made all the same, and one before it is no news. */
export function isLater(
  { at, name }: ReviewOnRecord,
  { last, decision = '' }: { readonly last?: string; readonly decision?: string },
): boolean {
  return last === undefined || at > last || (at === last && name > decision);
}
