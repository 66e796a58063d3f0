import { createActuator } from '../actuation.ts';
import { describeObject } from '../metadata.ts';
import type { Actuator, Claim, TargetObject, Verification } from '../port.ts';
import { inferenceServiceChangesSchema, inferenceServiceTargetSchema } from './changes.ts';
import { intentOf } from './intent.ts';
import { conditionOf, fieldsOf, reportedShare, shareOf, wordFor } from './live.ts';
import { settleInferenceService } from './settle.ts';

/**
 * KServe InferenceService: Cap bounds the share of the latest revision, or of an entry of `spec.canary[]`. KServe copies annotations
 * into revisions and pods, so its journal is an object of its own.
 */
export const inferenceServiceActuator: Actuator = createActuator({
  targetKind: 'InferenceService',
  resource: {
    group: 'serving.kserve.io',
    version: 'v1beta1',
    plural: 'inferenceservices',
    kind: 'InferenceService',
    comesWith: 'KServe',
    journal: 'Object',
  },
  targetSchema: inferenceServiceTargetSchema,
  changesSchema: inferenceServiceChangesSchema,
  isPending: ({ pending }) => pending !== null,
  servicesOf: () => [],
  intentOf,
  settle: settleInferenceService,
  notKept: () => null,
  accepted: divided,
});

type Unverified = Exclude<Verification, { kind: 'Verified' }>;

/** `status.observedGeneration` is that of what KServe generates, not of this object: only what it reports of the shares counts. */
function divided(live: TargetObject, claims: readonly Claim[]): Unverified | null {
  const candidates = new Set(
    claims.flatMap(({ target, constraints }) => (target.kind === 'InferenceService' && constraints.length > 0 ? [target.canary] : [])),
  );
  const fields = fieldsOf(live).filter(({ canary }) => candidates.has(canary));
  const untaken = fields.find((field) => reportedShare(live, field.canary) !== shareOf(field));
  const failed = ['PredictorRouteReady', 'RoutesReady', 'IngressReady']
    .map((type) => ({ type, condition: conditionOf(live, type) }))
    .find(({ condition }) => condition?.status === 'False');
  const where = describeObject(live);
  if (failed?.condition && (untaken !== undefined || fields.length > 0)) {
    const { reason, message } = failed.condition;
    return {
      kind: 'Failed',
      reason: 'RoutesNotReady',
      message: `KServe says ${failed.type}=False of ${where} (${reason}: ${message || 'no message'}): requests may be divided as before.`,
    };
  }
  if (untaken === undefined) return null;
  const reported = reportedShare(live, untaken.canary);
  const said = reported === null ? 'does not report it yet' : `reports ${reported} %`;
  return {
    kind: 'Waiting',
    message: `KServe has not followed yet: ${wordFor(untaken.canary)} of ${where} is to get ${shareOf(untaken)} %, its status ${said}.`,
  };
}
