import { parseMitigationPlan } from '../api/mitigation-plan.ts';
import type { MitigationPlan } from '../api/mitigation-plan.ts';
import { parseModelRisk } from '../api/model-risk.ts';
import type { ModelRisk } from '../api/model-risk.ts';
import { parseRiskPolicy } from '../api/risk-policy.ts';
import type { RiskPolicy } from '../api/risk-policy.ts';
import { planTerms } from '../api/terms.ts';
import type { PlanTerms } from '../api/terms.ts';
import { rememberPrices, tierInForce } from '../api/tier-status.ts';
import { generatedRoutesOf, toPlanSnapshot } from '../api/plan-to-core.ts';
import { planInForce } from '../api/plan-in-force.ts';
import { resolveTemplateAlone } from '../api/resolve-signal.ts';
import { targetKindOf } from '../core/model/target.ts';
import { initialPlanMemory } from '../core/plan/memory.ts';
import type { ObjectKey, UntypedObject } from '../kube/kube-object.ts';
import { keyOf } from '../kube/kube-object.ts';
import type { Clock } from '../shared/clock.ts';
import { signalProblem } from '../signals/signal-problem.ts';
import { refreshDrill } from './drill-state.ts';
import { addTo, removeFrom } from './key-index.ts';
import type { KeyIndex } from './key-index.ts';
import type { PlanState } from './plan-state.ts';
import { snapshotInForce, targetsAround } from './plan-state.ts';
import type { ReadingTallies } from './reading-tally.ts';
import type { RiskState } from './risk-state.ts';
import { readsConfigMap } from './config-map-references.ts';
import type { ReadText, ReferencePlace } from './reference-sight.ts';
import { distrustUnproven, resolveRisk } from './risk-state.ts';
import type { ReadSigned } from './signed-in-force.ts';
import { boundBy, SignedPlans, signedPlanState } from './signed-plans.ts';
import { withStandIns } from './signed-trigger.ts';

/**
 * All models under guard, as read from the caches and judged since: the operator's memory. Controllers read and change it;
 * nothing in it can't be read back from the API server.
 */
export interface Programme {
  readonly risks: ReadonlyMap<ObjectKey, RiskState>;
  readonly plans: ReadonlyMap<ObjectKey, PlanState>;
  /** As they could last be read. */
  readonly policies: ReadonlyMap<string, RiskPolicy>;
  /** By name, what of a policy as it is now this operator can't read. */
  readonly unreadPolicies: ReadonlyMap<string, string>;
  readonly tallies: ReadingTallies;
  /** What is wrong with the templates of a policy, by name. */
  invalidSignalsOf(policy: string): ReadonlyMap<string, string>;
  plansOf(riskKey: ObjectKey): readonly PlanState[];
  plansOn(namespace: string, kind: string, object: string): readonly PlanState[];
  /** As they could last be read: plans whose spec names this ModelRisk. */
  writtenFor(riskKey: ObjectKey): readonly MitigationPlan[];
  /** What a plan does in the tier of its model; null: there is no such plan. */
  termsOf(planKey: ObjectKey): PlanTerms | null;
  /** Plans whose model stands in another tier since they were asked for, or whose tier supplies something else: as good as edited. */
  takeReplanned(): readonly PlanState[];
  /** Returns the keys of the risks whose signals may have changed. */
  putPolicy(object: UntypedObject): readonly ObjectKey[];
  removePolicy(name: string): readonly ObjectKey[];
  /** Reads again the references kept in this ConfigMap, null: in any. Returns the keys of the risks that have some. */
  readReferences(changed: Pick<ReferencePlace, 'namespace' | 'name'> | null): readonly ObjectKey[];
  putRisk(object: UntypedObject): void;
  removeRisk(key: ObjectKey): void;
  /** Null when the object is of a schema this operator can't read. */
  putPlan(object: UntypedObject): PlanState | null;
  removePlan(key: ObjectKey): void;
}

/** What is read from elsewhere each time a risk is resolved. */
export interface ProgrammeReaders {
  readonly readText: ReadText;
  readonly readSigned: ReadSigned;
}

/** A plan between what is written, what its tier says and what was signed. */
interface InForce extends Pick<PlanState, 'current' | 'signed' | 'suspend'> {
  readonly terms: PlanTerms;
  /** The ModelRisk it protects. */
  readonly riskKey: ObjectKey;
}

/** Puts into a plan seen for the first time what status, journals and record remember of it. */
export type RecallPlan = (state: PlanState, plan: MitigationPlan) => void;

function refreshPlan(known: PlanState | undefined, plan: MitigationPlan, terms: PlanTerms): PlanState {
  const state: PlanState = known ?? {
    key: `${plan.metadata.namespace ?? ''}/${plan.metadata.name}`,
    uid: plan.metadata.uid,
    owner: plan.spec.owner,
    current: toPlanSnapshot(plan, terms),
    signed: null,
    generated: [],
    engaged: null,
    former: [],
    sources: new Map(),
    own: new Map(),
    guardedVersion: null,
    suspend: plan.spec.suspend,
    drill: refreshDrill(undefined, plan),
    deleting: false,
    deletionNoted: false,
    memory: initialPlanMemory,
    grounds: new Map(),
    notes: [],
    targets: new Map(),
    remediations: new Map(
      plan.status.remediations.map(({ name, startedAt = null, finishedAt = null, message = '', ...run }) => [
        name,
        { ...run, startedAt, finishedAt, message },
      ]),
    ),
    drafts: [],
    opening: null,
    applied: new Map(),
    sharedCauseIn: null,
    stalledAt: null,
    carriedOut: [],
    used: [],
    earlier: [],
    releasedBy: 'operator',
    answeredAtMs: null,
    untold: false,
  };
  state.generated = generatedRoutesOf(plan);
  state.owner = plan.spec.owner;
  refreshDrill(state.drill, plan);
  state.deleting = plan.metadata.deletionTimestamp !== undefined;
  return state;
}

export function riskKeyOf(plan: PlanState): ObjectKey {
  return `${plan.current.plan.namespace}/${snapshotInForce(plan).risk.name}`;
}

/** As its spec says now. */
function riskNamedBy({ metadata, spec }: MitigationPlan): ObjectKey {
  return `${metadata.namespace ?? ''}/${spec.riskRef.name}`;
}

/** Once for each policy, not for each model that uses it: queries are parsed. */
function invalidSignals({ spec }: RiskPolicy): ReadonlyMap<string, string> {
  return new Map(
    spec.signals.flatMap((template) => {
      const problem = signalProblem(resolveTemplateAlone(template), '');
      return problem === null ? [] : [[template.name, problem] as const];
    }),
  );
}

class InMemoryProgramme implements Programme {
  readonly risks = new Map<ObjectKey, RiskState>();
  readonly plans = new Map<ObjectKey, PlanState>();
  readonly policies = new Map<string, RiskPolicy>();
  readonly unreadPolicies = new Map<string, string>();
  readonly tallies: ReadingTallies = new Map();
  /** As they were when they could last be read: what is known of them outlives a spec that says nothing. */
  readonly #unreadable = new Map<ObjectKey, RiskState>();
  readonly #invalidSignals = new Map<string, ReadonlyMap<string, string>>();
  /** Plans as they were last read, with what their tiers make of them. */
  readonly #written = new Map<ObjectKey, { readonly plan: MitigationPlan; readonly terms: PlanTerms }>();
  readonly #replanned = new Set<ObjectKey>();
  readonly #clock: Clock;
  readonly #recall: RecallPlan;
  readonly #readText: ReadText;
  readonly #readSigned: ReadSigned;
  // Looked up at every poll and watch event, so never by a walk over all plans. An entry a plan no longer has is filtered on
  // the way out or harmless; it goes with the plan.
  readonly #byRisk: KeyIndex = new Map();
  readonly #byTarget: KeyIndex = new Map();
  readonly #signedPlans = new SignedPlans();
  readonly #priceOf = rememberPrices();

  constructor(clock: Clock, recall: RecallPlan, { readText, readSigned }: ProgrammeReaders) {
    this.#readText = readText;
    this.#readSigned = readSigned;
    this.#clock = clock;
    this.#recall = recall;
  }

  invalidSignalsOf(policy: string): ReadonlyMap<string, string> {
    return this.#invalidSignals.get(policy) ?? new Map();
  }

  plansOf(riskKey: ObjectKey): readonly PlanState[] {
    return this.#found(this.#byRisk, riskKey).filter((plan) => riskKeyOf(plan) === riskKey);
  }

  plansOn(namespace: string, kind: string, object: string): readonly PlanState[] {
    return this.#found(this.#byTarget, `${namespace}/${kind}/${object}`);
  }

  writtenFor(riskKey: ObjectKey): readonly MitigationPlan[] {
    return this.#found(this.#byRisk, riskKey).flatMap(({ key }) => {
      const plan = this.#written.get(key)?.plan;
      return plan === undefined || riskNamedBy(plan) !== riskKey ? [] : [plan];
    });
  }

  termsOf(planKey: ObjectKey): PlanTerms | null {
    return this.#written.get(planKey)?.terms ?? null;
  }

  takeReplanned(): readonly PlanState[] {
    const plans = [...this.#replanned].flatMap((key) => this.plans.get(key) ?? []);
    this.#replanned.clear();
    return plans;
  }

  putPolicy(object: UntypedObject): readonly ObjectKey[] {
    const parsed = parseRiskPolicy(object);
    const { name } = object.metadata;
    if (parsed.ok) {
      this.unreadPolicies.delete(name);
      this.policies.set(name, parsed.value);
      this.#invalidSignals.set(name, invalidSignals(parsed.value));
    } else this.unreadPolicies.set(name, parsed.failure.join('; '));
    return this.#resolveUsersOf(name);
  }

  removePolicy(name: string): readonly ObjectKey[] {
    this.policies.delete(name);
    this.unreadPolicies.delete(name);
    this.#invalidSignals.delete(name);
    return this.#resolveUsersOf(name);
  }

  readReferences(changed: Pick<ReferencePlace, 'namespace' | 'name'> | null): readonly ObjectKey[] {
    return this.#resolveAll(({ risk }) => readsConfigMap(risk, changed));
  }

  putRisk(object: UntypedObject): void {
    const parsed = parseModelRisk(object);
    const key = keyOf(object);
    if (!parsed.ok) {
      const before = this.risks.get(key);
      if (before !== undefined) this.#unreadable.set(key, before);
      this.risks.delete(key);
      return;
    }
    const known = this.risks.get(key) ?? this.#unreadable.get(key);
    this.#unreadable.delete(key);
    const previous = known?.uid === object.metadata.uid ? known : null;
    // Our own status writes come back through the watch: only a new spec changes what is judged, or another tier.
    const isHeld = previous !== null && this.risks.get(key) === previous;
    const isOfGeneration = isHeld && previous.risk.metadata.generation === parsed.value.metadata.generation;
    if (isOfGeneration && this.#standsAsBefore(parsed.value, previous)) return;
    this.#resolve(parsed.value, key, previous);
    this.#resolveBeside(key, previous);
  }

  removeRisk(key: ObjectKey): void {
    const before = this.risks.get(key) ?? this.#unreadable.get(key) ?? null;
    this.#unreadable.delete(key);
    this.risks.delete(key);
    // What was signed of it binds its plans until another ModelRisk does: nothing of them may be weakened while it is made anew.
    this.#signedPlans.put(key, null);
    this.#resolveBeside(key, before);
  }

  putPlan(object: UntypedObject): PlanState | null {
    const parsed = parseMitigationPlan(object);
    if (!parsed.ok) return null;
    const known = this.plans.get(keyOf(object));
    const same = known?.uid === object.metadata.uid ? known : undefined;
    const now = this.#inForce(parsed.value, same ?? null);
    const state = refreshPlan(same, parsed.value, now.terms);
    this.#put(state, parsed.value, now);
    if (same === undefined) this.#recall(state, parsed.value);
    this.plans.set(state.key, state);
    this.#index(state, [riskNamedBy(parsed.value), now.riskKey]);
    if (same === undefined) this.#distrust(state);
    return state;
  }

  #index(state: PlanState, risks: readonly ObjectKey[]): void {
    for (const risk of [riskKeyOf(state), ...risks]) addTo(this.#byRisk, risk, state.key);
    // An edit since the engagement began must not hide a target that is still held.
    for (const target of targetsAround(state))
      addTo(this.#byTarget, `${state.current.plan.namespace}/${targetKindOf(target)}/${target.object}`, state.key);
  }

  removePlan(key: ObjectKey): void {
    this.plans.delete(key);
    this.#written.delete(key);
    for (const index of [this.#byRisk, this.#byTarget]) removeFrom(index, key);
  }

  #found(index: ReadonlyMap<string, ReadonlySet<ObjectKey>>, at: string): readonly PlanState[] {
    return [...(index.get(at) ?? [])].flatMap((key) => this.plans.get(key) ?? []);
  }

  #resolve(risk: ModelRisk, key: ObjectKey, previous: RiskState | null): void {
    const { risk: inForce, policy, invalidSignals, signed } = this.#readSigned(risk, this, previous);
    const unreadPolicy = this.unreadPolicies.get(inForce.spec.policyRef.name) ?? null;
    const known = { previous, invalidSignals, unreadPolicy, written: risk, signed, readText: this.#readText, nowMs: this.#clock.nowMs() };
    const state = resolveRisk(inForce, policy, known);
    this.risks.set(key, state);
    this.#replan(key, this.#signedPlans.put(key, state));
    for (const plan of this.plansOf(key)) this.#distrust(plan);
  }

  /** What of a signed model binds another ModelRisk of it goes by whether the one that was signed is there. */
  #resolveBeside(key: ObjectKey, before: RiskState | null): void {
    const now = this.risks.get(key);
    const [is, was] = [now?.identity.model, before?.identity.model];
    if (is === was) return;
    const namespace = now?.identity.namespace ?? before?.identity.namespace;
    this.#resolveAll(({ key: other, identity }) => other !== key && identity.namespace === namespace && [is, was].includes(identity.model));
  }

  #standsAsBefore({ status }: ModelRisk, { risk: { spec }, written, terms }: RiskState): boolean {
    if (written.status.signed?.digest !== status.signed?.digest) return false;
    const policy = this.policies.get(spec.policyRef.name);
    return policy === undefined || tierInForce({ spec, status }, policy.spec, this.#priceOf)?.name === terms.tier?.name;
  }

  #known(riskKey: ObjectKey): RiskState | null {
    return this.risks.get(riskKey) ?? this.#unreadable.get(riskKey) ?? null;
  }

  /** What is in force of a plan: as written, in its tier, and nowhere weaker than it was signed. */
  #inForce(plan: MitigationPlan, before: PlanState | null): InForce {
    const named = riskNamedBy(plan);
    const key = keyOf(plan);
    const lost = before?.signed ?? null;
    const kept = lost !== null && this.#known(lost.riskKey) === null ? lost : null;
    const { signed: mark } = plan.status;
    const holder = lost?.riskKey ?? (mark === undefined ? null : `${plan.metadata.namespace ?? ''}/${mark.risk}`);
    const binding = this.#signedPlans.of({ key, named, holder }, this.risks) ?? kept;
    const riskKey = binding?.riskKey ?? named;
    const risk = this.#known(riskKey);
    const terms = planTerms(plan.spec, risk?.terms.tier ?? null);
    const bound = binding === null ? null : boundBy(binding, plan, { risk, memory: before?.memory ?? null, before: lost });
    const found = planInForce(plan, terms, bound);
    const signed = binding === null ? null : signedPlanState(binding, found);
    return { terms, riskKey, signed, suspend: found.suspend, current: withStandIns(found.snapshot, risk) };
  }

  #put(state: PlanState, plan: MitigationPlan, { terms, current, signed, suspend }: InForce): void {
    this.#written.set(state.key, { plan, terms });
    Object.assign(state, { current, signed, suspend });
  }

  /** `touched`: plans that were signed for it, or are no more. */
  #replan(riskKey: ObjectKey, touched: readonly ObjectKey[]): void {
    const states = new Set([...this.#found(this.#byRisk, riskKey), ...touched.flatMap((key) => this.plans.get(key) ?? [])]);
    for (const state of states) {
      const written = this.#written.get(state.key);
      if (written === undefined) continue;
      const now = this.#inForce(written.plan, state);
      if (now.riskKey !== riskKey && !touched.includes(state.key)) continue;
      const before = [state.current.plan.digest, state.suspend, JSON.stringify(state.signed)];
      this.#put(state, written.plan, now);
      this.#index(state, [now.riskKey]);
      if ([now.current.plan.digest, now.suspend, JSON.stringify(now.signed)].some((each, index) => each !== before[index]))
        this.#replanned.add(state.key);
    }
  }

  #distrust(plan: PlanState): void {
    const risk = this.risks.get(riskKeyOf(plan));
    if (risk === undefined || plan.memory.phase === 'Idle') return;
    distrustUnproven(risk, snapshotInForce(plan).trigger.indicators, this.#clock.nowMs());
  }

  #resolveUsersOf(policy: string): readonly ObjectKey[] {
    return this.#resolveAll(({ risk }) => risk.spec.policyRef.name === policy);
  }

  #resolveAll(isConcerned: (state: RiskState) => boolean): readonly ObjectKey[] {
    const users = [...this.risks.values()].filter(isConcerned);
    for (const user of users) this.#resolve(user.written, user.key, user);
    return users.map(({ key }) => key);
  }
}

export function createProgramme(clock: Clock, recall: RecallPlan, readers: ProgrammeReaders): Programme {
  return new InMemoryProgramme(clock, recall, readers);
}
