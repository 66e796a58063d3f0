import { asList, asObject, asText } from '../json-reading.ts';
import type { JSONObject } from '../json-reading.ts';
import { nameOf, namespaceOf } from '../metadata.ts';
import type { Roller, TargetKind, TargetObject } from '../port.ts';
import { progressOf } from './progress.ts';

export interface RolledRoute {
  readonly kind: TargetKind;
  readonly name: string;
}

/** Routes of its own namespace a Rollout sets the weights of: Istio's by its own fields, those of the Gateway API by its plugin's. */
export function rolledRoutes(rollout: TargetObject): readonly RolledRoute[] {
  const { istio, plugins } = asObject(canaryOf(rollout).trafficRouting);
  const namespace = namespaceOf(rollout);
  const mesh = [asObject(istio).virtualService, ...asList(asObject(istio).virtualServices)].flatMap((each) => {
    const [name = '', of = namespace] = (asText(asObject(each).name) ?? '').split('.');
    // Of another namespace: no plan of this one names it.
    return name === '' || of !== namespace ? [] : [{ kind: 'VirtualService', name } as const];
  });
  // Whoever installs the plugin chooses its name.
  const gateway = Object.values(asObject(plugins))
    .map(asObject)
    .filter((plugin) => (asText(plugin.namespace) ?? namespace) === namespace)
    .flatMap((plugin) => [
      ...namesIn(plugin, 'httpRoute').map((name) => ({ kind: 'HTTPRoute', name }) as const),
      ...namesIn(plugin, 'grpcRoute').map((name) => ({ kind: 'GRPCRoute', name }) as const),
    ]);
  return [...mesh, ...gateway];
}

/** What others need to know of a Rollout that names their route; null: it is none that shares out requests. */
export function rollerOf(rollout: TargetObject): Roller | null {
  const progress = progressOf(rollout);
  if (progress === null) return null;
  const { canaryService, stableService, pingPong } = canaryOf(rollout);
  const { pingService, pongService } = asObject(pingPong);
  const services = [canaryService, stableService, pingService, pongService].map((each) => asText(each) ?? '').filter((name) => name !== '');
  return { kind: 'Rollout', name: nameOf(rollout), state: stateOf(progress), services };
}

function stateOf({ isInProgress, isAborted }: { readonly isInProgress: boolean; readonly isAborted: boolean }): Roller['state'] {
  if (!isInProgress) return 'Promoted';
  return isAborted ? 'Aborted' : 'Active';
}

function canaryOf({ spec }: TargetObject): JSONObject {
  return asObject(asObject(asObject(spec).strategy).canary);
}

/** `httpRoute: a` and `httpRoutes: [{name: b}]`. */
function namesIn(plugin: JSONObject, member: string): readonly string[] {
  const listed = asList(plugin[`${member}s`]).map((each) => asText(asObject(each).name) ?? '');
  return [asText(plugin[member]) ?? '', ...listed].filter((name) => name !== '');
}
