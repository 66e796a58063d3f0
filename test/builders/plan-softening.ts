import { memoryPlan } from './memory-operator.ts';

type Fields = Readonly<Record<string, unknown>>;

/** One way to make a signed plan weaker, and what its status then says waits. */
export interface PlanSoftening {
  readonly way: string;
  readonly plan: object;
  readonly held: readonly string[];
}

interface Written {
  readonly spec: {
    readonly targets: readonly [Fields & { readonly httpRoute: Fields }, Fields & { readonly featureFlag: Fields }];
    readonly stages: readonly [Fields, Fields, Fields];
  };
}

/** The plan as it is signed in every story. */
export const strictPlan = {
  approval: { roles: ['risk'], timeoutSeconds: 60, onTimeout: 'Engage' },
  onSharedCause: 'Engage',
  onNoEvidence: 'Escalate',
  recovery: { stepSeconds: 2, probeAfterSeconds: 3 },
};
const { spec } = memoryPlan() as Written;
const [limit, shadow, rollback] = spec.stages;
const [traffic, flag] = spec.targets;

export const signedPlanNow = (changes: Fields = {}): object => memoryPlan({ ...strictPlan, ...changes });
const ladder = (...stages: readonly Fields[]) => signedPlanNow({ stages });
const capped = (maxPercent: number) => ({ ...limit, actions: [{ target: 'traffic', canaryLimit: { maxPercent } }] });
const route = (changes: Fields) => signedPlanNow({ targets: [{ ...traffic, httpRoute: { ...traffic.httpRoute, ...changes } }, flag] });
const backwards = (changes: Fields) => signedPlanNow({ recovery: { ...strictPlan.recovery, ...changes } });

/** Every way its owner could weaken a plan and leave the plan there. */
export const planSoftenings: readonly PlanSoftening[] = [
  { way: 'only to observe', plan: signedPlanNow({ mode: 'Observe' }), held: ['mode'] },
  { way: 'to ask first', plan: signedPlanNow({ mode: 'Approve' }), held: ['mode'] },
  { way: 'a suspension', plan: signedPlanNow({ suspend: 'Release' }), held: [] },
  { way: 'another indicator as its trigger', plan: signedPlanNow({ trigger: { indicators: ['calm'] } }), held: ['trigger.indicators'] },
  {
    way: 'a second indicator that has to fire too',
    plan: signedPlanNow({ trigger: { indicators: ['calm', 'score-drift'], match: 'All' } }),
    held: ['trigger.indicators', 'trigger.match'],
  },
  { way: 'another model', plan: signedPlanNow({ riskRef: { name: 'calm' } }), held: ['riskRef.name'] },
  { way: 'a higher limit', plan: ladder(capped(90), shadow, rollback), held: ['stages.limit.actions'] },
  {
    way: 'a longer way up',
    plan: ladder({ ...limit, escalateAfterSeconds: 3600 }, shadow, rollback),
    held: ['stages.limit.escalateAfterSeconds'],
  },
  {
    way: 'a way up too short for any evidence',
    plan: signedPlanNow({ stages: [{ ...limit, escalateAfterSeconds: 1 }, { ...shadow, escalateAfterSeconds: 1 }, rollback] }),
    held: [],
  },
  {
    way: 'the first stages alone',
    plan: ladder({ ...capped(10), escalateAfterSeconds: undefined }),
    held: ['stages.limit.escalateAfterSeconds', 'stages.rollback', 'stages.shadow'],
  },
  { way: 'a milder stage before', plan: ladder({ ...capped(50), name: 'mild' }, limit, shadow, rollback), held: ['stages.mild'] },
  {
    way: 'a stage that asks first',
    plan: ladder({ ...limit, mode: 'Approve' }, { ...shadow, mode: 'Approve' }, { ...rollback, mode: 'Approve' }),
    held: ['stages.limit.mode', 'stages.rollback.mode', 'stages.shadow.mode'],
  },
  {
    way: 'an action left out',
    plan: ladder(limit, shadow, { ...rollback, actions: [{ target: 'traffic', canaryLimit: { maxPercent: 0 } }] }),
    held: ['stages.rollback.actions'],
  },
  { way: 'another route', plan: route({ name: 'calm' }), held: ['targets.traffic.object'] },
  {
    way: 'another candidate',
    plan: route({ candidate: { service: 'calm', port: 8080 } }),
    held: ['targets.traffic.candidate.service'],
  },
  {
    way: 'more endpoints of the safe version than there will ever be',
    plan: route({ safe: { service: 'credit-v1', port: 8080, minReadyEndpoints: 1000 } }),
    held: ['targets.traffic.safe.minReadyEndpoints'],
  },
  {
    way: 'another variant of the flag',
    plan: signedPlanNow({ targets: [traffic, { ...flag, featureFlag: { ...flag.featureFlag, safeVariant: 'on' } }] }),
    held: ['targets.flag.safeVariant'],
  },
  {
    way: 'a flag that takes a day to settle',
    plan: signedPlanNow({ targets: [traffic, { ...flag, featureFlag: { ...flag.featureFlag, settleSeconds: 86_400 } }] }),
    held: ['targets.flag.settleSeconds'],
  },
  { way: 'a shorter way down', plan: backwards({ stepSeconds: 1 }), held: ['recovery.stepSeconds'] },
  { way: 'a sooner probe', plan: backwards({ probeAfterSeconds: 1 }), held: ['recovery.probeAfterSeconds'] },
  { way: 'more probes', plan: backwards({ probeAttempts: 100 }), held: ['recovery.probeAttempts'] },
  { way: 'a latch that never closes', plan: backwards({ flap: { maxEngagements: 16 } }), held: ['recovery.flap.maxEngagements'] },
  { way: 'a latch that forgets', plan: backwards({ flap: { windowSeconds: 1 } }), held: ['recovery.flap.windowSeconds'] },
  { way: 'a wait for evidence', plan: signedPlanNow({ onNoEvidence: 'Hold' }), held: ['onNoEvidence'] },
  { way: 'no word on a shared cause', plan: signedPlanNow({ onSharedCause: 'Notify' }), held: ['onSharedCause'] },
  {
    way: 'a yielding to whoever edits the route',
    plan: signedPlanNow({ onContest: { action: 'Yield', afterSeconds: 0 } }),
    held: ['onContest.afterSeconds', 'onContest.kind', 'onContest.retryAfterSeconds'],
  },
  {
    way: 'longer to ask',
    plan: signedPlanNow({ approval: { ...strictPlan.approval, timeoutSeconds: 86_400 } }),
    held: ['approval.timeoutSeconds'],
  },
  {
    way: 'a wait without end for an answer',
    plan: signedPlanNow({ approval: { ...strictPlan.approval, onTimeout: 'Hold' } }),
    held: ['approval.onTimeout'],
  },
  { way: 'others to ask', plan: signedPlanNow({ approval: { ...strictPlan.approval, roles: ['friends'] } }), held: ['approval.roles'] },
];
