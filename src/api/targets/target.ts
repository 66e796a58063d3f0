import * as z from 'zod';
import type { GeneratedRoute } from '../../core/model/generated-route.ts';
import type { Target } from '../../core/model/target.ts';
import type { DeepReadonly } from '../deep-readonly.ts';
import { name } from '../fields.ts';
import { deployment, deploymentSnapshot, toDeployment } from './deployment.ts';
import { experiment, experimentSnapshot, toExperiment } from './experiment.ts';
import { featureFlag, featureFlagSnapshot, toFeatureFlag } from './feature-flag.ts';
import { flagdConfigMap, flagdConfigMapSnapshot, toFlagdConfigMap } from './flagd-config-map.ts';
import { toGeneratedRoute } from './generate.ts';
import { gatewayRouteSnapshot, grpcRoute, httpRoute, toGatewayRoute } from './gateway-route.ts';
import { inferenceService, inferenceServiceSnapshot, toInferenceService } from './inference-service.ts';
import { rollout, rolloutSnapshot, toRollout } from './rollout.ts';
import { job } from './job.ts';
import { patch, patchSnapshot, toPatch } from './patch.ts';
import { toVirtualService, virtualService, virtualServiceSnapshot } from './virtual-service.ts';

const targetName = { name: name('Name the actions of stages use.') };

export const target = z
  .union([
    z.object({ ...targetName, httpRoute }),
    z.object({ ...targetName, grpcRoute }),
    z.object({ ...targetName, virtualService }),
    z.object({ ...targetName, experiment }),
    z.object({ ...targetName, inferenceService }),
    z.object({ ...targetName, rollout }),
    z.object({ ...targetName, featureFlag }),
    z.object({ ...targetName, flagdConfigMap }),
    z.object({ ...targetName, deployment }),
    z.object({ ...targetName, patch }),
    z.object({ ...targetName, job }),
  ])
  .meta({ description: 'One object the plan may act on.' });

export type TargetSpec = DeepReadonly<z.output<typeof target>>;
/** Entries that are run and hold nothing. */
type JobSpec = Extract<TargetSpec, { readonly job: unknown }>;

/** Keys of `targets` entries by what can be done to them; the rules of the plan are written over these lists. */
export const trafficKeys = ['httpRoute', 'grpcRoute', 'virtualService', 'experiment', 'inferenceService', 'rollout'] as const;
/** Traffic targets that can send copies to the candidate. */
export const mirroringKeys = ['httpRoute', 'grpcRoute', 'virtualService'] as const;
export const flagKeys = ['featureFlag', 'flagdConfigMap'] as const;
export const workloadKeys = ['deployment'] as const;
/** Targets whose callers may come through a traffic target. */
export const behindKeys = [...flagKeys, ...workloadKeys] as const;
export const patchKeys = ['patch'] as const;
export const jobKeys = ['job'] as const;
export const targetKeys = [...trafficKeys, ...flagKeys, ...workloadKeys, ...patchKeys, ...jobKeys] as const;

/** `scaled`: names of targets the stages scale. */
export function toTarget(spec: Exclude<TargetSpec, JobSpec>, scaled: ReadonlySet<string>): Target {
  if ('httpRoute' in spec) return toGatewayRoute('HTTPRoute', spec.name, spec.httpRoute);
  if ('grpcRoute' in spec) return toGatewayRoute('GRPCRoute', spec.name, spec.grpcRoute);
  if ('virtualService' in spec) return toVirtualService(spec.name, spec.virtualService);
  if ('experiment' in spec) return toExperiment(spec.name, spec.experiment);
  if ('flagdConfigMap' in spec) return toFlagdConfigMap(spec.name, spec.flagdConfigMap);
  if ('deployment' in spec) return toDeployment(spec.name, spec.deployment, scaled.has(spec.name) ? 'Scale' : 'Pin');
  if ('inferenceService' in spec) return toInferenceService(spec.name, spec.inferenceService);
  if ('rollout' in spec) return toRollout(spec.name, spec.rollout);
  if ('patch' in spec) return toPatch(spec.name, spec.patch);
  return toFeatureFlag(spec.name, spec.featureFlag);
}

/** The route the operator is to make for this target; null where its users do. */
export function toGenerated(plan: string, spec: TargetSpec): GeneratedRoute | null {
  return 'httpRoute' in spec ? toGeneratedRoute(plan, spec.httpRoute) : null;
}

/** The version the target's safe backend runs; null where the plan does not say it. */
export function safeVersionOf(spec: TargetSpec): string | null {
  if ('httpRoute' in spec) return spec.httpRoute.safe.version ?? null;
  if ('grpcRoute' in spec) return spec.grpcRoute.safe.version ?? null;
  if ('virtualService' in spec) return spec.virtualService.safe.version ?? null;
  if ('experiment' in spec) return spec.experiment.safe.version ?? null;
  if ('inferenceService' in spec) return spec.inferenceService.safe.version ?? null;
  if ('rollout' in spec) return spec.rollout.safe.version ?? null;
  return null;
}

/** As an incident keeps it. */
export const targetSnapshot = z.discriminatedUnion('kind', [
  gatewayRouteSnapshot,
  virtualServiceSnapshot,
  experimentSnapshot,
  inferenceServiceSnapshot,
  rolloutSnapshot,
  featureFlagSnapshot,
  flagdConfigMapSnapshot,
  deploymentSnapshot,
  patchSnapshot,
]);
