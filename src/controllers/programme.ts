import { parseMitigationPlan } from '../api/mitigation-plan.ts';
import type { MitigationPlan } from '../api/mitigation-plan.ts';
import { parseModelRisk } from '../api/model-risk.ts';
import { parseRiskPolicy } from '../api/risk-policy.ts';
import type { RiskPolicy } from '../api/risk-policy.ts';
import { toPlanSnapshot } from '../api/plan-to-core.ts';
import { initialPlanMemory } from '../core/plan/memory.ts';
import type { ObjectKey, UntypedObject } from '../kube/kube-object.ts';
import { keyOf } from '../kube/kube-object.ts';
import type { Clock } from '../shared/clock.ts';
import type { PlanState } from './plan-state.ts';
import { snapshotInForce } from './plan-state.ts';
import type { RiskState } from './risk-state.ts';
import { resolveRisk } from './risk-state.ts';

/**
 * All models under guard, as read from the caches and judged since: the operator's memory. Controllers read and change it;
 * nothing in it can't be read back from the API server.
 */
export interface Programme {
  readonly risks: ReadonlyMap<ObjectKey, RiskState>;
  readonly plans: ReadonlyMap<ObjectKey, PlanState>;
  readonly policies: ReadonlyMap<string, RiskPolicy>;
  plansOf(riskKey: ObjectKey): readonly PlanState[];
  plansOn(namespace: string, kind: string, object: string): readonly PlanState[];
  /** Returns the keys of the risks whose signals may have changed. */
  putPolicy(object: UntypedObject): readonly ObjectKey[];
  removePolicy(name: string): readonly ObjectKey[];
  putRisk(object: UntypedObject): void;
  removeRisk(key: ObjectKey): void;
  /** Null when the object is of a schema this operator can't read. */
  putPlan(object: UntypedObject): PlanState | null;
  removePlan(key: ObjectKey): void;
}

/** Puts into a plan seen for the first time what status, journals and record remember of it. */
export type RecallPlan = (state: PlanState, plan: MitigationPlan) => void;

function refreshPlan(known: PlanState | undefined, plan: MitigationPlan): PlanState {
  const state: PlanState = known ?? {
    key: `${plan.metadata.namespace ?? ''}/${plan.metadata.name}`,
    uid: plan.metadata.uid,
    current: toPlanSnapshot(plan),
    engaged: null,
    suspend: plan.spec.suspend,
    deleting: false,
    memory: initialPlanMemory,
    notes: [],
    targets: new Map(),
    drafts: [],
    opening: null,
    releasedBy: 'operator',
    answeredAtMs: null,
  };
  state.current = toPlanSnapshot(plan);
  state.suspend = plan.spec.suspend;
  state.deleting = plan.metadata.deletionTimestamp !== undefined;
  return state;
}

export function riskKeyOf(plan: PlanState): ObjectKey {
  return `${plan.current.plan.namespace}/${snapshotInForce(plan).risk.name}`;
}

function addTo(index: Map<string, Set<ObjectKey>>, at: string, key: ObjectKey): void {
  const keys = index.get(at) ?? new Set();
  index.set(at, keys.add(key));
}

export function createProgramme(clock: Clock, recall: RecallPlan): Programme {
  const risks = new Map<ObjectKey, RiskState>();
  const plans = new Map<ObjectKey, PlanState>();
  const policies = new Map<string, RiskPolicy>();

  // Looked up at every poll and watch event, so never by a walk over all plans. An entry a plan no longer has is filtered on
  // the way out or harmless; it goes with the plan.
  const byRisk = new Map<ObjectKey, Set<ObjectKey>>();
  const byTarget = new Map<string, Set<ObjectKey>>();

  function found(index: ReadonlyMap<string, ReadonlySet<ObjectKey>>, at: string): readonly PlanState[] {
    return [...(index.get(at) ?? [])].flatMap((key) => plans.get(key) ?? []);
  }

  function indexPlan(plan: PlanState): void {
    addTo(byRisk, riskKeyOf(plan), plan.key);
    for (const { kind, object } of plan.current.targets) addTo(byTarget, `${plan.current.plan.namespace}/${kind}/${object}`, plan.key);
  }

  function resolve(state: RiskState): void {
    risks.set(state.key, resolveRisk(state.risk, policies.get(state.risk.spec.policyRef.name) ?? null, { previous: state, nowMs: clock.nowMs() }));
  }

  function resolveUsersOf(policy: string): readonly ObjectKey[] {
    const users = [...risks.values()].filter(({ risk }) => risk.spec.policyRef.name === policy);
    for (const user of users) resolve(user);
    return users.map(({ key }) => key);
  }

  return {
    risks,
    plans,
    policies,
    plansOf: (riskKey) => found(byRisk, riskKey).filter((plan) => riskKeyOf(plan) === riskKey),
    plansOn: (namespace, kind, object) => found(byTarget, `${namespace}/${kind}/${object}`),
    putPolicy: (object) => {
      const parsed = parseRiskPolicy(object);
      if (parsed.ok) policies.set(object.metadata.name, parsed.value);
      else policies.delete(object.metadata.name);
      return resolveUsersOf(object.metadata.name);
    },
    removePolicy: (name) => {
      policies.delete(name);
      return resolveUsersOf(name);
    },
    putRisk: (object) => {
      const parsed = parseModelRisk(object);
      const key = keyOf(object);
      if (!parsed.ok) {
        risks.delete(key);
        return;
      }
      const known = risks.get(key);
      // Our own status writes come back through the watch: only a new spec changes what is judged.
      if (known?.uid === object.metadata.uid && known.risk.metadata.generation === parsed.value.metadata.generation) return;
      const previous = known?.uid === object.metadata.uid ? known : null;
      risks.set(key, resolveRisk(parsed.value, policies.get(parsed.value.spec.policyRef.name) ?? null, { previous, nowMs: clock.nowMs() }));
    },
    removeRisk: (key) => {
      risks.delete(key);
    },
    putPlan: (object) => {
      const parsed = parseMitigationPlan(object);
      if (!parsed.ok) return null;
      const key = keyOf(object);
      const known = plans.get(key);
      const same = known?.uid === object.metadata.uid ? known : undefined;
      const state = refreshPlan(same, parsed.value);
      if (same === undefined) recall(state, parsed.value);
      plans.set(key, state);
      indexPlan(state);
      return state;
    },
    removePlan: (key) => {
      plans.delete(key);
      for (const index of [byRisk, byTarget]) for (const keys of index.values()) keys.delete(key);
    },
  };
}

