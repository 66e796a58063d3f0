import type { Revision } from '../actuators/port.ts';
import type { JSONValue } from '../shared/json.ts';
import { at, listAt, numberAt, textAt } from '../signals/cluster/raw.ts';

/** What is kept of a ReplicaSet: which Deployment wanted it, and what its pods are. */
interface RevisionFact extends Revision {
  readonly owner: string;
}

interface AutoscalerFact {
  readonly name: string;
  readonly target: string;
  readonly minReplicas: number;
}

const revisionAnnotation = 'deployment.kubernetes.io/revision';
const historyAnnotation = 'deployment.kubernetes.io/revision-history';
const hashLabel = 'pod-template-hash';

function ownerOf(object: unknown): string | null {
  const owner = listAt(object, 'metadata', 'ownerReferences').find(
    (reference) => at(reference, 'controller') === true && textAt(reference, 'kind') === 'Deployment',
  );
  return owner === undefined ? null : textAt(owner, 'uid');
}

function withoutHash(template: unknown): Revision['template'] {
  const { metadata = {}, ...rest } = (template ?? {}) as { readonly [key: string]: JSONValue };
  const { labels = {}, ...others } = metadata as { readonly labels?: { readonly [key: string]: JSONValue } };
  const kept = Object.fromEntries(Object.entries(labels).filter(([key]) => key !== hashLabel));
  return { ...rest, metadata: { ...others, labels: kept } };
}

/** Null: no revision of a Deployment. */
export function toRevision(object: unknown): RevisionFact | null {
  const owner = ownerOf(object);
  const revision = Number(textAt(object, 'metadata', 'annotations', revisionAnnotation));
  if (owner === null || !Number.isInteger(revision) || revision < 1) return null;
  const earlier = textAt(object, 'metadata', 'annotations', historyAnnotation).split(',').map(Number);
  return {
    owner,
    revision,
    earlier: earlier.filter((each) => Number.isInteger(each) && each > 0),
    template: withoutHash(at(object, 'spec', 'template')),
  };
}

/** Null: it scales something else. */
export function toAutoscaler(object: unknown): AutoscalerFact | null {
  const target = at(object, 'spec', 'scaleTargetRef');
  if (textAt(target, 'kind') !== 'Deployment') return null;
  const name = textAt(object, 'metadata', 'name');
  return { name, target: textAt(target, 'name'), minReplicas: numberAt(object, 'spec', 'minReplicas') ?? 1 };
}

/** Of what a Deployment's controller writes over and over (replicas, conditions) nothing counts here. */
export function sameFact(before: unknown, after: unknown): boolean {
  const key = (fact: unknown): string => {
    const { revision, earlier, minReplicas, target } = (fact ?? {}) as Partial<RevisionFact & AutoscalerFact>;
    return JSON.stringify([fact === null, revision, earlier, target, minReplicas]);
  };
  return key(before) === key(after);
}
