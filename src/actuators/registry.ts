import { experimentActuator } from './experiment/actuator.ts';
import { deploymentActuator } from './deployment/actuator.ts';
import { featureFlagActuator } from './feature-flag/actuator.ts';
import { flagdConfigMapActuator } from './flagd-config-map/actuator.ts';
import { grpcRouteActuator } from './grpc-route/actuator.ts';
import { httpRouteActuator } from './http-route/actuator.ts';
import { inferenceServiceActuator } from './inference-service/actuator.ts';
import { createPatchActuator } from './patch/actuator.ts';
import type { PatchResource } from './patch/resource.ts';
import type { Actuator, TargetKind } from './port.ts';
import { rolloutActuator } from './rollout/actuator.ts';
import { virtualServiceActuator } from './virtual-service/actuator.ts';

/** Every kind of target there is; a new one is its own folder and one line here. */
export const actuators: ReadonlyMap<TargetKind, Actuator> = new Map(
  [
    httpRouteActuator,
    grpcRouteActuator,
    virtualServiceActuator,
    experimentActuator,
    inferenceServiceActuator,
    rolloutActuator,
    featureFlagActuator,
    flagdConfigMapActuator,
    deploymentActuator,
  ].map((each) => [each.targetKind, each]),
);

/** And one for each kind that plans may patch here. */
export function actuatorsWithPatches(kinds: readonly PatchResource[]): ReadonlyMap<TargetKind, Actuator> {
  const patches = kinds.map(createPatchActuator).map((each) => [each.targetKind, each] as const);
  return new Map([...actuators, ...patches]);
}
