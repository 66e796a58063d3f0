import { createGatewayRouteActuator } from '../gateway-route/actuator.ts';
import type { Actuator } from '../port.ts';

/** Gateway API HTTPRoute. */
export const httpRouteActuator: Actuator = createGatewayRouteActuator('HTTPRoute', 'httproutes');
