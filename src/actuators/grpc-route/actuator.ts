import { createGatewayRouteActuator } from '../gateway-route/actuator.ts';
import type { Actuator } from '../port.ts';

/** Gateway API GRPCRoute: requests are calls, and a rule matches services and methods; weights and mirrors are an HTTPRoute's. */
export const grpcRouteActuator: Actuator = createGatewayRouteActuator('GRPCRoute', 'grpcroutes');
