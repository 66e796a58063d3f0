import { createAPIClient } from '../../testbed/api-client.ts';
import type { APIClient } from '../../testbed/api-client.ts';
import { eventually } from '../../testbed/eventually.ts';
import type { ClusterAccess } from '../../testbed/cluster-access.ts';

/** Somebody with a token of their own: what the API server knows them by, and what they can send. */
export interface Person {
  readonly user: string;
  readonly client: APIClient;
}

const roleBindings = { group: 'rbac.authorization.k8s.io', version: 'v1', plural: 'rolebindings' };
const clusterRoleBindings = { group: 'rbac.authorization.k8s.io', version: 'v1', plural: 'clusterrolebindings' };
const clusterRoles = { group: 'rbac.authorization.k8s.io', version: 'v1', plural: 'clusterroles' };
const accessReviews = { group: 'authorization.k8s.io', version: 'v1', plural: 'selfsubjectaccessreviews' };
const roles = { group: 'rbac.authorization.k8s.io', version: 'v1', plural: 'roles' };

export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** A ServiceAccount as a user; it may do nothing until granted. */
export async function person(
  plane: Pick<ClusterAccess, 'server' | 'caFile' | 'tokenFor'>,
  admin: APIClient,
  where: { readonly namespace: string; readonly name: string },
): Promise<Person> {
  const { namespace, name } = where;
  const accounts = { group: '', version: 'v1', plural: 'serviceaccounts' };
  if ((await admin.find(accounts, where)) === null) await admin.create(accounts, { metadata: { namespace, name } });
  const token = await plane.tokenFor(namespace, name);
  return {
    user: `system:serviceaccount:${namespace}:${name}`,
    client: createAPIClient({ server: plane.server, caFile: plane.caFile, token }),
  };
}

/** Lets a person do something in one namespace, by a Role of their own or a ClusterRole that exists. */
export async function grant(
  admin: APIClient,
  to: Person,
  what: { readonly namespace: string } & ({ readonly rules: readonly Rule[] } | { readonly clusterRole: string }),
): Promise<void> {
  const [, , account, name] = to.user.split(':');
  const { namespace } = what;
  let roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'clusterRole' in what ? what.clusterRole : '' };
  if ('rules' in what) {
    const role = await admin.create(roles, { metadata: { namespace, generateName: `${String(name)}-` }, rules: what.rules });
    roleRef = { ...roleRef, kind: 'Role', name: role.metadata.name ?? '' };
  }
  const subjects = [{ kind: 'ServiceAccount', namespace: account, name }];
  await admin.create(roleBindings, { metadata: { namespace, generateName: `${String(name)}-` }, roleRef, subjects });
  const rules = 'rules' in what ? what.rules : ((await admin.get(clusterRoles, { name: what.clusterRole }))['rules'] as readonly Rule[]);
  await eventually(() => mayDo(to, namespace, rules.at(-1)));
}

/** Lets a person decide in a role in no namespace, and so in all. */
export async function grantEverywhere(
  admin: APIClient,
  to: Person,
  { role, verb }: { readonly role: string; readonly verb: string },
): Promise<void> {
  const [, , namespace, account] = to.user.split(':');
  const rule = { apiGroups: ['modelrisk.dev'], resources: ['riskroles'], resourceNames: [role], verbs: [verb] };
  const name = `${verb}-${role}-${String(account)}`;
  await admin.create(clusterRoles, { metadata: { name }, rules: [rule] });
  const subjects = [{ kind: 'ServiceAccount', namespace, name: account }];
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name };
  await admin.create(clusterRoleBindings, { metadata: { name }, roleRef, subjects });
  await eventually(() => mayDo(to, '', rule));
}

/** The authorizer follows its own watch: a grant holds a moment after it was written. */
async function mayDo(who: Person, namespace: string, rule: Rule | undefined): Promise<boolean> {
  const [group, resource, name, verb] = [rule?.apiGroups[0], rule?.resources[0], rule?.resourceNames?.[0], rule?.verbs[0]];
  const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview' };
  const spec = { resourceAttributes: { namespace, group, resource, verb, ...(name === undefined ? {} : { name }) } };
  const { status } = await who.client.create(accessReviews, { ...review, metadata: {}, spec });
  return (status as { readonly allowed: boolean }).allowed;
}
