import type { APIFailure } from '../kube/api-failure.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { ResourceClient } from '../kube/resource-client.ts';
import { success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';

/** All pages of one kind. Null: every namespace. */
export async function listAll(
  client: Pick<ResourceClient<UntypedObject>, 'listPage'>,
  namespace: string | null,
): Promise<Result<readonly UntypedObject[], APIFailure>> {
  const items: UntypedObject[] = [];
  let continueToken: string | null = null;
  do {
    const page = await client.listPage({ namespace, limit: 500, ...(continueToken === null ? {} : { continueToken }) });
    if (!page.ok) return page;
    items.push(...page.value.items);
    continueToken = page.value.continueToken;
  } while (continueToken !== null);
  return success(items);
}
