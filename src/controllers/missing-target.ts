import type { TargetKind } from '../actuators/port.ts';
import type { Target } from '../core/model/target.ts';
import type { Cluster } from './cluster.ts';

export interface MissingTarget {
  readonly reason: 'KindNotServed' | 'TargetMissing';
  readonly message: string;
}

/** Why a target is not in the cache: somebody has to make the object, or first the cluster has to know its kind. */
export function whyMissing(
  cluster: Pick<Cluster, 'targets'>,
  target: Pick<Target, 'name' | 'kind' | 'object'>,
  namespace: string,
): MissingTarget {
  const view = cluster.targets.get(target.kind satisfies TargetKind);
  if (view !== undefined && !view.reflector.served()) {
    const { group, version, comesWith } = view.resource;
    return {
      reason: 'KindNotServed',
      message: `This cluster does not serve ${target.kind} (${group}/${version}), the kind of target ${target.name}; install the CRDs of ${comesWith}, or take the target out of the plan. It is looked for again at least every 30 s.`,
    };
  }
  return {
    reason: 'TargetMissing',
    message: `${target.kind} ${target.object} (target ${target.name}) does not exist in namespace ${namespace}; create it or correct the target's name.`,
  };
}
