import { canonicalJSON } from '../../shared/canonical-json.ts';
import { asList, asObject, asText } from '../json-reading.ts';
import { annotationOf, describeObject, generatingController, namespaceOf, nameOf } from '../metadata.ts';
import type { Roller, Surroundings, TargetKind, TargetObject } from '../port.ts';

/** Argo Rollouts' plugin for the Gateway API marks a route with it while its weights are not those of the stable revision alone. */
const inProgressLabel = 'rollouts.argoproj.io/gatewayapi-canary';
/** What Flagger keeps of a route that was there before it took it over; it stays when its Canary goes. */
const takenOverAnnotation = 'flagger.kubernetes.io/original-configuration';

export function rollersOn(live: TargetObject, kind: TargetKind, surroundings: Surroundings): readonly Roller[] {
  return surroundings.rollersOf(kind, namespaceOf(live), nameOf(live));
}

/**
 * Kind and name of whoever writes this route over and over; null when users do. Flagger's routes need not say whose they are, and a
 * mark it left says nothing where no Canary is left that would write.
 */
export function generatorOf(live: TargetObject, rollers: readonly Roller[]): string | null {
  const owner = asList(asObject(live.metadata).ownerReferences)
    .map(asObject)
    .find(({ kind, apiVersion }) => kind === 'Canary' && (asText(apiVersion) ?? '').startsWith('flagger.app/'));
  const isTakenOver = annotationOf(live, takenOverAnnotation) !== null;
  const writes = (each: Roller): boolean => each.kind === 'Canary' && (isTakenOver || isMadeFor(live, each));
  const canary = asText(owner?.name) ?? rollers.find(writes)?.name;
  return generatingController(live) ?? (canary === undefined ? null : `Canary ${canary} (Flagger)`);
}

/** A Canary of the route's name may be of another provider, which makes no such route; whoever made it goes to Flagger's Services. */
function isMadeFor({ spec }: TargetObject, { services }: Roller): boolean {
  const text = canonicalJSON(spec ?? null);
  return services.some((service) => text.includes(`"${service}"`) || text.includes(`"${service}.`));
}

/** What to tell when a Rollout sets the weights of this route now; null when none does. */
export function rolloutAtWork(live: TargetObject, rollers: readonly Roller[]): string | null {
  const rollouts = rollers.filter(({ kind }) => kind === 'Rollout');
  const active = rollouts.find(({ state }) => state === 'Active');
  // The plugin may leave its mark behind: it counts only where no Rollout we see speaks of the route.
  const isMarked = asText(asObject(asObject(live.metadata).labels)[inProgressLabel]) === 'in-progress' && rollouts.length === 0;
  if (active === undefined && !isMarked) return null;
  const who = active === undefined ? 'A Rollout (label ' + inProgressLabel + ')' : `Rollout ${active.name}`;
  const remedy =
    active === undefined
      ? 'limit that Rollout in its own namespace'
      : `add target rollout: {name: ${active.name}} to the plan, which holds the update or aborts it`;
  return `${who} is moving the weights of ${describeObject(live)} step by step and would write over a limit here, so it is left to it: ${remedy}. The limit is laid when the update is over.`;
}

/** The Rollout all of whose Services lead to one revision; null: these two Services may answer differently. */
export function sameRevision(services: readonly (string | null)[], rollers: readonly Roller[]): Roller | null {
  const leadsBoth = ({ kind, state, services: own }: Roller) =>
    kind === 'Rollout' && state === 'Promoted' && services.every((service) => service !== null && own.includes(service));
  return rollers.find(leadsBoth) ?? null;
}
