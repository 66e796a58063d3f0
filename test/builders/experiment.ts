import { experimentActuator } from '../../src/actuators/experiment/actuator.ts';
import type { Claim, TargetObject } from '../../src/actuators/port.ts';
import type { Constraint } from '../../src/core/model/constraint.ts';
import type { Target } from '../../src/core/model/target.ts';
import type { JSONValue } from '../../src/shared/json.ts';
import { aHolder, pass, released, settled } from './http-route.ts';

type Fields = { readonly [key: string]: JSONValue };
type ExperimentTarget = Extract<Target, { kind: 'Experiment' }>;

export const actuator = experimentActuator;

/** What Seldon says of one that is well. */
export const ready: Fields = {
  conditions: ['CandidatesReady', 'ExperimentReady', 'MirrorReady', 'Ready'].map((type) => ({ type, status: 'True' })),
};

/** Experiment lending/credit, generation 1, with these weights in this order. */
export function anExperiment(
  weights: Readonly<Record<string, number>>,
  more: { readonly metadata?: Fields; readonly spec?: Fields } = {},
): TargetObject {
  return {
    apiVersion: 'mlops.seldon.io/v1alpha1',
    kind: 'Experiment',
    metadata: {
      name: 'credit',
      namespace: 'lending',
      uid: 'experiment-uid',
      generation: 1,
      annotations: { team: 'lending' },
      ...more.metadata,
    },
    spec: { candidates: Object.entries(weights).map(([name, weight]) => ({ name, weight })), ...more.spec },
    status: ready,
  };
}

export function halfAndHalf(): TargetObject {
  return anExperiment({ 'credit-v2': 50, 'credit-v1': 50 });
}

interface ClaimOptions {
  readonly holder?: Parameters<typeof aHolder>[0];
  readonly target?: Partial<ExperimentTarget>;
}

export function aClaim(constraints: readonly Constraint[], { holder = {}, target = {} }: ClaimOptions = {}): Claim {
  return {
    holder: aHolder(holder),
    target: {
      kind: 'Experiment',
      name: 'traffic',
      object: 'credit',
      candidate: { model: 'credit-v2' },
      safe: { model: 'credit-v1' },
      settleSeconds: 10,
      ...target,
    },
    constraints,
  };
}

export function cap(maxPercent: number, options: ClaimOptions = {}): Claim {
  return aClaim([{ kind: 'Cap', maxPercent }], options);
}

export function passed(live: TargetObject, claims: readonly Claim[]): ReturnType<typeof pass> {
  return pass(live, claims, { actuator });
}

export function standing(live: TargetObject, claims: readonly Claim[]): TargetObject {
  return settled(live, claims, { actuator });
}

export function givenBack(live: TargetObject): TargetObject {
  return released(live, { actuator });
}

interface Candidate {
  readonly name: string;
  readonly weight: number;
}

export function candidatesOf(live: TargetObject): readonly Candidate[] {
  return (live.spec as unknown as { readonly candidates: readonly Candidate[] }).candidates;
}

export function weightsOf(live: TargetObject): Readonly<Record<string, number>> {
  return Object.fromEntries(candidatesOf(live).map(({ name, weight }) => [name, weight]));
}

/** Someone else's edit of the spec. */
export function edited(live: TargetObject, changes: Fields): TargetObject {
  return { ...live, spec: { ...(live.spec as Fields), ...changes } };
}

/** Someone else sets weights by name. */
export function reweighed(live: TargetObject, weights: Readonly<Record<string, number>>): TargetObject {
  return edited(live, { candidates: candidatesOf(live).map(({ name, weight }) => ({ name, weight: weights[name] ?? weight })) });
}
