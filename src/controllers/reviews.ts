import type { ModelRiskConditionType } from '../api/conditions.ts';
import { fromInstant, toInstant } from '../api/instant.ts';
import { fromRevalidation, toCadence, toReviewDue } from '../api/review-status.ts';
import type { ReviewStatus } from '../api/review-status.ts';
import { riskDigest } from '../api/risk-digest.ts';
import type { RiskDecision } from '../api/risk-decision.ts';
import type { RiskPolicy } from '../api/risk-policy.ts';
import { reviewStanding, untilStandingChanges } from '../core/review.ts';
import type { Revalidation, ReviewCadence, ReviewDue } from '../core/review.ts';
import type { ConditionNow } from '../kube/conditions.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { EpochMs } from '../shared/clock.ts';
import type { Cluster } from './cluster.ts';
import type { Programme } from './programme.ts';
import type { RiskState } from './risk-state.ts';

interface ReviewOnRecord {
  readonly name: string;
  readonly author: string;
  readonly at: string;
  readonly minutesSpent: number;
}

interface RawDecision {
  readonly spec?: {
    readonly action?: string;
    readonly author?: string;
    readonly minutesSpent?: number;
    readonly subjectRef?: { readonly uid?: string };
  };
  readonly status?: { readonly conditions?: readonly { readonly type?: string; readonly reason?: string }[] };
}

type Caches = Pick<Cluster['own'], 'decisions' | 'incidents'>;

/** The newest Review of this model that counted. */
function lastReview({ uid, identity }: RiskState, { decisions }: Caches): ReviewOnRecord | null {
  const found = decisions.store
    .byIndex('namespace', identity.namespace)
    .filter((object) => {
      const { spec, status } = object as RawDecision;
      const counted = status?.conditions?.some(({ type, reason }) => type === 'Valid' && reason === 'Used') ?? false;
      return counted && spec?.action === 'Review' && spec.subjectRef?.uid === uid;
    })
    .toSorted(({ metadata: a }, { metadata: b }) =>
      a.creationTimestamp === b.creationTimestamp ? (a.name < b.name ? 1 : -1) : a.creationTimestamp < b.creationTimestamp ? 1 : -1,
    )[0];
  if (found === undefined) return null;
  const { spec } = found as RawDecision;
  const { name, creationTimestamp } = found.metadata;
  return { name, author: spec?.author ?? '', at: creationTimestamp, minutesSpent: spec?.minutesSpent ?? 0 };
}

/** The first engagement since then; drills harm nobody. */
function incidentSince(atMs: EpochMs, { uid, identity }: RiskState, { incidents }: Caches): Revalidation | null {
  const opened = incidents.store.byIndex('namespace', identity.namespace).flatMap((object) => {
    const { spec } = object as {
      readonly spec?: { readonly riskRef?: { readonly uid?: string }; readonly openedAt?: string; readonly drill?: object };
    };
    const openedMs = Date.parse(spec?.openedAt ?? '');
    return spec?.riskRef?.uid === uid && spec.drill === undefined && openedMs > atMs ? [openedMs] : [];
  });
  return opened.length === 0 ? null : { reason: 'Incident', sinceMs: Math.min(...opened) };
}

/** What is known of the reviews of a model, whatever tier it stands in. */
export interface ReviewHistory {
  readonly known: ReviewStatus;
  /** One came that the status does not know: a tier may fall now. */
  readonly isNew: boolean;
}

export interface ReviewsNow {
  readonly status: ReviewStatus;
  readonly due: ReviewDue | null;
  readonly cadence: ReviewCadence | null;
  /** Null: it does not exist, or can't be read. */
  readonly policy: RiskPolicy | null;
}

/**
 * Read once for each status: it goes through all decisions and incidents of the namespace. What brings a review forward is remembered
 * in the status: nobody else knows when it was seen.
 */
export function reviewHistory(
  risk: RiskState,
  object: UntypedObject,
  { caches, nowMs }: { readonly caches: Caches; readonly nowMs: EpochMs },
): ReviewHistory {
  const { next: _, reason: __, ...before } = storedReview(object);
  const found = lastReview(risk, caches);
  const isNew = found !== null && isLater(found, before);
  const base: ReviewStatus = isNew
    ? { last: found.at, by: found.author, decision: found.name, minutesSpent: found.minutesSpent, version: risk.identity.version }
    : before;
  const brought = broughtForward(base, { risk, caches, nowMs });
  return { known: { ...base, ...(brought === null ? {} : { revalidation: brought }) }, isNew };
}

/** What the status is to say of reviews. */
export function reviewsNow(
  { known }: ReviewHistory,
  { risk }: RiskState,
  { policy, tier }: Pick<ReviewsNow, 'policy'> & { readonly tier: string | null },
): ReviewsNow {
  const cadence = policy === null ? null : toCadence(policy.spec, tier);
  const due = toReviewDue(known, cadence, fromInstant(risk.metadata.creationTimestamp));
  return { status: due === null ? known : { ...known, next: toInstant(due.dueMs), reason: due.reason }, due, cadence, policy };
}

/** A record may go with the years: the review it told of was made all the same, and one before it is no news. */
function isLater({ at, name }: ReviewOnRecord, { last, decision = '' }: ReviewStatus): boolean {
  return last === undefined || at > last || (at === last && name > decision);
}

function storedReview(object: UntypedObject): ReviewStatus {
  const { status } = object as { readonly status?: { readonly review?: ReviewStatus } };
  return status?.review ?? {};
}

function broughtForward(
  { last, version, revalidation }: ReviewStatus,
  { risk, caches, nowMs }: { readonly risk: RiskState; readonly caches: Caches; readonly nowMs: EpochMs },
): NonNullable<ReviewStatus['revalidation']> | null {
  if (last === undefined) return null;
  if (revalidation !== undefined) return revalidation;
  const changed: Revalidation | null = version === risk.identity.version ? null : { reason: 'NewVersion', sinceMs: nowMs };
  const cause = changed ?? incidentSince(fromInstant(last), risk, caches);
  return cause === null ? null : fromRevalidation(cause);
}

const causes: Readonly<Record<ReviewDue['reason'], string>> = {
  Cadence: 'its period is over then',
  NeverReviewed: 'nobody has reviewed it yet',
  NewVersion: 'another version is under guard since the last one',
  Incident: 'a plan engaged since the last one',
};

export function reviewCondition(
  { due, cadence, policy }: ReviewsNow,
  tier: string | null,
  nowMs: EpochMs,
): ConditionNow & {
  readonly type: ModelRiskConditionType;
} {
  const type = 'ReviewCurrent';
  if (policy === null)
    return {
      type,
      status: 'Unknown',
      reason: 'PolicyMissing',
      message: 'How often it is reviewed only its policy says: see condition Ready.',
    };
  if (due === null || cadence === null)
    return {
      type,
      status: 'True',
      reason: 'NoCadence',
      message: tier === null ? 'The model is in no tier.' : `Tier ${tier} asks for no reviews.`,
    };
  const standing = reviewStanding(due, cadence, nowMs);
  const when = `${toInstant(due.dueMs)}: ${causes[due.reason]}`;
  switch (standing) {
    case 'Current':
      return { type, status: 'True', reason: 'Reviewed', message: `The next review is due at ${when}.` };
    case 'DueSoon':
      return { type, status: 'True', reason: 'DueSoon', message: `A review is due at ${when}. Create a RiskDecision with action Review.` };
    case 'Overdue':
      return {
        type,
        status: 'False',
        reason: 'Overdue',
        message: `A review was due at ${when}. Create a RiskDecision with action Review.`,
      };
  }
}

const longestWaitMs = 86_400_000;

/** When to look at the standing again; null: it can't change by itself. At most a day: timers hold no longer. */
export function nextLookMs({ due, cadence }: ReviewsNow, nowMs: EpochMs): number | null {
  const waitMs = due === null || cadence === null ? null : untilStandingChanges(due, cadence, nowMs);
  return waitMs === null ? null : Math.min(waitMs, longestWaitMs);
}

export type ReviewJudgement =
  | { readonly kind: 'SubjectMissing' }
  /** Nobody can say yet whose review it takes: that passes by itself. */
  | { readonly kind: 'TierUnknown' }
  | { readonly kind: 'DigestChanged'; readonly digest: string }
  | { readonly kind: 'ForeignRole'; readonly roles: readonly string[] }
  | { readonly kind: 'Counts' };

/** The tier the model stands in, as its status says now. */
function tierIn(object: UntypedObject | undefined): string | null {
  const { status } = (object ?? {}) as { readonly status?: { readonly tier?: { readonly inherent?: string } } };
  return status?.tier?.inherent ?? null;
}

/** The tier of the policy the model stands in, null: in none; unknown while the status speaks of another spec, or the policy can't be read. */
export function knownTier(
  risk: RiskState,
  { programme, risks }: { readonly programme: Pick<Programme, 'policies'>; readonly risks: Cluster['own']['risks'] },
): { readonly kind: 'Unknown' } | { readonly kind: 'Known'; readonly tier: RiskPolicy['spec']['tiers'][number] | null } {
  const object = risks.store.get(risk.key);
  const tier = tierIn(object);
  const tiers = programme.policies.get(risk.risk.spec.policyRef.name)?.spec.tiers;
  const standing = tiers?.find(({ name }) => name === tier);
  // The tier in the status is that of the digest beside it: what was edited since may stand in a higher one.
  const isKnown = tiers !== undefined && (standing !== undefined || tier === null) && digestIn(object) === riskDigest(risk.written.spec);
  return isKnown ? { kind: 'Known', tier: standing ?? null } : { kind: 'Unknown' };
}

/** Whether a Review is about the model as it is, by somebody whose review its tier asks for. */
export function judgeReview(
  { spec, metadata }: RiskDecision,
  { programme, risks }: { readonly programme: Pick<Programme, 'risks' | 'policies'>; readonly risks: Cluster['own']['risks'] },
): ReviewJudgement {
  const risk = programme.risks.get(`${metadata.namespace ?? ''}/${spec.subjectRef.name}`);
  if (risk?.uid !== spec.subjectRef.uid) return { kind: 'SubjectMissing' };
  const digest = riskDigest(risk.written.spec);
  if (digest !== spec.digest) return { kind: 'DigestChanged', digest };
  const standing = knownTier(risk, { programme, risks });
  if (standing.kind === 'Unknown') return { kind: 'TierUnknown' };
  const roles = standing.tier?.reviewRoles;
  return roles === undefined || roles.includes(spec.role) ? { kind: 'Counts' } : { kind: 'ForeignRole', roles };
}

function digestIn(object: UntypedObject | undefined): string | null {
  const { status } = (object ?? {}) as { readonly status?: { readonly digest?: string } };
  return status?.digest ?? null;
}
