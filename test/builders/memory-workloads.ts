import { createHash } from 'node:crypto';
import type { UntypedObject } from '../../src/kube/kube-object.ts';
import { canonicalJSON } from '../../src/shared/canonical-json.ts';
import type { JSONValue } from '../../src/shared/json.ts';
import type { MemoryAPI } from './memory-api.ts';

type Fields = { readonly [key: string]: JSONValue };

const revisionKey = 'deployment.kubernetes.io/revision';
const historyKey = 'deployment.kubernetes.io/revision-history';
const hashLabel = 'pod-template-hash';

interface DeploymentSpec {
  readonly replicas?: number;
  readonly template: { readonly metadata: { readonly labels: Fields }; readonly [key: string]: JSONValue };
}

const hashOf = (template: JSONValue): string => createHash('sha256').update(canonicalJSON(template)).digest('hex').slice(0, 10);

function revisionsOf(api: MemoryAPI, { metadata }: UntypedObject): readonly UntypedObject[] {
  return api.list('replicasets').filter((set) => set.metadata.ownerReferences?.some(({ uid }) => uid === metadata.uid) === true);
}

function revisionOf({ metadata }: UntypedObject): number {
  return Number(metadata.annotations?.[revisionKey]);
}

function replicaSet(deployment: UntypedObject, template: DeploymentSpec['template'], annotations: Fields): object {
  const { name, namespace = '', uid } = deployment.metadata;
  const hash = hashOf(template);
  const labels = { ...template.metadata.labels, [hashLabel]: hash };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      ...{ name: `${name}-${hash}`, namespace, labels, annotations },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name, uid, controller: true }],
    },
    spec: { template: { ...template, metadata: { ...template.metadata, labels } } },
  };
}

/** As the controller of Deployments does it: annotations are copied, a revision that comes back gets the next number. */
function roll(api: MemoryAPI, deployment: UntypedObject): void {
  const { template } = deployment['spec'] as unknown as DeploymentSpec;
  const revisions = revisionsOf(api, deployment);
  const newest = Math.max(0, ...revisions.map(revisionOf));
  const own = revisions.find(({ metadata }) => metadata.labels?.[hashLabel] === hashOf(template));
  const { annotations = {} } = deployment.metadata;
  if (own === undefined) {
    api.apply('replicasets', replicaSet(deployment, template, { ...annotations, [revisionKey]: String(newest + 1) }));
    return;
  }
  const number = revisionOf(own);
  const history = own.metadata.annotations?.[historyKey];
  const moved =
    number === newest
      ? { [revisionKey]: String(number), ...(history === undefined ? {} : { [historyKey]: history }) }
      : { [revisionKey]: String(newest + 1), [historyKey]: [...(history === undefined ? [] : [history]), String(number)].join(',') };
  api.apply('replicasets', replicaSet(deployment, template, { ...own.metadata.annotations, ...annotations, ...moved }));
}

/** What a Deployment's own controller and a kubelet would do: a ReplicaSet a revision, and pods that become ready at once, or never. */
export function rollOut(api: MemoryAPI, { ready = true }: { readonly ready?: boolean } = {}): void {
  for (const deployment of api.list('deployments')) {
    roll(api, deployment);
    const { replicas = 1 } = deployment['spec'] as unknown as DeploymentSpec;
    const available = ready ? { readyReplicas: replicas, availableReplicas: replicas } : {};
    const observedGeneration = deployment.metadata.generation ?? 1;
    api.setStatus('deployments', deployment.metadata.name, { observedGeneration, replicas, updatedReplicas: replicas, ...available });
  }
}
