import type { ModelRiskConditionType } from '../api/conditions.ts';
import { fromInstant, toInstant } from '../api/instant.ts';
import type { RhythmOf } from '../api/review-calendar.ts';
import { toCadence, toReviewDue } from '../api/review-status.ts';
import type { ReviewStatus } from '../api/review-status.ts';
import { riskDigest } from '../api/risk-digest.ts';
import type { RiskDecision } from '../api/risk-decision.ts';
import type { RiskPolicy } from '../api/risk-policy.ts';
import type { ReviewCadence, ReviewDue } from '../core/review.ts';
import type { ConditionNow } from '../kube/conditions.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { EpochMs } from '../shared/clock.ts';
import type { Cluster } from './cluster.ts';
import type { Programme } from './programme.ts';
import { broughtForward, judgedBy } from './revalidation.ts';
import { standingCondition } from './review-condition.ts';
import { isLater, newestReview } from './review-record.ts';
import type { ReviewOnRecord } from './review-record.ts';
import type { RiskState } from './risk-state.ts';
import { subjectKey } from './subject-index.ts';

type Caches = Pick<Cluster['own'], 'decisions' | 'incidents'>;

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
  { caches, policy, nowMs }: { readonly caches: Caches; readonly policy: RiskPolicy | null; readonly nowMs: EpochMs },
): ReviewHistory {
  const { next: _, reason: __, ...before } = storedReview(object);
  const { namespace } = risk.identity;
  const about = caches.decisions.store.byIndex('subject', subjectKey('ModelRisk', namespace, risk.risk.metadata.name));
  const found = newestReview(about, risk.uid);
  const isNew = found !== null && isLater(found, before);
  const base = withPolicy(isNew ? ofRecord(found, risk.identity.version) : before, risk, policy);
  return { known: { ...base, ...broughtForward(base, { risk, caches, policy, nowMs }) }, isNew };
}

function ofRecord({ at, author, name, minutesSpent }: ReviewOnRecord, version: string): ReviewStatus {
  return { last: at, by: author, decision: name, minutesSpent, version };
}

/** Reviews from before this was kept say nothing of the policy of then: what it says now is what a later edit is told by. */
function withPolicy(review: ReviewStatus, risk: RiskState, policy: RiskPolicy | null): ReviewStatus {
  if (policy === null || review.last === undefined || review.policyDigest !== undefined) return review;
  return { ...review, ...judgedBy(risk, policy) };
}

/** What the status is to say of reviews. */
export function reviewsNow(
  { known }: ReviewHistory,
  { risk }: RiskState,
  { policy, tier, rhythmOf }: Pick<ReviewsNow, 'policy'> & { readonly tier: string | null; readonly rhythmOf: RhythmOf },
): ReviewsNow {
  const cadence = policy === null ? null : toCadence(policy.spec, tier, rhythmOf);
  const due = toReviewDue(known, cadence, fromInstant(risk.metadata.creationTimestamp));
  return { status: due === null ? known : { ...known, next: toInstant(due.dueMs), reason: due.reason }, due, cadence, policy };
}

function storedReview(object: UntypedObject): ReviewStatus {
  const { status } = object as { readonly status?: { readonly review?: ReviewStatus } };
  return status?.review ?? {};
}

export function reviewCondition(
  reviews: ReviewsNow,
  { risk: { metadata } }: RiskState,
  { tier, nowMs }: { readonly tier: string | null; readonly nowMs: EpochMs },
): ConditionNow & {
  readonly type: ModelRiskConditionType;
} {
  if (reviews.policy !== null)
    return standingCondition(reviews, {
      unasked: tier === null ? 'The model is in no tier.' : `Tier ${tier} asks for no reviews.`,
      command: `kubectl modelrisk review ${metadata.name} -n ${metadata.namespace} --role ROLE --reason TEXT --minutes MINUTES`,
      nowMs,
    });
  const message = 'How often it is reviewed only its policy says: see condition Ready.';
  return { type: 'ReviewCurrent', status: 'Unknown', reason: 'PolicyMissing', message };
}

export type ReviewJudgement =
  | { readonly kind: 'SubjectMissing' }
  /** Nobody can say yet whose review it takes: that passes by itself. */
  | { readonly kind: 'TierUnknown' }
  /** The text that stands there can't be read: nobody can say whether it is what was looked at. */
  | { readonly kind: 'Unreadable' }
  /** Its author wrote some of it, or nobody knows who did. */
  | { readonly kind: 'AuthorContributed'; readonly contributors: readonly string[] }
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
