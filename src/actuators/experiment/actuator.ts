import * as z from 'zod';

import { asList, asNumber, asObject, asText } from '../json-reading.ts';
import type { JSONObject } from '../json-reading.ts';
import { describeObject } from '../metadata.ts';
import type { Actuator, TargetObject, Verification } from '../port.ts';
import { createRouteActuator } from '../weighted-route/actuator.ts';
import { experimentDialect } from './dialect.ts';
import type { ExperimentTarget } from './dialect.ts';

const text = z.string().min(1).max(253);

const targetSchema: z.ZodType<ExperimentTarget> = z.strictObject({
  kind: z.literal('Experiment'),
  name: text,
  object: text,
  candidate: z.strictObject({ model: text }),
  safe: z.strictObject({ model: text }),
  settleSeconds: z.number().min(0),
});

/** Seldon Core 2 Experiment: weights of `spec.candidates`. */
export const experimentActuator: Actuator = createRouteActuator({
  targetKind: 'Experiment',
  resource: {
    group: 'mlops.seldon.io',
    version: 'v1alpha1',
    plural: 'experiments',
    kind: 'Experiment',
    comesWith: 'Seldon Core 2 (its CRDs suffice)',
  },
  targetSchema,
  dialect: experimentDialect,
  percentLost: (live) => `${describeObject(live)} lost the percent of its mirror.`,
  accepted: (live) => statusOf(live),
});

/**
 * Seldon's conditions carry no generation, and it does not fill `observedGeneration` (read in its source, 2.9.1): what they say may be of the weights
 * before, and the plan's settleSeconds bridge that. What they do tell is whether the weights count at all.
 */
function statusOf(live: TargetObject): Exclude<Verification, { kind: 'Verified' }> | null {
  const status = asObject(live.status);
  const where = describeObject(live);
  const observed = asNumber(status.observedGeneration);
  if (observed !== null && observed < (asNumber(asObject(live.metadata).generation) ?? 0))
    return { kind: 'Waiting', message: `Seldon has not come to this generation of ${where} yet.` };
  const conditions = asList(status.conditions).map(asObject);
  const failing = conditions.find((each) => decisive.has(asText(each.type) ?? '') && each.status === 'False');
  if (failing !== undefined) {
    const message = `Seldon says of ${where}: ${wordsOf(failing)}. Until it is ready its weights do not count, and a default it has gets every request: see to its candidates.`;
    return { kind: 'Failed', reason: 'ExperimentNotReady', message };
  }
  const isReady = conditions.some(({ type, status: value }) => type === 'ExperimentReady' && value === 'True');
  return isReady ? null : { kind: 'Waiting', message: `Seldon has not said yet that ${where} is ready.` };
}

const decisive: ReadonlySet<string> = new Set(['ExperimentReady', 'CandidatesReady']);

function wordsOf({ type, reason, message }: JSONObject): string {
  const said = [asText(reason), asText(message)].filter((each) => each !== null && each !== '').join(', ');
  return `${asText(type) ?? ''}=False${said === '' ? '' : ` (${said.slice(0, 200)})`}`;
}
