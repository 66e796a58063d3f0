import * as z from 'zod';
import type { Target } from '../../core/model/target.ts';
import type { DeepReadonly } from '../deep-readonly.ts';
import { objectName, requiredText } from '../fields.ts';
import { minReadyEndpoints, safeVersion, settleSeconds } from './target-fields.ts';

const destination = {
  host: objectName('Host of the destination, as the route names it: a Service of the namespace, by its short or its full name.'),
  subset: requiredText(253, 'Subset of the host, as a DestinationRule names it. Left out: the host without a subset.').exactOptional(),
};

export const virtualService = z
  .object({
    name: objectName(
      'VirtualService (networking.istio.io) in the namespace of the plan. The author of the plan must be allowed to patch it.',
    ),
    candidate: z.object(destination).meta({ description: 'Destination that serves the model under guard, whatever its port.' }),
    safe: z
      .object({ ...destination, minReadyEndpoints, version: safeVersion })
      .meta({ description: 'Destination that takes over displaced traffic. Its endpoints are counted for the host, not by subset.' }),
    settleSeconds: settleSeconds(
      10,
      'Seconds proxies may take to follow the route once it was changed; by default nothing tells when they have. A window is evidence for a stage that changed the route only if it starts after that. Default 10: the longest Istio gathers changes before it pushes them.',
    ),
  })
  .meta({ description: 'Weights and mirrors of the HTTP rules of an Istio VirtualService.' });

export function toVirtualService(name: string, route: DeepReadonly<z.output<typeof virtualService>>): Target {
  const { name: object, candidate, safe, settleSeconds } = route;
  const { minReadyEndpoints } = safe;
  const end = ({ host, subset }: Pick<typeof safe, 'host' | 'subset'>) => ({ host, subset: subset ?? null });
  return { kind: 'VirtualService', name, object, candidate: end(candidate), safe: { ...end(safe), minReadyEndpoints }, settleSeconds };
}

const end = { host: z.string(), subset: z.string().nullable() };

export const virtualServiceSnapshot = z.object({
  kind: z.literal('VirtualService'),
  name: z.string(),
  object: z.string(),
  candidate: z.object(end),
  safe: z.object({ ...end, minReadyEndpoints: z.int() }),
  settleSeconds: z.number(),
});
