import type { APIClient, Resource } from './api-client.ts';
import { operatorAccount } from './operator-process.ts';

const rbac = (plural: string): Resource => ({ group: 'rbac.authorization.k8s.io', version: 'v1', plural });

/** Lets the shipped ServiceAccount hold a Lease in a test's own namespace, as the installation lets it in the operator's. */
export async function grantLease(client: APIClient, namespace: string): Promise<void> {
  const metadata = { name: 'lease', namespace };
  await client.create(rbac('roles'), {
    metadata,
    rules: [{ apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['get', 'create', 'update'] }],
  });
  const subjects = [{ kind: 'ServiceAccount', name: operatorAccount.serviceAccount, namespace: operatorAccount.namespace }];
  await client.create(rbac('rolebindings'), {
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'lease' },
    subjects,
  });
}
