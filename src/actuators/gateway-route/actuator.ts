import * as z from 'zod';

import { describeObject } from '../metadata.ts';
import type { Actuator } from '../port.ts';
import { createRouteActuator } from '../weighted-route/actuator.ts';
import { gatewayDialect } from './dialect.ts';
import type { GatewayRouteTarget } from './dialect.ts';
import { routeAccepted } from './parents.ts';

const name = z.string().min(1).max(253);
const port = z.int().min(1).max(65_535);

/** Gateway API routes whose rules have weighted backends: HTTPRoute, GRPCRoute. */
export function createGatewayRouteActuator(kind: GatewayRouteTarget['kind'], plural: string): Actuator {
  const since = kind === 'GRPCRoute' ? '1.1' : '1.0';
  return createRouteActuator({
    targetKind: kind,
    resource: {
      ...{ group: 'gateway.networking.k8s.io', version: 'v1', plural, kind },
      comesWith: `the Gateway API (${since} or newer, standard channel)`,
    },
    targetSchema: z.strictObject({
      kind: z.literal(kind),
      name,
      object: name,
      candidate: z.strictObject({ service: name, port }),
      safe: z.strictObject({ service: name, port, minReadyEndpoints: z.int().min(0) }),
      whenPercentUnsupported: z.enum(['Refuse', 'MirrorAll']),
    }),
    dialect: gatewayDialect(kind),
    percentLost: (live) =>
      `${describeObject(live)} lost the percent of its mirror: the CRD drops the field (Gateway API before 1.3), so all requests are copied.`,
    accepted: (live) => routeAccepted(live),
  });
}
