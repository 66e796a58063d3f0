import * as z from 'zod';
import type { Target } from '../../core/model/target.ts';
import type { DeepReadonly } from '../deep-readonly.ts';
import { name, objectName } from '../fields.ts';

export const deployment = z
  .object({
    name: objectName(
      'Deployment (apps) in the namespace of the plan, which must have opted in (RoleBinding to ClusterRole modelrisk-operator-deployments). The author of the plan must be allowed to patch it.',
    ),
    revision: z
      .int()
      .min(1)
      .max(Number.MAX_SAFE_INTEGER)
      .meta({
        description:
          'Revision pin goes back to, as kubectl rollout history numbers it; a number it had before users came back to it counts too. Left out: the one before what users want when the stage is entered.',
      })
      .exactOptional(),
    behind: name(
      'Target of this plan (a route) the callers of the Deployment come through. Left out: pinning it moves live traffic by itself, and going forward again takes a RiskDecision, since nothing of the candidate can be measured meanwhile.',
    ).exactOptional(),
  })
  .meta({ description: 'Pods of a Deployment: of an earlier revision, or more of them.' });

export function toDeployment(
  name: string,
  { name: object, revision, behind }: DeepReadonly<z.output<typeof deployment>>,
  purpose: 'Pin' | 'Scale',
): Target {
  return { kind: 'Deployment', name, object, purpose, revision: revision ?? null, behind: behind ?? null };
}

export const deploymentSnapshot = z.object({
  kind: z.literal('Deployment'),
  name: z.string(),
  object: z.string(),
  purpose: z.enum(['Pin', 'Scale']),
  revision: z.int().nullable(),
  behind: z.string().nullable(),
});
