import * as z from 'zod';
import type { Target } from '../../core/model/target.ts';
import type { DeepReadonly } from '../deep-readonly.ts';
import { objectName } from '../fields.ts';
import { safeVersion, settleSeconds } from './target-fields.ts';

export const rollout = z
  .object({
    name: objectName(
      'Rollout (argoproj.io) with the canary strategy in the namespace of the plan. The author of the plan must be allowed to patch it.',
    ),
    safe: z
      .object({ version: safeVersion })
      .prefault({})
      .meta({ description: 'The stable revision, which an aborted update goes back to.' }),
    settleSeconds: settleSeconds(
      10,
      'Seconds the way of the requests (mesh, gateway) may take to follow a weight the Rollout reports. A window is evidence for a stage that acted on the Rollout only if it starts after that. Default 10.',
    ),
  })
  .meta({
    description:
      'An update of an Argo Rollout while it is in progress: held at its weight, or aborted where that is more than the limit. What is promoted has no second revision and can not be limited here.',
  });

export function toRollout(name: string, { name: object, settleSeconds }: DeepReadonly<z.output<typeof rollout>>): Target {
  return { kind: 'Rollout', name, object, settleSeconds };
}

export const rolloutSnapshot = z.object({
  kind: z.literal('Rollout'),
  name: z.string(),
  object: z.string(),
  settleSeconds: z.number(),
});
