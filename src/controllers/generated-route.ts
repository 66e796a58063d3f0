import { rejectClaim } from '../actuators/actuation.ts';
import { regenerate, whyNotGenerated } from '../actuators/gateway-route/generate.ts';
import type { Actuation, ActuationInput, Actuator, TargetKind } from '../actuators/port.ts';
import type { GeneratedRoute } from '../core/model/generated-route.ts';
import type { PlanState } from './plan-state.ts';

/** A route as the plan that makes it wants it. */
export interface Generated {
  readonly planUID: string;
  readonly route: GeneratedRoute;
}

/** The oldest plan that makes this object; a plan that is going makes nothing any more, and what it made stays. */
export function generatedOn(plans: readonly PlanState[], kind: TargetKind, object: string): Generated | null {
  if (kind !== 'HTTPRoute') return null;
  const makers = plans.flatMap((plan) => {
    const route = plan.deleting ? undefined : plan.generated.find((each) => each.object === object);
    return route === undefined ? [] : [{ plan, route }];
  });
  const [first] = makers.toSorted(({ plan: a }, { plan: b }) => ageOf(a) - ageOf(b) || a.uid.localeCompare(b.uid));
  return first === undefined ? null : { planUID: first.plan.uid, route: first.route };
}

function ageOf({ current }: PlanState): number {
  return current.plan.createdAtMs;
}

/**
 * The one patch that brings a generated route to what its plan says AND bounds it: the operations of the actuator are computed for the
 * object as it is once it was brought back, so no edit of the plan and no edit by hand ever stands without the constraints in force.
 */
export function planGenerated(actuator: Actuator, input: ActuationInput, generated: Generated | null): Actuation {
  if (generated === null) return actuator.plan(input);
  const why = whyNotGenerated(input.live, generated.route);
  if (why !== null) return planForeign(actuator, input, { planUID: generated.planUID, why });
  const asItIs = actuator.plan(input);
  const journal = actuator.readJournal(input.live).kind;
  const brought = journal === 'Foreign' || journal === 'NewerSchema' ? null : regenerate(input.live, generated.route);
  if (brought === null) return asItIs;
  const laid = actuator.plan({ ...input, live: brought.live });
  // A journal that is not obeyed, or nothing that could be honoured any more: what is in force is not touched.
  if (laid.kind === 'Refused') return asItIs;
  const foreignEdit = asItIs.kind === 'Patch' && asItIs.foreignEdit;
  const { rejected } = laid;
  if (laid.kind === 'Patch') return { ...laid, operations: [...brought.operations, ...laid.operations], moves: true, foreignEdit };
  const effective = laid.effective;
  return {
    kind: 'Patch',
    subresource: null,
    isPartial: false,
    operations: brought.operations,
    before: effective,
    after: effective,
    intent: effective,
    moves: true,
    foreignEdit,
    rejected,
  };
}

/** The plan may not act on a route of that name that it did not make; other plans may. */
function planForeign(
  actuator: Actuator,
  input: ActuationInput,
  { planUID, why }: { readonly planUID: string; readonly why: string },
): Actuation {
  const [own, others] = [
    input.claims.filter(({ holder }) => holder.planUID === planUID),
    input.claims.filter(({ holder }) => holder.planUID !== planUID),
  ];
  const refused = own.map((claim) => rejectClaim(claim, 'RouteNotOurs', why));
  const actuation = actuator.plan({ ...input, claims: others });
  return { ...actuation, rejected: [...actuation.rejected, ...refused] };
}
