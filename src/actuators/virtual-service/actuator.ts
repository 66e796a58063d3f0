import * as z from 'zod';

import type { JSONValue } from '../../shared/json.ts';
import { asList, asNumber, asObject, asText } from '../json-reading.ts';
import { describeObject } from '../metadata.ts';
import type { Actuator, TargetObject, Verification } from '../port.ts';
import { createRouteActuator } from '../weighted-route/actuator.ts';
import { virtualServiceDialect } from './dialect.ts';
import type { VirtualServiceTarget } from './dialect.ts';

const text = z.string().min(1).max(253);
const destination = { host: text, subset: text.nullable() };

const targetSchema: z.ZodType<VirtualServiceTarget> = z.strictObject({
  kind: z.literal('VirtualService'),
  name: text,
  object: text,
  candidate: z.strictObject(destination),
  safe: z.strictObject({ ...destination, minReadyEndpoints: z.int().min(0) }),
  settleSeconds: z.number().min(0),
});

/** Istio VirtualService: weights and mirrors of `spec.http`; rules that delegate, redirect or answer by themselves are left alone. */
export const virtualServiceActuator: Actuator = createRouteActuator({
  targetKind: 'VirtualService',
  resource: {
    group: 'networking.istio.io',
    version: 'v1',
    plural: 'virtualservices',
    kind: 'VirtualService',
    comesWith: 'Istio (1.22 or newer; its CRDs suffice)',
  },
  targetSchema,
  dialect: virtualServiceDialect,
  percentLost: (live) => `${describeObject(live)} lost the percentage of its mirror: the CRD drops the field, so all requests are copied.`,
  accepted: (live) => statusOf(live),
});

/** Istio reports only where its status or analysis is switched on; without a word it counts as taken, and the plan's settleSeconds bridge the rest. */
function statusOf(live: TargetObject): Exclude<Verification, { kind: 'Verified' }> | null {
  const status = asObject(live.status);
  const generation = generationOf(asObject(live.metadata).generation);
  const error = asList(status.validationMessages)
    .map(asObject)
    .find(({ level }) => level === 'ERROR');
  if (error !== undefined && generationOf(status.observedGeneration) === generation) {
    const type = asObject(error.type);
    const code = asText(type.code) ?? 'IstioError';
    const message = `Istio reports ${code} (${asText(type.name) ?? 'unnamed'}) on ${describeObject(live)}: see its status.validationMessages.`;
    return { kind: 'Failed', reason: code, message };
  }
  const pending = asList(status.conditions)
    .map(asObject)
    .find((each) => each.type === 'Reconciled' && each.status === 'False' && generationOf(each.observedGeneration) === generation);
  if (pending === undefined) return null;
  const said = asText(pending.message) ?? 'not all proxies have it';
  return { kind: 'Waiting', message: `Istio has not delivered ${describeObject(live)} everywhere yet: ${said}.` };
}

/** Istio writes generations as numbers and as text. */
function generationOf(value: JSONValue | undefined): number | null {
  const number = typeof value === 'string' ? Number(value) : asNumber(value);
  return number === null || Number.isNaN(number) ? null : number;
}
