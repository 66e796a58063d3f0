import type { APIFailure } from '../kube/api-failure.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { ResourceClient } from '../kube/resource-client.ts';
import { success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';

/** All pages of one kind. Null: every namespace, and objects with any label. */
export async function listAll(
  client: Pick<ResourceClient<UntypedObject>, 'listPage'>,
  namespace: string | null,
  labelSelector: string | null = null,
): Promise<Result<readonly UntypedObject[], APIFailure>> {
  const items: UntypedObject[] = [];
  let continueToken: string | null = null;
  do {
    const selector = labelSelector === null ? {} : { labelSelector };
    const page = await client.listPage({ namespace, limit: 500, ...selector, ...(continueToken === null ? {} : { continueToken }) });
    if (!page.ok) return page;
    items.push(...page.value.items);
    continueToken = page.value.continueToken;
  } while (continueToken !== null);
  return success(items);
}
