import type { Owner, Pod, PodContainer, PodUsage } from '../../core/workload/facts.ts';
import { at, booleanAt, instantAt, labelsAt, listAt, numberAt, textAt } from './raw.ts';
import { isSidecar, toResources } from './workload-fact.ts';

/** A pod, cut to what its signals read: a tenth of the object. */
export function toPod(object: unknown): Pod {
  const spec = at(object, 'spec');
  const status = at(object, 'status');
  const sidecars = listAt(spec, 'initContainers').filter(isSidecar);
  const statuses = [...listAt(status, 'containerStatuses'), ...listAt(status, 'initContainerStatuses')];
  return {
    name: textAt(object, 'metadata', 'name'),
    uid: textAt(object, 'metadata', 'uid'),
    labels: labelsAt(object, 'metadata', 'labels'),
    owner: controllerOf(object),
    isRunning: textAt(status, 'phase') === 'Running' && at(object, 'metadata', 'deletionTimestamp') === undefined,
    createdAtMs: instantAt(object, 'metadata', 'creationTimestamp') ?? 0,
    requests: toResources(at(spec, 'resources', 'requests')),
    containers: [...listAt(spec, 'containers'), ...sidecars].map((container) => containerOf(container, statuses)),
  };
}

/** The one that made it; null for a bare object. */
export function controllerOf(object: unknown): Owner | null {
  const owner = listAt(object, 'metadata', 'ownerReferences').find((each) => booleanAt(each, 'controller') === true);
  return owner === undefined ? null : { kind: textAt(owner, 'kind'), name: textAt(owner, 'name') };
}

/** What the metrics API says of one pod: all its containers together, and no number where it says nothing of any. */
export function toPodUsage(object: unknown): PodUsage {
  const usages = listAt(object, 'containers').map((container) => toResources(at(container, 'usage')));
  const nothing = usages.length === 0 ? NaN : 0;
  return {
    pod: textAt(object, 'metadata', 'name'),
    atMs: instantAt(object, 'timestamp') ?? NaN,
    cpu: usages.reduce((total, { cpu }) => total + (cpu ?? NaN), nothing),
    memory: usages.reduce((total, { memory }) => total + (memory ?? NaN), nothing),
  };
}

function containerOf(container: unknown, statuses: readonly unknown[]): PodContainer {
  const name = textAt(container, 'name');
  const status = statuses.find((each) => textAt(each, 'name') === name);
  const imageID = textAt(status, 'imageID');
  return {
    name,
    requests: toResources(at(container, 'resources', 'requests')),
    imageID: imageID === '' ? null : imageID,
    restarts: numberAt(status, 'restartCount') ?? 0,
    endedAtMs: instantAt(status, 'lastState', 'terminated', 'finishedAt'),
  };
}
