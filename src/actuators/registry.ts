import { httpRouteActuator } from './http-route/actuator.ts';
import type { Actuator, TargetKind } from './port.ts';

export const actuators: ReadonlyMap<TargetKind, Actuator> = new Map([['HTTPRoute', httpRouteActuator]]);
