import type { UntypedObject } from '../kube/kube-object.ts';
import type { ResourceClient } from '../kube/resource-client.ts';

type Client = Pick<ResourceClient<UntypedObject>, 'get' | 'create'>;

/** What it takes to decide on a model in somebody's name. */
export interface DecidingClients {
  readonly risks: Pick<Client, 'get'>;
  readonly decisions: Pick<Client, 'create'>;
  /** SelfSubjectReviews: who the caller is, for servers that fill in no author. */
  readonly selves: Pick<Client, 'create'>;
}

/** Null: the server does not say, and fills the author in by itself, or refuses and says what to write. */
export async function whoAmI({ selves }: Pick<DecidingClients, 'selves'>): Promise<string | null> {
  const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview', metadata: { name: '' } };
  const answer = await selves.create(review);
  if (!answer.ok) return null;
  const { status } = answer.value as { readonly status?: { readonly userInfo?: { readonly username?: string } } };
  return status?.userInfo?.username ?? null;
}
