import { featureFlagActuator } from '../../src/actuators/feature-flag/actuator.ts';
import type { Claim, TargetObject } from '../../src/actuators/port.ts';
import type { Constraint, Holder } from '../../src/core/model/constraint.ts';
import type { Target } from '../../src/core/model/target.ts';
import type { JSONValue } from '../../src/shared/json.ts';
import { answerTo } from './flag-caller.ts';
import type { FlagCaller } from './flag-caller.ts';
import { aHolder } from './http-route.ts';

type Fields = { readonly [key: string]: JSONValue };
type FlagTarget = Extract<Target, { kind: 'FeatureFlag' }>;

/** Callers in region EU get the new model, everybody else the default. */
export const targetingEU: Fields = { if: [{ '==': [{ var: 'region' }, 'EU'] }, 'on', null] };

/** A boolean flag with variants on and off, on by default. */
export function aFlag(changes: Fields = {}): Fields {
  return { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant: 'on', ...changes };
}

/** FeatureFlag lending/credit-flags. */
export function flags(definitions: Fields = { 'use-v2': aFlag() }, metadata: Fields = {}): TargetObject {
  return {
    apiVersion: 'core.openfeature.dev/v1beta1',
    kind: 'FeatureFlag',
    metadata: { name: 'credit-flags', namespace: 'lending', uid: 'flag-uid', generation: 1, annotations: { team: 'lending' }, ...metadata },
    spec: { flagSpec: { flags: definitions } },
  };
}

interface ClaimOptions {
  readonly holder?: Partial<Holder>;
  readonly target?: Partial<FlagTarget>;
  readonly constraints?: readonly Constraint[];
}

/** Rolls use-v2 back to off, unless told otherwise. */
export function rollback({ holder = {}, target = {}, constraints = [{ kind: 'Flag' }] }: ClaimOptions = {}): Claim {
  return {
    holder: aHolder(holder),
    target: {
      kind: 'FeatureFlag',
      name: 'flag',
      object: 'credit-flags',
      flag: 'use-v2',
      safeVariant: 'off',
      behind: null,
      settleSeconds: 0,
      ...target,
    },
    constraints,
  };
}

export function definitionsOf(live: TargetObject): Readonly<Record<string, Fields>> {
  return (live.spec as { readonly flagSpec: { readonly flags: Readonly<Record<string, Fields>> } }).flagSpec.flags;
}

/** Someone else's edit of one flag, which moves the generation on; undefined takes the member away. */
export function editFlag(live: TargetObject, flag: string, changes: Readonly<Record<string, JSONValue | undefined>>): TargetObject {
  const edited = Object.entries({ ...definitionsOf(live)[flag], ...changes }).filter(([, value]) => value !== undefined);
  const definition = Object.fromEntries(edited) as Fields;
  const metadata = live.metadata as Fields;
  return {
    ...live,
    metadata: { ...metadata, generation: Number(metadata.generation) + 1 },
    spec: { flagSpec: { flags: { ...definitionsOf(live), [flag]: definition } } },
  };
}

/** What flagd's own evaluator answers a caller, from the stored definition. */
export function evaluate(live: TargetObject, flag: string, caller: FlagCaller = {}): boolean {
  return answerTo(caller, JSON.stringify((live.spec as { readonly flagSpec: JSONValue }).flagSpec), flag);
}

export const actuator = featureFlagActuator;
