import type { Claim, TargetObject } from '../../src/actuators/port.ts';
import { rolloutActuator } from '../../src/actuators/rollout/actuator.ts';
import type { JSONValue } from '../../src/shared/json.ts';
import { reportOf } from '../../testbed/rollouts-stand-in.ts';
import type { KubeObject } from '../../testbed/api-client.ts';
import { aHolder, pass, released } from './http-route.ts';
import { applyPatch } from './json-patch.ts';

type Fields = { readonly [key: string]: JSONValue };
type Changes = Parameters<typeof pass>[2];

export const actuator = rolloutActuator;

export const ladder: readonly Fields[] = [{ setWeight: 10 }, { pause: {} }, { setWeight: 30 }, { setWeight: 60 }];

interface RolloutOptions {
  readonly steps?: readonly Fields[];
  readonly step?: number;
  readonly weight?: number;
  readonly spec?: Fields;
  readonly canary?: Fields;
  readonly status?: Fields;
  readonly metadata?: Fields;
}

/** Rollout lending/credit, generation 1: an update to `new` at `step` of `ladder`, as its controller would have reported it. */
export function aRollout({ steps = ladder, step = 0, weight = 10, spec, canary, status, metadata }: RolloutOptions = {}): TargetObject {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'credit', namespace: 'lending', uid: 'rollout-uid', generation: 1, annotations: { team: 'lending' }, ...metadata },
    spec: {
      replicas: 5,
      template: { spec: { containers: [{ name: 'model', image: 'credit:2' }] } },
      strategy: {
        canary: {
          trafficRouting: { istio: { virtualService: { name: 'mesh' } } },
          canaryService: 'credit-v2',
          stableService: 'credit-v1',
          steps,
          ...canary,
        },
      },
      ...spec,
    },
    status: {
      observedGeneration: '1',
      currentPodHash: 'new',
      stableRS: 'old',
      currentStepIndex: step,
      canary: { weights: { canary: { weight }, stable: { weight: 100 - weight } } },
      ...status,
    },
  };
}

export function cap(maxPercent: number, holder: Parameters<typeof aHolder>[0] = {}): Claim {
  return {
    holder: aHolder(holder),
    target: { kind: 'Rollout', name: 'update', object: 'credit', settleSeconds: 10 },
    constraints: [{ kind: 'Cap', maxPercent }],
  };
}

/** As the server does: a patch of the status changes nothing else, one of the object not its status; another spec is another generation. */
export function sent(live: TargetObject, actuation: ReturnType<typeof pass>['actuation']): TargetObject {
  if (actuation.kind !== 'Patch') return live;
  const patched = applyPatch(live, actuation.operations);
  if (actuation.subresource === 'status') return { ...live, status: patched.status ?? null };
  const generation = (live.metadata as { readonly generation: number }).generation;
  const isSpec = JSON.stringify(patched.spec) !== JSON.stringify(live.spec);
  const metadata = { ...(patched.metadata as Fields), generation: generation + (isSpec ? 1 : 0) };
  return { ...patched, metadata, status: live.status ?? null };
}

export function step(live: TargetObject, claims: readonly Claim[], changes: Changes = {}) {
  const { actuation } = pass(live, claims, { actuator, ...changes });
  return { actuation, live: sent(live, actuation) };
}

/** Passes until there is nothing left to send; throws where that never comes. */
export function standing(live: TargetObject, claims: readonly Claim[], changes: Changes = {}): TargetObject {
  let now = live;
  for (let passes = 0; passes < 8; passes++) {
    const next = step(now, claims, changes);
    if (next.actuation.kind === 'Refused') throw new Error(JSON.stringify(next.actuation.rejected));
    if (next.actuation.kind === 'Unchanged') return now;
    now = next.live;
  }
  throw new Error('it never comes to rest');
}

export function givenBack(live: TargetObject): TargetObject {
  return released(live, { actuator });
}

export function refused(live: TargetObject, claims: readonly Claim[]): string {
  const { actuation } = step(live, claims);
  return actuation.rejected.map(({ reason }) => reason).join();
}

/** What the stand-in for the Rollouts controller makes of it. */
export function looked(live: TargetObject, finished = false): TargetObject {
  return { ...live, status: JSON.parse(JSON.stringify(reportOf(live as unknown as KubeObject, { finished }))) as JSONValue };
}

export function pausedOf(live: TargetObject): JSONValue | undefined {
  return (live.spec as Fields).paused;
}

export function isAborted(live: TargetObject): boolean {
  return (live.status as Fields).abort === true;
}

export function withSpec(live: TargetObject, change: Fields): TargetObject {
  return { ...live, spec: { ...(live.spec as Fields), ...change } };
}

export function withStatus(live: TargetObject, change: Fields): TargetObject {
  return { ...live, status: { ...(live.status as Fields), ...change } };
}
