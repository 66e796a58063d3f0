import type { JSONValue } from '../../src/shared/json.ts';
import { kserveStatus } from '../../testbed/kserve-stand-in.ts';
import { contour, envoyGateway, parentStatus } from './http-route.ts';
import type { MemoryAPI } from './memory-api.ts';

/** What the controllers of other projects would report of the targets in memory, as they are. */
export function followTargets(api: MemoryAPI): void {
  acceptRoutes(api);
  for (const object of api.list('inferenceservices'))
    api.setStatus('inferenceservices', object.metadata.name, kserveStatus(object) as unknown as JSONValue);
}

/** Every route is accepted. Contour copies no calls of a GRPCRoute. */
function acceptRoutes(api: MemoryAPI): void {
  for (const [plural, controller] of [
    ['httproutes', contour],
    ['grpcroutes', envoyGateway],
  ] as const)
    for (const { metadata, spec } of api.list(plural)) {
      const { parentRefs = [] } = spec as { readonly parentRefs?: readonly { readonly [key: string]: JSONValue }[] };
      const generation = metadata.generation ?? 1;
      api.setStatus(plural, metadata.name, { parents: parentRefs.map((parentRef) => parentStatus(controller, { generation, parentRef })) });
    }
}
