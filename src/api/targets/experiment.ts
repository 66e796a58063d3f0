import * as z from 'zod';
import type { Target } from '../../core/model/target.ts';
import type { DeepReadonly } from '../deep-readonly.ts';
import { objectName } from '../fields.ts';
import { safeVersion, settleSeconds } from './target-fields.ts';

const model = objectName('Name of a candidate of the Experiment: a Model, or with resourceType: pipeline a Pipeline.');

export const experiment = z
  .object({
    name: objectName('Experiment (mlops.seldon.io) in the namespace of the plan. The author of the plan must be allowed to patch it.'),
    candidate: z.object({ model }).meta({ description: 'Candidate that serves the model under guard.' }),
    safe: z
      .object({ model, version: safeVersion })
      .meta({ description: 'Candidate that takes over displaced requests. It must stand in the Experiment, with weight 0 if need be.' }),
    settleSeconds: settleSeconds(
      10,
      'Seconds proxies may take to follow the Experiment once it was changed; its conditions do not say of which generation they are. A window is evidence for a stage that changed the Experiment only if it starts after that. Default 10.',
    ),
  })
  .meta({ description: 'Weights of a Seldon Core 2 Experiment.' });

export function toExperiment(name: string, target: DeepReadonly<z.output<typeof experiment>>): Target {
  const { name: object, candidate, safe, settleSeconds } = target;
  return { kind: 'Experiment', name, object, candidate, safe: { model: safe.model }, settleSeconds };
}

const end = z.object({ model: z.string() });

export const experimentSnapshot = z.object({
  kind: z.literal('Experiment'),
  name: z.string(),
  object: z.string(),
  candidate: end,
  safe: end,
  settleSeconds: z.number(),
});
