import type { ContainerTemplate, Resources, Workload, WorkloadKind } from '../../core/workload/facts.ts';
import { parseQuantity } from '../../core/workload/quantity.ts';
import { at, booleanAt, keysAt, labelsAt, listAt, numberAt, textAt } from './raw.ts';
import { toSelector } from './selector-fact.ts';

/** A Deployment or StatefulSet, cut to what its signals read. */
export function toWorkload(kind: WorkloadKind): (object: unknown) => Workload {
  return (object) => {
    const template = at(object, 'spec', 'template');
    const pod = at(template, 'spec');
    const toContainer = (container: unknown): ContainerTemplate => containerOf(container, at(pod, 'securityContext'));
    return {
      kind,
      name: textAt(object, 'metadata', 'name'),
      generation: numberAt(object, 'metadata', 'generation') ?? 0,
      observedGeneration: numberAt(object, 'status', 'observedGeneration'),
      // Left out: one; something that is no number must not pass for a number.
      desired: at(object, 'spec', 'replicas') === undefined ? 1 : (numberAt(object, 'spec', 'replicas') ?? NaN),
      ready: at(object, 'status', 'readyReplicas') === undefined ? 0 : (numberAt(object, 'status', 'readyReplicas') ?? NaN),
      selector: toSelector(at(object, 'spec', 'selector')) ?? [],
      labels: labelsAt(template, 'metadata', 'labels'),
      annotations: [...keysAt(object, 'metadata', 'annotations'), ...keysAt(template, 'metadata', 'annotations')],
      containers: listAt(pod, 'containers').map(toContainer),
      sidecars: listAt(pod, 'initContainers').filter(isSidecar).map(toContainer),
    };
  };
}

/** An init container that is restarted for ever runs beside the others. */
export function isSidecar(container: unknown): boolean {
  return textAt(container, 'restartPolicy') === 'Always';
}

export function toResources(value: unknown): Resources {
  return { cpu: parseQuantity(at(value, 'cpu')), memory: parseQuantity(at(value, 'memory')) };
}

function containerOf(container: unknown, podSecurity: unknown): ContainerTemplate {
  const own = at(container, 'securityContext');
  return {
    name: textAt(container, 'name'),
    image: textAt(container, 'image'),
    security: {
      runAsNonRoot: booleanAt(own, 'runAsNonRoot') ?? booleanAt(podSecurity, 'runAsNonRoot'),
      user: numberAt(own, 'runAsUser') ?? numberAt(podSecurity, 'runAsUser'),
    },
    limits: toResources(at(container, 'resources', 'limits')),
    hasReadinessProbe: at(container, 'readinessProbe') !== undefined,
    hasLivenessProbe: at(container, 'livenessProbe') !== undefined,
    environment: listAt(container, 'env').map((variable) => textAt(variable, 'name')),
  };
}
