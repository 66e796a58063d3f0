import { referenceDigest, referenceLabel, type KeptReference, type PinnedReference } from '../api/signals/drift-reference.ts';
import type { ObjectReference, UntypedObject } from '../kube/kube-object.ts';
import type { ResourceClient } from '../kube/resource-client.ts';
import { failure, success, type Result } from '../shared/result.ts';

export interface ReferenceConfigMap {
  readonly apiVersion: 'v1';
  readonly kind: 'ConfigMap';
  readonly metadata: { readonly name: string; readonly namespace: string; readonly labels: Readonly<Record<string, string>> };
  /** One key. */
  readonly data: Readonly<Record<string, string>>;
}

interface Captured {
  readonly indicator: string;
  readonly reference: PinnedReference;
  readonly sentences: readonly string[];
}

/**
 * The same counts, kept in a ConfigMap. Each capture has a key of its own, named by its digest: what another ModelRisk or an
 * earlier revision of this one names stays as it is.
 */
export function keptIn(configMap: string, { namespace }: ObjectReference, { indicator, reference, sentences }: Captured) {
  const digest = referenceDigest(reference);
  const key = `${indicator}-${digest.slice('sha256:'.length).slice(0, 12)}.json`;
  const kept: KeptReference = { configMap: { name: configMap, key }, digest };
  const object: ReferenceConfigMap = {
    ...({ apiVersion: 'v1', kind: 'ConfigMap' } as const),
    metadata: { name: configMap, namespace: namespace ?? '', labels: { [referenceLabel]: 'true' } },
    data: { [key]: JSON.stringify(reference) },
  };
  const rights =
    'The operator reads it only with the ClusterRole modelrisk-operator-config-map-references (chart: configMapReferences.enabled: true).';
  return { reference: kept, configMap: object, sentences: [...sentences, rights] };
}

/** Failure: the end of a sentence. */
export async function writeConfigMap(
  client: Pick<ResourceClient<UntypedObject>, 'get' | 'create' | 'patch'>,
  wanted: ReferenceConfigMap,
): Promise<Result<null, string>> {
  const { name, namespace } = wanted.metadata;
  const known = await client.get({ namespace, name });
  if (!known.ok && known.failure.kind !== 'NotFound') return failure(`ConfigMap ${name} can't be read: ${known.failure.message}`);
  if (known.ok && known.value.metadata.labels?.[referenceLabel] !== 'true')
    return failure(
      `ConfigMap ${name} is there without the label ${referenceLabel}: "true", so it is somebody's; name another one with --config-map`,
    );
  const sent = known.ok ? await add(client, known.value, wanted) : await client.create({ ...wanted });
  return sent.ok ? success(null) : failure(`ConfigMap ${name} can't be written: ${sent.failure.message}`);
}

function add(
  client: Pick<ResourceClient<UntypedObject>, 'patch'>,
  known: UntypedObject,
  { metadata: { name, namespace }, data }: ReferenceConfigMap,
) {
  const entries = Object.entries(data).map(([key, value]) => ({ op: 'add', path: `/data/${key}`, value }) as const);
  return client.patch({ namespace, name }, [
    { op: 'test', path: '/metadata/resourceVersion', value: known.metadata.resourceVersion },
    ...(known['data'] === undefined ? [{ op: 'add', path: '/data', value: data } as const] : entries),
  ]);
}
