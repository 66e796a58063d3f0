import { createPatchActuator } from '../../src/actuators/patch/actuator.ts';
import type { PatchResource } from '../../src/actuators/patch/resource.ts';
import type { Claim, TargetObject } from '../../src/actuators/port.ts';
import type { Constraint, Holder } from '../../src/core/model/constraint.ts';
import type { Target } from '../../src/core/model/target.ts';
import type { JSONValue } from '../../src/shared/json.ts';
import { aHolder } from './http-route.ts';

type Fields = { readonly [key: string]: JSONValue };
type PatchTarget = Extract<Target, { kind: 'Patch' }>;

export const throttles: PatchResource = { group: 'example.com', version: 'v1', plural: 'throttles', kind: 'Throttle' };
export const actuator = createPatchActuator(throttles);

export const throttleSpec: Fields = {
  limits: { perSecond: 50, burst: 5 },
  tags: ['a', 'b'],
  rules: ['first', null],
  mode: 'Open',
};

/** Throttle lending/credit, generation 1. */
export function aThrottle(spec: Fields = throttleSpec, metadata: Fields = {}): TargetObject {
  return {
    apiVersion: 'example.com/v1',
    kind: 'Throttle',
    metadata: { name: 'credit', namespace: 'lending', uid: 'throttle-uid', generation: 1, annotations: { team: 'lending' }, ...metadata },
    spec,
  };
}

interface ClaimOptions {
  readonly holder?: Partial<Holder>;
  readonly target?: Partial<PatchTarget>;
  readonly constraints?: readonly Constraint[];
}

export function aPatchTarget(values: Fields, changes: Partial<PatchTarget> = {}): PatchTarget {
  return {
    kind: 'Patch',
    name: 'throttle',
    object: 'credit',
    group: 'example.com',
    resource: 'throttles',
    values: Object.entries(values).map(([path, value]) => ({ path, value })),
    settleSeconds: 0,
    ...changes,
  };
}

/** Sets these values, by path. */
export function patching(values: Fields, { holder = {}, target = {}, constraints = [{ kind: 'Patch' }] }: ClaimOptions = {}): Claim {
  return { holder: aHolder(holder), target: aPatchTarget(values, target), constraints };
}

/** Someone else's edit, which moves the generation on. */
export function edited(live: TargetObject, spec: JSONValue): TargetObject {
  const metadata = live.metadata as Fields;
  return { ...live, metadata: { ...metadata, generation: Number(metadata.generation) + 1 }, spec };
}
