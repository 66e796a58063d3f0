import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import type { KubeObject } from './kube-object.ts';
import { createResourceClient } from './resource-client.ts';
import type { Transport } from './transport.ts';

/** The text of one key of one Secret; a sentence without any of it where it can't be read. */
export type SecretReader = (name: string, key: string) => Promise<Result<string, string>>;

interface Secret extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

const secrets = { group: '', version: 'v1', plural: 'secrets', kind: 'Secret', namespaced: true } as const;

/** Reads at each call and keeps nothing: a secret that is changed counts at once. */
export function createSecretReader({
  transport,
  namespace,
  fieldManager,
}: {
  readonly transport: Transport;
  /** The operator's own: no other is ever read. */
  readonly namespace: string;
  readonly fieldManager: string;
}): SecretReader {
  const client = createResourceClient<Secret>({ transport, resource: secrets, fieldManager });
  return async (name, key) => {
    const read = await client.get({ namespace, name });
    const where = `Secret ${name} in namespace ${namespace}`;
    if (!read.ok) return failure(`${where} can't be read (${read.failure.kind}); create it there with key ${key}`);
    const encoded = read.value.data?.[key];
    if (encoded === undefined) return failure(`${where} has no key ${key}; add it or correct secretRef of the receiver`);
    return success(Buffer.from(encoded, 'base64').toString('utf8').trim());
  };
}
