import { inferenceServiceActuator } from '../../src/actuators/inference-service/actuator.ts';
import type { ActuationInput, Claim, TargetObject } from '../../src/actuators/port.ts';
import type { Constraint } from '../../src/core/model/constraint.ts';
import type { Target } from '../../src/core/model/target.ts';
import type { JSONPatchOperation, JSONValue } from '../../src/shared/json.ts';
import { kserveStatus } from '../../testbed/kserve-stand-in.ts';
import { withJournal } from '../../src/kube/journal-book.ts';
import type { UntypedObject } from '../../src/kube/kube-object.ts';
import { aHolder, inputFor } from './http-route.ts';
import { journalPlace } from './journal-place.ts';
import { applyPatch } from './json-patch.ts';

type Fields = { readonly [key: string]: JSONValue };
type InferenceServiceTarget = Extract<Target, { kind: 'InferenceService' }>;

export const actuator = inferenceServiceActuator;
export const modeAnnotation = 'serving.kserve.io/deploymentMode';

interface ServiceOptions {
  /** `canaryTrafficPercent`; left out: absent. */
  readonly percent?: number;
  readonly canary?: readonly Fields[];
  readonly annotations?: Readonly<Record<string, string>>;
  /** In place of what KServe would report. */
  readonly status?: Fields | null;
}

export function canary(name: string, trafficPercent: number): Fields {
  return {
    predictor: { name, model: { name: 'kserve-container', modelFormat: { name: 'sklearn' }, storageUri: `s3://models/credit/${name}` } },
    trafficPercent,
  };
}

/** InferenceService lending/credit, generation 1, with the status KServe would come to: rolled out twice. */
export function anInferenceService({ percent, canary: canaries, annotations = {}, status }: ServiceOptions = {}): TargetObject {
  const predictor = { minReplicas: 1, model: { storageUri: 's3://models/credit/v2' } };
  const object = {
    apiVersion: 'serving.kserve.io/v1beta1',
    kind: 'InferenceService',
    metadata: { name: 'credit', namespace: 'lending', uid: 'isvc-uid', generation: 1, annotations: { team: 'lending', ...annotations } },
    spec: {
      predictor: percent === undefined ? predictor : { ...predictor, canaryTrafficPercent: percent },
      ...(canaries === undefined ? {} : { canary: canaries }),
    },
  };
  if (status === null) return object;
  return status === undefined ? reported(object) : { ...object, status };
}

/** Two entries of `spec.canary[]`, as only mode Standard has them. */
export function withCanaries(first = 40, second = 20): TargetObject {
  return anInferenceService({ canary: [canary('v2', first), canary('v3', second)], annotations: { [modeAnnotation]: 'Standard' } });
}

/** KServe has looked at the object until it had nothing more to say. It does not see the journal: that stands elsewhere. */
export function reported(live: TargetObject): TargetObject {
  const once = (object: TargetObject): TargetObject => ({
    ...object,
    status: kserveStatus(withJournal(object as UntypedObject, null, journalPlace)) as unknown as JSONValue,
  });
  return once(once(once(live)));
}

interface ClaimOptions {
  readonly holder?: Parameters<typeof aHolder>[0];
  readonly target?: Partial<InferenceServiceTarget>;
}

export function aClaim(constraints: readonly Constraint[], { holder = {}, target = {} }: ClaimOptions = {}): Claim {
  return {
    holder: aHolder(holder),
    target: { kind: 'InferenceService', name: 'traffic', object: 'credit', canary: null, settleSeconds: 5, ...target },
    constraints,
  };
}

export function cap(maxPercent: number, options: ClaimOptions = {}): Claim {
  return aClaim([{ kind: 'Cap', maxPercent }], options);
}

/** `spec`, whose changes move the generation on. */
export function specOf(live: TargetObject): Fields {
  return live.spec as Fields;
}

/** Someone's edit of `canaryTrafficPercent`; undefined takes it away. */
export function editPercent(live: TargetObject, percent: number | undefined): TargetObject {
  const { canaryTrafficPercent: _, ...predictor } = specOf(live)['predictor'] as Fields;
  const wanted = percent === undefined ? predictor : { ...predictor, canaryTrafficPercent: percent };
  return edited(live, { ...specOf(live), predictor: wanted });
}

export function edited(live: TargetObject, spec: Fields): TargetObject {
  const metadata = live.metadata as Fields;
  if (JSON.stringify(spec) === JSON.stringify(live.spec)) return live;
  return { ...live, metadata: { ...metadata, generation: Number(metadata['generation']) + 1 }, spec };
}

export function percentOf(live: TargetObject): JSONValue | undefined {
  return (specOf(live)['predictor'] as Fields)['canaryTrafficPercent'];
}

export function canariesOf(live: TargetObject): Readonly<Record<string, number>> {
  const entries = (specOf(live)['canary'] ?? []) as readonly {
    readonly predictor: { readonly name: string };
    readonly trafficPercent: number;
  }[];
  return Object.fromEntries(entries.map(({ predictor, trafficPercent }) => [predictor.name, trafficPercent]));
}

/** A patch in the two writes it becomes: of the journal, kept apart, and of the object. */
export interface TwoWrites {
  readonly journal: readonly JSONPatchOperation[];
  readonly object: readonly JSONPatchOperation[];
}

export function twoWrites(operations: readonly JSONPatchOperation[]): TwoWrites {
  const isOfJournal = ({ path }: JSONPatchOperation): boolean => /^\/metadata\/annotations\/modelrisk\.dev~1(journal|epoch)$/.test(path);
  return { journal: operations.filter(isOfJournal), object: operations.filter((operation) => !isOfJournal(operation)) };
}

/** As the server applies it: an edit of the spec moves the generation on. Throws PatchConflict when a test does not hold. */
export function served(live: TargetObject, operations: readonly JSONPatchOperation[]): TargetObject {
  return edited(live, specOf(applyPatch(live, operations)));
}

/** Passes of the controller until there is nothing left to do. */
export function standing(live: TargetObject, claims: readonly Claim[], changes: Partial<ActuationInput> = {}): TargetObject {
  const actuation = actuator.plan(inputFor(live, claims, changes));
  if (actuation.kind !== 'Patch') return live;
  const { journal, object } = twoWrites(actuation.operations);
  return standing(served(applyPatch(live, journal), object), claims, changes);
}

/** Passes of a release, and the journal taken away. */
export function givenBack(live: TargetObject, changes: Partial<ActuationInput> = {}): TargetObject {
  const free = standing(live, [], changes);
  const operations = actuator.finish(free);
  return operations === null ? free : applyPatch(free, operations);
}
