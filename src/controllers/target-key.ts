import type { TargetKind } from '../actuators/port.ts';
import type { ObjectReference } from '../kube/kube-object.ts';

/** `HTTPRoute/lending/credit`: the key of the target queue. */
export type TargetKey = string;

type FixedKind = Exclude<TargetKind, `Patch.${string}`>;

const kinds: Readonly<Record<string, TargetKind>> = {
  HTTPRoute: 'HTTPRoute',
  GRPCRoute: 'GRPCRoute',
  VirtualService: 'VirtualService',
  Experiment: 'Experiment',
  InferenceService: 'InferenceService',
  Rollout: 'Rollout',
  FeatureFlag: 'FeatureFlag',
  Deployment: 'Deployment',
  ConfigMap: 'ConfigMap',
} satisfies Readonly<Record<FixedKind, FixedKind>>;

function isPatch(kind: string): kind is `Patch.${string}` {
  return kind.startsWith('Patch.');
}

export function targetKey(kind: TargetKind, namespace: string, object: string): TargetKey {
  return `${kind}/${namespace}/${object}`;
}

/** Keys come from `targetKey` only; any other is a bug. */
export function parseTargetKey(key: TargetKey): {
  readonly kind: TargetKind;
  readonly reference: ObjectReference & { readonly namespace: string };
} {
  const [kindName = '', namespace = '', name = ''] = key.split('/');
  const kind = isPatch(kindName) ? kindName : kinds[kindName];
  if (kind === undefined) throw new Error(`no such kind of target: ${key}`);
  return { kind, reference: { namespace, name } };
}
