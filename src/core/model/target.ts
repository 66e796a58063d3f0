import type { JSONValue } from '../../shared/json.ts';

/** A route of the Gateway API. A type alias, not an interface, so that it stays assignable to JSON. */
type GatewayRoute<Kind extends 'HTTPRoute' | 'GRPCRoute'> = {
  readonly kind: Kind;
  readonly name: string;
  readonly object: string;
  readonly candidate: { readonly service: string; readonly port: number };
  readonly safe: { readonly service: string; readonly port: number; readonly minReadyEndpoints: number };
  readonly whenPercentUnsupported: 'Refuse' | 'MirrorAll';
};

type VirtualService = {
  readonly kind: 'VirtualService';
  readonly name: string;
  readonly object: string;
  /** A null subset: the host as a whole. */
  readonly candidate: { readonly host: string; readonly subset: string | null };
  readonly safe: { readonly host: string; readonly subset: string | null; readonly minReadyEndpoints: number };
  /** Time proxies may take to follow: no status tells when they have, unless Istio was told to report. */
  readonly settleSeconds: number;
};

/** Of Seldon Core 2. */
type Experiment = {
  readonly kind: 'Experiment';
  readonly name: string;
  readonly object: string;
  /** Candidates of the Experiment, by the names it gives them. */
  readonly candidate: { readonly model: string };
  readonly safe: { readonly model: string };
  /** Time proxies may take to follow: no condition tells of which generation it is. */
  readonly settleSeconds: number;
};

type FeatureFlag = {
  readonly kind: 'FeatureFlag';
  readonly name: string;
  readonly object: string;
  readonly flag: string;
  readonly safeVariant: string;
  /** Name of the traffic target the flag's callers sit behind; null when the flag itself moves live traffic. */
  readonly behind: string | null;
  /** Time callers may take to follow the flag: it has no status that would tell when they have. */
  readonly settleSeconds: number;
};

/** A model server of KServe. */
type InferenceService = {
  readonly kind: 'InferenceService';
  readonly name: string;
  readonly object: string;
  /** Entry of `spec.canary[]` that is under guard; null: the latest revision of the predictor. */
  readonly canary: string | null;
  /** Time requests may take to follow once KServe says it has divided them. */
  readonly settleSeconds: number;
};

/** An update in progress: its new revision is the candidate, its stable one is safe. */
type Rollout = {
  readonly kind: 'Rollout';
  readonly name: string;
  readonly object: string;
  /** Time the way of the requests may take to follow the weights the Rollout reports. */
  readonly settleSeconds: number;
};

type Deployment = {
  readonly kind: 'Deployment';
  readonly name: string;
  readonly object: string;
  /** What the stages of the plan do to it: one of the two, all the way up. */
  readonly purpose: 'Pin' | 'Scale';
  /** Revision a pin goes back to; null: the one before what users want. */
  readonly revision: number | null;
  /** Name of the traffic target its callers come through; null when pinning it moves live traffic by itself. */
  readonly behind: string | null;
};

/** Definitions of flags that flagd reads as a file. */
type FlagdConfigMap = {
  readonly kind: 'ConfigMap';
  readonly name: string;
  readonly object: string;
  /** Of the ConfigMap's data. */
  readonly key: string;
  readonly flag: string;
  readonly safeVariant: string;
  readonly behind: string | null;
  /** Time until the file has followed and callers with it. */
  readonly settleSeconds: number;
};

type Patch = {
  readonly kind: 'Patch';
  readonly name: string;
  readonly object: string;
  /** Whose objects it is for: group (empty: the core's) and plural. */
  readonly group: string;
  readonly resource: string;
  /** Set together or not at all; paths are JSON Pointers, none leads into another. */
  readonly values: readonly { readonly path: string; readonly value: JSONValue }[];
  /** Time whatever follows the object may take, where its status does not tell. */
  readonly settleSeconds: number;
};

/** An object a plan may act on. */
export type Target =
  | GatewayRoute<'HTTPRoute'>
  | GatewayRoute<'GRPCRoute'>
  | VirtualService
  | Experiment
  | InferenceService
  | Rollout
  | FeatureFlag
  | FlagdConfigMap
  | Deployment
  | Patch;

/** What tells actuators and caches of targets apart: the kind, and of a patch the resource it is for (`Patch.scaledobjects.keda.sh`). */
export type TargetKind = Exclude<Target['kind'], 'Patch'> | `Patch.${string}`;

export function targetKindOf(target: Target): TargetKind {
  return target.kind === 'Patch' ? patchKindOf(target) : target.kind;
}

export function patchKindOf({ group, resource }: Pick<Patch, 'group' | 'resource'>): `Patch.${string}` {
  return group === '' ? `Patch.${resource}` : `Patch.${resource}.${group}`;
}

/**
 * What acting on a target does to callers: Traffic splits their requests between the candidate and a safe backend, a Flag decides
 * at their side which of the two they ask for, a Workload is what answers, Capacity only makes room for requests, and a Setting says
 * nothing of who gets what.
 */
export type TargetRole = 'Capacity' | 'Traffic' | 'Flag' | 'Workload' | 'Setting';

const roles = {
  HTTPRoute: 'Traffic',
  GRPCRoute: 'Traffic',
  VirtualService: 'Traffic',
  Experiment: 'Traffic',
  InferenceService: 'Traffic',
  Rollout: 'Traffic',
  FeatureFlag: 'Flag',
  Deployment: 'Workload',
  ConfigMap: 'Flag',
  Patch: 'Setting',
} as const satisfies Record<Target['kind'], TargetRole>;

type KindOf<Role extends TargetRole> = { [Kind in Target['kind']]: (typeof roles)[Kind] extends Role ? Kind : never }[Target['kind']];

type TrafficTarget = Extract<Target, { kind: KindOf<'Traffic'> }>;
/** Targets that keep callers from the candidate, or let them have it whole. */
type SwitchTarget = Extract<Target, { kind: KindOf<'Flag' | 'Workload'> }>;

export function roleOf(target: Target): TargetRole {
  return target.kind === 'Deployment' && target.purpose === 'Scale' ? 'Capacity' : roles[target.kind];
}

export function splitsTraffic(target: Target): target is TrafficTarget {
  return roleOf(target) === 'Traffic';
}

export function switchesCandidate(target: Target): target is SwitchTarget {
  return ['Flag', 'Workload'].includes(roleOf(target));
}
