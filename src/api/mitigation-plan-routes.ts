import * as z from 'zod';
import { name, objectName, port, requiredText, seconds } from './fields.ts';

const candidate = z
  .object({ service: name('Service of the model under guard.'), port: port('Port of the Service, as the route names it.') })
  .meta({ description: 'Backend that serves the model under guard.' });

const minReadyEndpoints = z
  .int()
  .min(1)
  .max(1000)
  .default(1)
  .meta({ description: 'Ready endpoints the safe Service needs before traffic moves to it. Default 1.' });

const version = requiredText(
  128,
  'Version the safe Service runs, judged by the same indicators before traffic moves: if it is in breach too, the cause is shared. Left out: not judged, and the incident says so.',
).exactOptional();

const safe = z
  .object({ service: name('Service that takes over.'), port: port('Port of the Service.'), minReadyEndpoints, version })
  .meta({ description: 'Backend that takes over displaced traffic.' });

/** Fields of every route of the Gateway API. */
const gatewayRoute = (kind: string) => ({
  name: objectName(`${kind} (gateway.networking.k8s.io) in the namespace of the plan. The author of the plan must be allowed to patch it.`),
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
});

const destination = {
  host: objectName('Host of the destination, as the route names it: a Service of the namespace, by its short or its full name.'),
  subset: requiredText(253, 'Subset of the host, as a DestinationRule names it. Left out: the host without a subset.').exactOptional(),
};

const virtualService = z
  .object({
    name: objectName(
      'VirtualService (networking.istio.io) in the namespace of the plan. The author of the plan must be allowed to patch it.',
    ),
    candidate: z.object(destination).meta({ description: 'Destination that serves the model under guard, whatever its port.' }),
    safe: z
      .object({ ...destination, minReadyEndpoints, version })
      .meta({ description: 'Destination that takes over displaced traffic. Its endpoints are counted for the host, not by subset.' }),
    settleSeconds: seconds(
      0,
      'Seconds proxies may take to follow the route once it was changed; by default nothing tells when they have. A window is evidence for a stage that changed the route only if it starts after that. Default 10: the longest Istio gathers changes before it pushes them.',
    ).default(10),
  })
  .meta({ description: 'Weights and mirrors of the HTTP rules of an Istio VirtualService.' });

/** By key of a target: the routes a plan may act on. */
export const routeTargets = {
  httpRoute: z.object(gatewayRoute('HTTPRoute')).meta({ description: 'Weights of an HTTPRoute.' }),
  grpcRoute: z.object(gatewayRoute('GRPCRoute')).meta({ description: 'Weights of a GRPCRoute.' }),
  virtualService,
};
