import { fromInstant } from '../api/instant.ts';
import { judgedByDigest } from '../api/policy-digest.ts';
import { fromRevalidation, toRevalidation } from '../api/review-status.ts';
import type { ReviewStatus } from '../api/review-status.ts';
import type { RiskPolicy } from '../api/risk-policy.ts';
import { firstOf } from '../core/review.ts';
import type { Revalidation } from '../core/review.ts';
import type { EpochMs } from '../shared/clock.ts';
import type { Cluster } from './cluster.ts';
import { gravestReading } from './risk-state.ts';
import type { RiskState } from './risk-state.ts';

export interface RevalidationContext {
  readonly risk: RiskState;
  readonly caches: Pick<Cluster['own'], 'incidents'>;
  /** Null: it can't be read, so nobody can say whether it changed. */
  readonly policy: RiskPolicy | null;
  readonly nowMs: EpochMs;
}

/** The first engagement since then; drills harm nobody. */
function incidentSince(atMs: EpochMs, { risk: { uid, identity }, caches }: RevalidationContext): EpochMs | null {
  const opened = caches.incidents.store.byIndex('namespace', identity.namespace).flatMap((object) => {
    const { spec } = object as {
      readonly spec?: { readonly riskRef?: { readonly uid?: string }; readonly openedAt?: string; readonly drill?: object };
    };
    const openedMs = Date.parse(spec?.openedAt ?? '');
    return spec?.riskRef?.uid === uid && spec.drill === undefined && openedMs > atMs ? [openedMs] : [];
  });
  return opened.length === 0 ? null : Math.min(...opened);
}

/** The first drift signal that fired since then and fires yet. What fired at the review was before the reviewer's eyes. */
function driftSince(atMs: EpochMs, { risk }: RevalidationContext): EpochMs | null {
  const fired = [...risk.indicators.values()].flatMap((state) => {
    const { memory } = gravestReading(state);
    const isOfDrift = state.signal.kind === 'Statistic' && state.signal.statistic.kind === 'Drift';
    return isOfDrift && memory.state === 'Firing' && memory.sinceMs > atMs ? [memory.sinceMs] : [];
  });
  return fired.length === 0 ? null : Math.min(...fired);
}

/** What of the policy this model is judged by. Which signals that takes is kept with it: another choice of its owner is no edit of the policy. */
export function judgedBy({ written }: RiskState, policy: RiskPolicy): Pick<ReviewStatus, 'policyDigest' | 'signals'> {
  const named = written.spec.indicators.flatMap(({ signal }) => ('template' in signal ? [signal.template.name] : []));
  const signals = [...new Set(named)].sort();
  return { policyDigest: judgedByDigest(policy.spec, signals), signals };
}

function isEdited({ policyDigest, signals = [] }: ReviewStatus, policy: RiskPolicy | null): boolean {
  return policy !== null && policyDigest !== undefined && policyDigest !== judgedByDigest(policy.spec, signals);
}

function seenNow(review: ReviewStatus, context: RevalidationContext): readonly Revalidation[] {
  const { risk, policy, nowMs } = context;
  const lastMs = fromInstant(review.last ?? '');
  const found: Readonly<Record<Revalidation['reason'], EpochMs | null>> = {
    NewVersion: review.version === risk.identity.version ? null : nowMs,
    Incident: incidentSince(lastMs, context),
    Drift: driftSince(lastMs, context),
    PolicyChanged: isEdited(review, policy) ? nowMs : null,
  };
  return Object.entries(found).flatMap(([reason, sinceMs]) =>
    sinceMs === null ? [] : [{ reason: reason as Revalidation['reason'], sinceMs }],
  );
}

/** What asks for another review since the last one: what was seen stays seen, whatever becomes of it. Of a model nobody reviewed nothing. */
export function broughtForward(review: ReviewStatus, context: RevalidationContext): Pick<ReviewStatus, 'revalidation' | 'triggers'> {
  if (review.last === undefined) return {};
  const known = (review.triggers ?? (review.revalidation === undefined ? [] : [review.revalidation])).map(toRevalidation);
  const triggers = [...known, ...seenNow(review, context).filter(({ reason }) => known.every((each) => each.reason !== reason))];
  const first = firstOf(triggers);
  return first === null ? {} : { revalidation: fromRevalidation(first), triggers: triggers.map(fromRevalidation) };
}
