import * as z from 'zod';
import type { Target } from '../../core/model/target.ts';
import type { DeepReadonly } from '../deep-readonly.ts';
import { name, objectName, port } from '../fields.ts';
import { generate } from './generate.ts';
import { minReadyEndpoints, safeVersion } from './target-fields.ts';

const candidate = z
  .object({ service: name('Service of the model under guard.'), port: port('Port of the Service, as the route names it.') })
  .meta({ description: 'Backend that serves the model under guard.' });

const safe = z
  .object({ service: name('Service that takes over.'), port: port('Port of the Service.'), minReadyEndpoints, version: safeVersion })
  .meta({ description: 'Backend that takes over displaced traffic.' });

/** Fields of every route of the Gateway API; `more` of one kind. */
const gatewayRoute = <More extends z.ZodRawShape>(kind: string, more: More) =>
  z
    .object({
      name: objectName(
        `${kind} (gateway.networking.k8s.io) in the namespace of the plan. The author of the plan must be allowed to patch it.`,
      ),
      candidate,
      safe,
      mirror: z
        .object({
          whenPercentUnsupported: z.enum(['Refuse', 'MirrorAll']).default('Refuse').meta({
            description:
              'What shadow does where the gateway cannot mirror a percentage. Refuse: the stage is not taken. MirrorAll: every request is mirrored. Default Refuse.',
          }),
        })
        .prefault({})
        .meta({ description: 'How requests are mirrored in shadow.' }),
      ...more,
    })
    .meta({ description: `Weights of an ${kind}.` });

export const httpRoute = gatewayRoute('HTTPRoute', { generate: generate.exactOptional() });
export const grpcRoute = gatewayRoute('GRPCRoute', {});

export function toGatewayRoute(
  kind: 'HTTPRoute' | 'GRPCRoute',
  name: string,
  { name: object, candidate, safe, mirror }: DeepReadonly<z.output<typeof grpcRoute>>,
): Target {
  const { service, port, minReadyEndpoints } = safe;
  const { whenPercentUnsupported } = mirror;
  return { kind, name, object, candidate, safe: { service, port, minReadyEndpoints }, whenPercentUnsupported };
}

const backend = { service: z.string(), port: z.int() };

export const gatewayRouteSnapshot = z.object({
  kind: z.enum(['HTTPRoute', 'GRPCRoute']),
  name: z.string(),
  object: z.string(),
  candidate: z.object(backend),
  safe: z.object({ ...backend, minReadyEndpoints: z.int() }),
  whenPercentUnsupported: z.enum(['Refuse', 'MirrorAll']),
});
