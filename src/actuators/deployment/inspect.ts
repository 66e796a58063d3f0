import { rejectClaim } from '../actuation.ts';
import type { SettleInput } from '../actuation.ts';
import { asList, asObject } from '../json-reading.ts';
import { describeObject, generatingController, nameOf, namespaceOf, uidOf } from '../metadata.ts';
import type { Claim, RejectedClaim, TargetObject } from '../port.ts';
import type { DeploymentTarget } from './changes.ts';
import type { DeploymentIntent } from './intent.ts';
import { findPin } from './pin.ts';
import type { Pin } from './pin.ts';

/** A claim as it can be honoured here, or why it can't; `pin` null: it asks for no revision. */
export type Inspection =
  { readonly kind: 'Honoured'; readonly pin: Pin | null } | { readonly kind: 'Refused'; readonly refusal: RejectedClaim };

/** Whether and how this claim can be honoured. One that asks nothing always can. */
export function inspect(claim: Claim, target: DeploymentTarget, input: SettleInput<DeploymentIntent>): Inspection {
  if (claim.constraints.length === 0) return { kind: 'Honoured', pin: null };
  const { live } = input;
  const where = describeObject(live);
  const writer = writerOf(live);
  if (writer !== null) {
    const message = `${where} is written by ${writer}, which would undo the change: act on that instead.`;
    return refused(rejectClaim(claim, 'GeneratedTarget', message));
  }
  const floors = claim.constraints.flatMap((constraint) => (constraint.kind === 'Replicas' ? [constraint.minReplicas] : []));
  const scaling = floors.length === 0 ? null : inspectScale(claim, Math.max(...floors), input);
  if (scaling !== null) return refused(scaling);
  return claim.constraints.some(({ kind }) => kind === 'Pin') ? inspectPin(claim, target, input) : { kind: 'Honoured', pin: null };
}

function refused(refusal: RejectedClaim): Inspection {
  return { kind: 'Refused', refusal };
}

/** Argo Rollouts leaves no mark on a Deployment it takes over (workloadRef) but that it scales it. */
function writerOf(live: TargetObject): string | null {
  const rollouts = asList(asObject(live.metadata).managedFields).some((entry) => asObject(entry).manager === 'rollouts-controller');
  return generatingController(live) ?? (rollouts ? 'a Rollout of Argo Rollouts (workloadRef)' : null);
}

function factsOf({ live, surroundings }: SettleInput<DeploymentIntent>) {
  return surroundings.workload(namespaceOf(live), { name: nameOf(live), uid: uidOf(live) });
}

function inspectScale(claim: Claim, minReplicas: number, input: SettleInput<DeploymentIntent>): RejectedClaim | null {
  const facts = factsOf(input);
  if (!facts.ok) return rejectClaim(claim, facts.failure.reason, facts.failure.message);
  const { autoscaler } = facts.value;
  if (autoscaler === null || autoscaler.minReplicas >= minReplicas) return null;
  const message = `HorizontalPodAutoscaler ${namespaceOf(input.live)}/${autoscaler.name} sets the replicas of ${describeObject(input.live)}: raise its minReplicas from ${autoscaler.minReplicas} to ${minReplicas} and leave scale out of the plan.`;
  return rejectClaim(claim, 'Autoscaled', message);
}

/** What was found once stays what this engagement goes back to: numbers move when revisions come and go. */
function inspectPin(claim: Claim, { revision: asked }: DeploymentTarget, input: SettleInput<DeploymentIntent>): Inspection {
  const { live, intent } = input;
  const where = describeObject(live);
  const found = intent.pinned?.asked === asked ? intent.pinned : null;
  const isInForce = found !== null && found.intent !== null;
  if (asObject(live.spec).paused === true && !isInForce) {
    const message = `${where} is paused, so no pod of another revision would start: resume it (kubectl rollout resume).`;
    return refused(rejectClaim(claim, 'Paused', message));
  }
  if (found !== null) return { kind: 'Honoured', pin: found };
  const facts = factsOf(input);
  if (!facts.ok) return refused(rejectClaim(claim, facts.failure.reason, facts.failure.message));
  const searched = findPin(asked, { revisions: facts.value.revisions, wanted: intent.template, where });
  return searched.ok
    ? { kind: 'Honoured', pin: searched.value }
    : refused(rejectClaim(claim, searched.failure.reason, searched.failure.message));
}
