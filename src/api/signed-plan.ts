import * as z from 'zod';
import type { DeepReadonly } from './deep-readonly.ts';
import { approval, onContest, onSharedCause, recovery, stage, suspend, trigger } from './mitigation-plan.ts';
import type { MitigationPlan, MitigationPlanSpec } from './mitigation-plan.ts';
import { onNoEvidence } from './playbook.ts';
import type { TierSpec } from './risk-tier.ts';
import { target } from './targets/target.ts';
import type { TargetSpec } from './targets/target.ts';
import { planTerms } from './terms.ts';

/**
 * What a sign-off covers of a plan: all that says when, how far and how long it acts. Who answers for it, who is told, what it costs and when it is
 * drilled is not in it, nor what users want of a route the operator makes.
 */
export const signedPlan = z.object({
  name: z.string(),
  mode: z.enum(['Observe', 'Approve', 'Enforce']),
  suspend,
  trigger,
  targets: z.array(target),
  stages: z.array(stage),
  recovery,
  approval: approval.exactOptional(),
  onSharedCause,
  onContest: onContest.exactOptional(),
  /** Left out: Hold. */
  onNoEvidence: onNoEvidence.exactOptional(),
});

export type SignedPlan = DeepReadonly<z.output<typeof signedPlan>>;

/** The plan as it would be signed now: with the ladder its tier lays where it writes none, and under the floors of the tier. */
export function signablePlan({ metadata, spec }: Pick<MitigationPlan, 'metadata' | 'spec'>, tier: TierSpec | null): SignedPlan {
  const terms = planTerms(spec, tier);
  const { suspend: suspended, trigger: fired, onSharedCause: shared, approval: asked, onContest: contested } = spec;
  return normalPlan({
    ...{ name: metadata.name, mode: terms.mode.value, suspend: suspended, trigger: fired, onSharedCause: shared },
    targets: spec.targets,
    stages: terms.stages.value,
    recovery: terms.recovery.value,
    ...(asked === undefined ? {} : { approval: asked }),
    ...(contested === undefined ? {} : { onContest: contested }),
    ...(terms.onNoEvidence.value === 'Escalate' ? { onNoEvidence: terms.onNoEvidence.value } : {}),
  });
}

/** The same plan gives the same text, whatever the order of its lists; only the stages have one that counts. */
export function normalPlan({ onContest: contested, approval: asked, ...plan }: SignedPlan): SignedPlan {
  return {
    ...plan,
    trigger: { match: plan.trigger.match, indicators: plan.trigger.indicators.toSorted() },
    targets: plan.targets.map(withoutWishes).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    stages: plan.stages.map(({ enterOn, enterOnSevere, actions, ...rest }) => ({
      ...rest,
      enterOn: enterOn.toSorted(),
      ...(enterOnSevere === undefined ? {} : { enterOnSevere: enterOnSevere.toSorted() }),
      actions: actions.toSorted((a, b) => (a.target < b.target ? -1 : 1)),
    })),
    ...(asked === undefined ? {} : { approval: { ...asked, roles: asked.roles.toSorted() } }),
    ...(contested?.action === 'Yield' ? { onContest: contested } : {}),
  };
}

function withoutWishes(spec: TargetSpec): TargetSpec {
  if (!('httpRoute' in spec)) return spec;
  const { generate: _, ...httpRoute } = spec.httpRoute;
  return { ...spec, httpRoute };
}

/** As a plan of this ModelRisk, for what reads specs. Nothing of it is left to a playbook. */
export function asPlanSpec({ name: _, ...plan }: SignedPlan, risk: string): MitigationPlanSpec {
  return { riskRef: { name: risk }, owner: 'signed', onNoEvidence: 'Hold', ...plan };
}
