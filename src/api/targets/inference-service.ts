import * as z from 'zod';
import type { Target } from '../../core/model/target.ts';
import type { DeepReadonly } from '../deep-readonly.ts';
import { name, objectName } from '../fields.ts';
import { safeVersion, settleSeconds } from './target-fields.ts';

export const inferenceService = z
  .object({
    name: objectName(
      'InferenceService (serving.kserve.io) in the namespace of the plan. The author of the plan must be allowed to patch it.',
    ),
    candidate: z
      .object({
        canary: name('Name (predictor.name) of an entry of spec.canary[] (KServe 0.20, deployment mode Standard).').exactOptional(),
      })
      .prefault({})
      .meta({
        description:
          'What serves the model under guard. Left out: the latest revision of the predictor (deployment mode Knative, formerly Serverless); KServe gives the rest to the revision that had all traffic before.',
      }),
    safe: z
      .object({ version: safeVersion })
      .prefault({})
      .meta({ description: 'What KServe gives the rest to: the revision before, or the stable predictor. It is not chosen here.' }),
    settleSeconds: settleSeconds(
      5,
      'Seconds requests may take to follow once KServe says it has divided them. A window is evidence for a stage that changed the division only if it starts after that. Default 5.',
    ),
  })
  .meta({ description: 'Share of requests of a revision or canary of a KServe InferenceService. KServe can not mirror: no shadow.' });

export function toInferenceService(name: string, target: DeepReadonly<z.output<typeof inferenceService>>): Target {
  const { name: object, candidate, settleSeconds } = target;
  return { kind: 'InferenceService', name, object, canary: candidate.canary ?? null, settleSeconds };
}

export const inferenceServiceSnapshot = z.object({
  kind: z.literal('InferenceService'),
  name: z.string(),
  object: z.string(),
  canary: z.string().nullable(),
  settleSeconds: z.number(),
});
