import { fromInstant, toInstant } from '../api/instant.ts';
import { policyDigest } from '../api/policy-digest.ts';
import { toRhythm } from '../api/review-calendar.ts';
import { fromRevalidation, toReviewDue } from '../api/review-status.ts';
import type { PolicyReviewStatus } from '../api/review-status.ts';
import type { RiskDecision } from '../api/risk-decision.ts';
import type { RiskPolicy } from '../api/risk-policy.ts';
import type { ConditionNow } from '../kube/conditions.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import { keyOf } from '../kube/kube-object.ts';
import type { EpochMs } from '../shared/clock.ts';
import type { Cluster } from './cluster.ts';
import { contributorsAnnotation, contributorsIn, hasContributed } from './contributors.ts';
import { isMarkedUsed } from './decision-validity.ts';
import { previousConditions } from './mitigation-plan.ts';
import type { Programme } from './programme.ts';
import { nextLookMs, standingCondition } from './review-condition.ts';
import { isLater, newestReview } from './review-record.ts';
import type { ReviewJudgement } from './reviews.ts';
import { subjectKey } from './subject-index.ts';

type Decisions = Pick<Cluster['own'], 'decisions'>;

function decisionsAbout(policy: string, { decisions }: Decisions): readonly UntypedObject[] {
  return decisions.store.byIndex('subject', subjectKey('RiskPolicy', '', policy));
}

/** Those about this policy that may count yet: it says something else now. */
export function openDecisionsAboutPolicy(policy: string, own: Decisions): readonly string[] {
  return decisionsAbout(policy, own).flatMap((object) => {
    const { status } = object as { readonly status?: RiskDecision['status'] };
    return status !== undefined && isMarkedUsed({ status }) ? [] : [keyOf(object)];
  });
}

export interface PolicyReviewSight {
  readonly programme: Pick<Programme, 'policies' | 'unreadPolicies'>;
  readonly cluster: { readonly own: Pick<Cluster['own'], 'policies'> };
}

/**
 * Whether a Review is about the policy as it is, by somebody it asks who wrote nothing of it. That its author may review in the whole cluster
 * admission saw to.
 */
export function judgePolicyReview({ spec }: RiskDecision, { programme, cluster }: PolicyReviewSight): ReviewJudgement {
  const { name, uid } = spec.subjectRef;
  const object = cluster.own.policies.store.get(name);
  if (object?.metadata.uid !== uid) return { kind: 'SubjectMissing' };
  const policy = programme.policies.get(name);
  // What could last be read is not what stands there, and who looked at which of both nobody can tell.
  if (policy === undefined || programme.unreadPolicies.has(name)) return { kind: 'Unreadable' };
  const digest = policyDigest(policy.spec);
  if (digest !== spec.digest) return { kind: 'DigestChanged', digest };
  const roles = policy.spec.reviewRoles;
  if (roles?.includes(spec.role) === false) return { kind: 'ForeignRole', roles };
  const contributors = object.metadata.annotations?.[contributorsAnnotation] ?? '';
  // Without contributors nobody can be shown not to be one of them.
  const isSeparate = spec.author !== undefined && contributors !== '' && !hasContributed(contributors, spec.author);
  return isSeparate ? { kind: 'Counts' } : { kind: 'AuthorContributed', contributors: contributorsIn(contributors) };
}

function storedReview(object: UntypedObject): PolicyReviewStatus {
  const { status } = object as { readonly status?: { readonly review?: PolicyReviewStatus } };
  return status?.review ?? {};
}

/** What is known of its reviews; an edit since the last one is remembered from when it was seen. */
function historyOf(object: UntypedObject, digest: string, { own, nowMs }: { readonly own: Decisions; readonly nowMs: EpochMs }) {
  const { next: _, reason: __, ...before } = storedReview(object);
  const found = newestReview(decisionsAbout(object.metadata.name, own), object.metadata.uid);
  const isNew = found !== null && isLater(found, before);
  const base: PolicyReviewStatus = isNew
    ? {
        ...{ last: found.at, by: found.author, decision: found.name, namespace: found.namespace, minutesSpent: found.minutesSpent },
        ...(found.digest === null ? {} : { digest: found.digest }),
      }
    : before;
  const isEdited = base.revalidation === undefined && base.digest !== undefined && base.digest !== digest;
  return isEdited ? { ...base, revalidation: fromRevalidation({ reason: 'PolicyChanged', sinceMs: nowMs }) } : base;
}

/** Of a policy of a schema this operator can't read: what was known of its reviews stays, whatever it says now. */
export function keptReviews(object: UntypedObject): PolicyReviewsNow {
  const { status } = object as { readonly status?: PolicyReviewsNow['status'] };
  return {
    conditions: previousConditions(object).filter(({ type }) => type === 'ReviewCurrent'),
    status: {
      ...(status?.digest === undefined ? {} : { digest: status.digest }),
      ...(status?.review === undefined ? {} : { review: status.review }),
    },
    lookAgainMs: null,
  };
}

export interface PolicyReviewsNow {
  readonly conditions: readonly ConditionNow[];
  readonly status: { readonly digest?: string; readonly review?: PolicyReviewStatus };
  /** Null: nothing changes by itself. */
  readonly lookAgainMs: number | null;
}

/** What the status of a policy is to say of its reviews, and when to look again; null: nothing changes by itself. */
export function policyReviewsNow(
  policy: RiskPolicy,
  object: UntypedObject,
  context: { readonly own: Decisions; readonly nowMs: EpochMs },
): PolicyReviewsNow {
  const { nowMs } = context;
  const digest = policyDigest(policy.spec);
  const known = historyOf(object, digest, context);
  const cadence = toRhythm(policy.spec, policy.spec.reviewWarningSeconds);
  const due = toReviewDue(known, cadence, fromInstant(policy.metadata.creationTimestamp));
  const review = due === null ? known : { ...known, next: toInstant(due.dueMs), reason: due.reason };
  return {
    conditions: [
      standingCondition(
        { due, cadence },
        {
          unasked: 'The policy asks for no review of itself (reviewEverySeconds).',
          command: `kubectl modelrisk review-policy ${policy.metadata.name} --role ROLE --reason TEXT --minutes MINUTES`,
          nowMs,
        },
      ),
    ],
    status: { digest, ...(Object.keys(review).length === 0 ? {} : { review }) },
    lookAgainMs: nextLookMs({ due, cadence }, nowMs),
  };
}
