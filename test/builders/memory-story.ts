import type { KubeObject } from '../../testbed/api-client.ts';
import type { KubeRequest } from '../../testbed/kube-request.ts';
import type { MemoryOperator } from './memory-operator.ts';
import { defaultVariant, isConstrained, isMirrored, phaseOf, shareOf, stepsOf } from './traffic-view.ts';

export function liveIn({ api }: MemoryOperator, plural: string, name: string): KubeObject {
  const object = api.get(plural, name);
  if (object === null) throw new Error(`no ${plural} ${name}`);
  return object;
}

export const routeIn = (world: MemoryOperator): KubeObject => liveIn(world, 'httproutes', 'credit');
export const flagIn = (world: MemoryOperator): KubeObject => liveIn(world, 'featureflags', 'credit-flags');
export const planIn = (world: MemoryOperator): KubeObject => liveIn(world, 'mitigationplans', 'credit');
export const shareIn = (world: MemoryOperator): number => shareOf(routeIn(world), 'credit-v2');

export async function untilGivenBack(world: MemoryOperator): Promise<void> {
  await world.passUntil('given back', () => !isConstrained(routeIn(world)) && !isConstrained(flagIn(world)));
  await world.pass(10);
}

/** Drift comes, the whole ladder is climbed, drift goes, all is given back and recorded. */
export async function tellStory(world: MemoryOperator): Promise<void> {
  const isRolledBack = (): boolean => defaultVariant(flagIn(world)) === 'off';
  await world.pass(2);
  world.read(0.9);
  await world.passUntil('capped', () => shareIn(world) <= 10);
  await world.passUntil('in shadow', () => isMirrored(routeIn(world)) || isRolledBack());
  await world.passUntil('rolled back', isRolledBack);
  world.read(0.01);
  await untilGivenBack(world);
}

/** What a story leaves behind: what users have, what the plan says, what is on record. */
export function endOf(world: MemoryOperator): object {
  const users = ({ metadata, spec }: KubeObject): object => ({ spec, annotations: metadata.annotations });
  return {
    phase: phaseOf(planIn(world)),
    route: users(routeIn(world)),
    flag: users(flagIn(world)),
    incidents: world.api.list('riskincidents').map((incident) => stepsOf(incident as unknown as KubeObject)),
  };
}

/** `patch httproutes credit`: how a write is told from others in a failure message. */
export function describeWrite({ verb, resource, name, subresource }: KubeRequest): string {
  return [verb, resource, name, subresource].filter((part) => part !== null).join(' ');
}
