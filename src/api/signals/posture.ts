import * as z from 'zod';
import type { WorkloadMeasure } from '../../core/workload/measure.ts';
import { postureChecks } from '../../core/workload/posture.ts';
import type { DeepReadonly } from '../deep-readonly.ts';
import { labelKey, name, requiredText, setList } from '../fields.ts';

/** KServe writes it on the Deployments it makes for an InferenceService with a logger. */
const kserveLogger = 'internal.serving.kserve.io/logger';

const predictionLogging = z
  .object({
    containers: setList(name('Name of a container.'), { max: 8, description: 'Containers that log predictions, e.g. a sidecar.' }).default(
      [],
    ),
    environment: setList(requiredText(253, 'Name of an environment variable.'), {
      max: 8,
      description: 'Environment variables that turn logging on; only that they are there is looked at.',
    }).default([]),
    annotations: setList(labelKey('Key of an annotation.'), {
      max: 8,
      description: `Annotations of the workload or its pods that turn logging on. Default ${kserveLogger}.`,
    }).default([kserveLogger]),
  })
  .meta({ description: 'What shows that predictions are logged: one of these is enough. Left out: the logger of KServe.' });

export const postureSchema = z
  .object({
    checks: setList(z.enum(postureChecks).meta({ description: 'One check.' }), {
      min: 1,
      max: postureChecks.length,
      description:
        'What is checked on each of workloadRefs. NonRoot: runAsNonRoot or a runAsUser above 0 for every container. ImagesByDigest: every image ends with a digest. MemoryLimits: every container has one. Probes: every container has a readiness and a liveness probe. Replicas: at least 2 desired. DisruptionBudget, NetworkPolicy: one selects its pods. PredictionLogging: see predictionLogging. Default all.',
    }).default([...postureChecks]),
    predictionLogging: predictionLogging.exactOptional(),
  })
  .meta({
    description:
      'How many checks fail, of how carefully the workloads of the model are set up. Reads pod templates, not pods. Needs spec.workloadRefs of the ModelRisk.',
  });

export const postureRules = [
  {
    rule: '!has(self.posture) || !has(self.windowSeconds)',
    fieldPath: '.windowSeconds',
    message: 'posture is how the workloads are set up now: leave windowSeconds out',
  },
  {
    rule: "!has(self.posture) || !has(self.posture.predictionLogging) || 'PredictionLogging' in self.posture.checks",
    fieldPath: '.posture.predictionLogging',
    message: 'without the check PredictionLogging nobody looks for it: add PredictionLogging to checks, or leave predictionLogging out',
  },
] as const;

type PostureSpec = DeepReadonly<z.output<typeof postureSchema>>;

export function postureMeasure({ checks, predictionLogging: logging }: PostureSpec): WorkloadMeasure {
  return { kind: 'Posture', checks, logging: logging ?? { containers: [], environment: [], annotations: [kserveLogger] } };
}
