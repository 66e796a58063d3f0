import { deploymentActuator } from '../../src/actuators/deployment/actuator.ts';
import type { ActuationInput, Claim, Revision, Surroundings, TargetObject, WorkloadFacts } from '../../src/actuators/port.ts';
import type { Constraint } from '../../src/core/model/constraint.ts';
import type { Target } from '../../src/core/model/target.ts';
import type { JSONValue } from '../../src/shared/json.ts';
import { failure, success } from '../../src/shared/result.ts';
import { aHolder, pass, surroundings } from './http-route.ts';

type Fields = { readonly [key: string]: JSONValue };
type DeploymentTarget = Extract<Target, { kind: 'Deployment' }>;

export const actuator = deploymentActuator;

/** Pods of one version, with what else their template says. */
export function aTemplate(
  version: string,
  more: { readonly env?: readonly Fields[]; readonly spec?: Fields; readonly metadata?: Fields } = {},
): Fields {
  const env = more.env ?? [{ name: 'THRESHOLD', value: '0.5' }];
  return {
    metadata: { labels: { app: 'credit' }, ...more.metadata },
    spec: {
      containers: [
        { name: 'server', image: `models/credit:${version}`, env },
        { name: 'proxy', image: 'proxies/edge:1.0' },
      ],
      ...more.spec,
    },
  };
}

interface DeploymentOptions {
  readonly template?: Fields;
  readonly replicas?: number | null;
  readonly metadata?: Fields;
  readonly spec?: Fields;
  readonly status?: Fields;
}

/** Deployment lending/credit, generation 3, of which version 2.3.0 is wanted. */
export function aDeployment(options: DeploymentOptions = {}): TargetObject {
  const { template = aTemplate('2.3.0'), replicas = 2, metadata = {}, spec = {}, status = {} } = options;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'credit', namespace: 'lending', uid: 'deployment-uid', generation: 3, annotations: { team: 'lending' }, ...metadata },
    spec: { ...(replicas === null ? {} : { replicas }), selector: { matchLabels: { app: 'credit' } }, template, ...spec },
    status: { observedGeneration: 3, replicas: 2, updatedReplicas: 2, availableReplicas: 2, ...status },
  };
}

export function aRevision(revision: number, template: Fields, earlier: readonly number[] = []): Revision {
  return { revision, earlier, template };
}

export const twoRevisions: WorkloadFacts = {
  revisions: [aRevision(1, aTemplate('2.2.0')), aRevision(2, aTemplate('2.3.0'))],
  autoscaler: null,
};

export function around(facts: Partial<WorkloadFacts> = {}): Surroundings {
  return { ...surroundings(), workload: () => success({ ...twoRevisions, ...facts }) };
}

export function unread(reason: 'RightsMissing' | 'NotRead'): Surroundings {
  return { ...surroundings(), workload: () => failure({ reason, message: `It is ${reason}.` }) };
}

interface ClaimOptions {
  readonly holder?: Parameters<typeof aHolder>[0];
  readonly target?: Partial<DeploymentTarget>;
}

export function aDeploymentClaim(constraints: readonly Constraint[], { holder = {}, target = {} }: ClaimOptions = {}): Claim {
  const own = { kind: 'Deployment', name: 'pods', object: 'credit', purpose: 'Pin', revision: null, behind: null } as const;
  return { holder: aHolder(holder), target: { ...own, ...target }, constraints };
}

export function pin(options: ClaimOptions = {}): Claim {
  return aDeploymentClaim([{ kind: 'Pin' }], options);
}

export function floor(minReplicas: number, { holder = {}, target = {} }: ClaimOptions = {}): Claim {
  return aDeploymentClaim([{ kind: 'Replicas', minReplicas }], { holder, target: { name: 'room', purpose: 'Scale', ...target } });
}

/** The server counts every write of the object but those of its status. */
export function counted(live: TargetObject, before: TargetObject): TargetObject {
  if (live === before) return live;
  const metadata = live.metadata as Fields;
  return { ...live, metadata: { ...metadata, generation: Number((before.metadata as Fields).generation) + 1 } };
}

type Changes = Partial<ActuationInput>;

/** One pass of the controller, with the generation as the server moves it on. */
export function passed(live: TargetObject, claims: readonly Claim[], changes: Changes = {}): ReturnType<typeof pass> {
  const { actuation, live: next } = pass(live, claims, { actuator, surroundings: around(), ...changes });
  return { actuation, live: counted(next, live) };
}

/** The object after a pass; throws when the pass refused. */
export function standing(live: TargetObject, claims: readonly Claim[], changes: Changes = {}): TargetObject {
  const result = passed(live, claims, changes);
  if (result.actuation.kind === 'Refused') throw new Error(JSON.stringify(result.actuation.rejected));
  return result.live;
}

/** Why a claim is refused, one reason a claim. */
export function reasonsOf(live: TargetObject, claims: readonly Claim[], changes: Changes = {}): readonly string[] {
  return passed(live, claims, changes).actuation.rejected.map(({ reason }) => reason);
}

/** Somebody's edit of the spec. */
export function edited(live: TargetObject, change: Fields): TargetObject {
  return counted({ ...live, spec: { ...(live.spec as Fields), ...change } }, live);
}

export function specOf(live: TargetObject): { readonly template: Fields; readonly replicas?: number } {
  return live.spec as unknown as { readonly template: Fields; readonly replicas?: number };
}

export function imageOf(live: TargetObject): string {
  const { spec } = specOf(live).template as unknown as { readonly spec: { readonly containers: readonly { readonly image: string }[] } };
  return spec.containers[0]?.image ?? '';
}
