import { targetKindOf } from '../core/model/target.ts';
import type { Target } from '../core/model/target.ts';
import type { Cluster, TargetView } from './cluster.ts';
import { howToOptIn } from './rights.ts';

export interface MissingTarget {
  readonly reason: 'KindNotServed' | 'RightsMissing' | 'NotRead' | 'TargetMissing';
  readonly message: string;
}

/** Why a target is not in the cache: somebody has to make the object, or first the cluster has to know its kind. */
export function whyMissing(cluster: Pick<Cluster, 'targets'>, target: Target, namespace: string): MissingTarget {
  const kind = targetKindOf(target);
  const view = cluster.targets.get(kind);
  if (view === undefined) return { reason: 'RightsMissing', message: notListed(kind, target) };
  if (!view.reflector.served()) {
    const { group, version, comesWith } = view.resource;
    return {
      reason: 'KindNotServed',
      message: `This cluster does not serve ${kind} (${group}/${version}), the kind of target ${target.name}; install the CRDs of ${comesWith}, or take the target out of the plan. It is looked for again at least every 30 s.`,
    };
  }
  const closed = whyClosed(view, target, namespace);
  if (closed !== null) return closed;
  const what = `${kind} ${target.object} (target ${target.name})`;
  const label = view.resource.label;
  return {
    reason: 'TargetMissing',
    message:
      label === undefined
        ? `${what} does not exist in namespace ${namespace}; create it or correct the target's name.`
        : `${what} is not in namespace ${namespace} with the label ${label}: "true"; create it, give it the label, or correct the target's name.`,
  };
}

/** Only patches are for kinds that somebody has to list first. */
function notListed(kind: string, { name }: Target): string {
  const what = kind.replace('Patch.', '');
  return `The operator was not told that plans may patch ${what} (target ${name}): whoever installed it lists the kind in patchKinds of the chart (--patch-kinds). Or take the target out of the plan.`;
}

/** Of kinds the operator may touch in some namespaces only: why this is none of them, as far as is known. */
export function whyClosed(
  { resource, optedIn }: Pick<TargetView, 'resource' | 'optedIn'>,
  target: Pick<Target, 'name'>,
  namespace: string,
): MissingTarget | null {
  const { clusterRole, plural } = resource;
  if (optedIn === null || clusterRole === undefined) return null;
  const failure = optedIn.failureIn(namespace);
  if (failure?.kind === 'Denied')
    return {
      reason: 'RightsMissing',
      message: `The operator may not act on ${plural} in namespace ${namespace} (target ${target.name}). To let plans there do so: ${howToOptIn(clusterRole, namespace, failure)}. It is tried again at least every 30 s.`,
    };
  if (optedIn.isReadIn(namespace)) return null;
  return {
    reason: 'NotRead',
    message: `${plural} of namespace ${namespace} have not been read yet (target ${target.name}); it is tried again by itself.`,
  };
}
