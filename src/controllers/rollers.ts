import * as z from 'zod';
import type { Roller, Surroundings } from '../actuators/port.ts';
import { rolledRoutes, rollerOf } from '../actuators/rollout/rolled-routes.ts';
import type { RolledRoute } from '../actuators/rollout/rolled-routes.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { Cluster } from './cluster.ts';

const canary = z.object({
  spec: z.object({
    provider: z.string().nullish(),
    targetRef: z.object({ name: z.string() }),
    service: z.object({ name: z.string().nullish() }).nullish(),
  }),
});

/** Which kind of route a Canary makes, by how its provider begins. One that names none takes the installation's, which can't be seen. */
const kindsOfProvider: readonly { readonly prefix: string; readonly kinds: readonly RolledRoute['kind'][] }[] = [
  { prefix: 'istio', kinds: ['VirtualService'] },
  { prefix: 'gatewayapi', kinds: ['HTTPRoute'] },
  { prefix: '', kinds: ['VirtualService', 'HTTPRoute'] },
];

function canaryRoutes(object: UntypedObject): { readonly roller: Roller; readonly routes: readonly RolledRoute[] } | null {
  const parsed = canary.safeParse(object);
  if (!parsed.success) return null;
  const { provider, targetRef, service } = parsed.data.spec;
  const name = service?.name ?? targetRef.name;
  const known = provider ?? '';
  const kinds = kindsOfProvider.find(({ prefix }) => (prefix === '' ? known === '' : known.startsWith(prefix)))?.kinds ?? [];
  // It owns its route whatever its phase.
  const roller: Roller = { kind: 'Canary', name: object.metadata.name, state: 'Active', services: [`${name}-primary`, `${name}-canary`] };
  return { roller, routes: kinds.map((kind) => ({ kind, name })) };
}

/** The routes of its namespace a Rollout or a Canary moves the requests of. */
export function routesOfRoller(object: UntypedObject): readonly RolledRoute[] {
  return object.kind === 'Canary' ? (canaryRoutes(object)?.routes ?? []) : rolledRoutes(object);
}

/** Asked on the way of a patch; a namespace has few Rollouts and Canaries. */
export function rollersIn({ targets, rollers }: Pick<Cluster, 'targets' | 'rollers'>): Surroundings['rollersOf'] {
  return (kind, namespace, name) => {
    const isOf = (route: RolledRoute): boolean => route.kind === kind && route.name === name;
    const rollouts = targets.get('Rollout')?.store.byIndex('namespace', namespace) ?? [];
    const ofRollouts = rollouts.filter((each) => rolledRoutes(each).some(isOf)).flatMap((each) => rollerOf(each) ?? []);
    const ofCanaries = rollers.canaries.store.byIndex('namespace', namespace).flatMap((each) => {
      const read = canaryRoutes(each);
      return read?.routes.some(isOf) === true ? [read.roller] : [];
    });
    return [...ofRollouts, ...ofCanaries].sort((a, b) => (a.name < b.name ? -1 : 1));
  };
}
