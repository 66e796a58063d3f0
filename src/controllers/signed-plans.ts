import type { MitigationPlan } from '../api/mitigation-plan.ts';
import type { BoundPlan, PlanInForce } from '../api/plan-in-force.ts';
import type { HeldTerm } from '../api/signed-limits.ts';
import type { PlanMemory } from '../core/model/plan.ts';
import type { ObjectKey } from '../kube/kube-object.ts';
import { addTo } from './key-index.ts';
import type { KeyIndex } from './key-index.ts';
import type { PlanState } from './plan-state.ts';
import type { RiskState } from './risk-state.ts';
import type { PlanBinding, SignedPlanState } from './signed-plan-state.ts';

interface NamedPlan {
  readonly key: ObjectKey;
  /** The ModelRisk its spec names. */
  readonly named: ObjectKey;
  /** The one it was held to so far; null: none. */
  readonly holder: ObjectKey | null;
}

/** Which plans are named in signed texts, and by those of which ModelRisks. */
export class SignedPlans {
  readonly #byPlan: KeyIndex = new Map();
  readonly #ofRisk = new Map<ObjectKey, readonly ObjectKey[]>();

  /** Takes up what was signed of a ModelRisk, null: it is not there any more. Returns the plans that text names, or named. */
  put(riskKey: ObjectKey, risk: Pick<RiskState, 'identity' | 'signed'> | null): readonly ObjectKey[] {
    const before = this.#ofRisk.get(riskKey) ?? [];
    const plans = risk?.signed?.model.plans ?? [];
    const now = plans.map(({ name }) => `${risk?.identity.namespace ?? ''}/${name}`);
    if (now.length === 0) this.#ofRisk.delete(riskKey);
    else this.#ofRisk.set(riskKey, now);
    for (const plan of before) this.#forget(plan, riskKey);
    for (const plan of now) addTo(this.#byPlan, plan, riskKey);
    return [...new Set([...before, ...now])];
  }

  #forget(plan: ObjectKey, riskKey: ObjectKey): void {
    const risks = this.#byPlan.get(plan);
    if (risks?.delete(riskKey) === true && risks.size === 0) this.#byPlan.delete(plan);
  }

  /**
   * Whose text binds the plan. That of the ModelRisk it was signed for goes first, then, where that is not there, another ModelRisk of the model, the one the
   * plan names before others. Of two models the one that has it, or whose sign-offs are older: who signed for the other one later can't let this one's
   * plan go, and to sign this one again doesn't either.
   */
  of({ key: planKey, named, holder }: NamedPlan, risks: ReadonlyMap<ObjectKey, RiskState>): PlanBinding | null {
    const bindings = [...(this.#byPlan.get(planKey) ?? [])].flatMap((riskKey) => {
      const risk = risks.get(riskKey);
      const plan = risk?.signed?.model.plans?.find(({ name }) => planKey === `${risk.identity.namespace}/${name}`);
      if (risk?.signed == null || plan === undefined) return [];
      const { digest, model, of = risk.written.metadata.name, at = '' } = risk.signed;
      const name = risk.written.metadata.name;
      const order = [of === name ? '0' : '1', riskKey === holder ? '0' : '1', at, riskKey === named ? '0' : '1', riskKey].join(' ');
      return [{ riskKey, risk: name, digest, plan, version: model.model.version, order }];
    });
    const [first] = bindings.toSorted((a, b) => (a.order < b.order ? -1 : 1));
    if (first === undefined) return null;
    const { order: _, ...binding } = first;
    return binding;
  }
}

/** Written by the operator only; with it the API server asks for the verb release. */
export function isKnownAsSigned({ status }: MitigationPlan): boolean {
  return status.signed !== undefined;
}

/** As the admission policy plan-release reads it. */
function isKnownAsEngaged({ status }: MitigationPlan): boolean {
  const isEngaged = status.conditions.some(({ type, status: is }) => type === 'Engaged' && is === 'True');
  return isEngaged || ['Engaged', 'SteppingDown', 'Latched'].includes(status.phase ?? 'Idle');
}

interface Known {
  readonly risk: RiskState | null;
  readonly memory: PlanMemory | null;
  readonly before: SignedPlanState | null;
}

export function boundBy(binding: PlanBinding, plan: MitigationPlan, { risk, memory, before }: Known): BoundPlan {
  // As long as nothing else is asked for, what was ignored stays so: our own status must not make it good.
  const isRefused =
    before?.isSuspendIgnored === true && before.held.some(({ field, written }) => field === 'suspend' && written === plan.spec.suspend);
  // Of a plan that engaged before, admission asked for the verb. After a restart nobody knows which of the two came first.
  const endsEngagement = plan.spec.suspend === 'Release' && memory !== null && isKnownAsEngaged(plan);
  return {
    risk: binding.risk,
    plan: binding.plan,
    isSignedVersion: risk === null || risk.written.spec.model.version === binding.version,
    isSuspendAdmitted: (endsEngagement || isKnownAsSigned(plan)) && !isRefused,
    neededSeconds: (name) => {
      const indicator = risk?.indicators.get(name)?.indicator;
      return indicator === undefined ? null : indicator.windowSeconds + indicator.forSeconds;
    },
  };
}

/** What of plans signed for this ModelRisk waits, as its own status tells it. */
export function heldOfPlans(plans: readonly Pick<PlanState, 'current' | 'signed'>[], riskKey: ObjectKey): readonly HeldTerm[] {
  return plans.flatMap(({ current, signed }) =>
    signed?.riskKey === riskKey
      ? signed.held.map((term) => ({ ...term, field: `plans.${current.plan.name}.${term.field}`.slice(0, 317), indicator: null }))
      : [],
  );
}

/** The mark admission goes by. A suspension that does not count must not get it; and it stays while the model is gone, or is made anew. */
export function signedStatusOf(
  { signed, key }: Pick<PlanState, 'signed' | 'key'>,
  status: Partial<Pick<MitigationPlan['status'], 'signed'>>,
  risks: ReadonlyMap<ObjectKey, unknown>,
): Partial<Pick<MitigationPlan['status'], 'signed'>> {
  const [namespace] = key.split('/');
  if (signed === null)
    return status.signed === undefined || risks.has(`${namespace ?? ''}/${status.signed.risk}`) ? {} : { signed: status.signed };
  if (signed.isSuspendIgnored) return {};
  return { signed: { risk: signed.risk, digest: signed.digest, terms: [...signed.held].slice(0, 32) } };
}

/** For people: what waits, until who did what. */
export function explainHeldPlan({ signed }: Pick<PlanState, 'signed'>): string | null {
  if (signed === null || signed.held.length === 0) return null;
  const { held, risk, riskKey, isSuspendIgnored } = signed;
  const [namespace = ''] = riskKey.split('/');
  const terms = held.slice(0, 8).map((term) => `${term.field} (in force: ${term.signed}, written: ${term.written})`);
  const more = held.length > 8 ? ` and ${held.length - 8} more` : '';
  const suspension = isSuspendIgnored
    ? ' It was suspended before the API server knew it for a signed plan: take suspend back, and have somebody with the verb release suspend it.'
    : '';
  return `What was signed stays in force of ${terms.join('; ')}${more}. It waits until every role of the tier of ModelRisk ${risk} has signed: kubectl modelrisk sign-off ${risk} -n ${namespace} --role ROLE.${suspension}`;
}

/** What is to be remembered of it. */
export function signedPlanState(binding: PlanBinding, { held }: PlanInForce): SignedPlanState {
  return { ...binding, held, isSuspendIgnored: held.some(({ field }) => field === 'suspend') };
}
