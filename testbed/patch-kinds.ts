import type { JSONValue } from '../src/shared/json.ts';
import type { APIClient } from './api-client.ts';

/** What an installer lists: `group`, `version`, `plural` and `kind`, as in chart value patchKinds. */
export interface PatchableKind {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
}

const rbac = { group: 'rbac.authorization.k8s.io', version: 'v1' } as const;
const policies = { group: 'admissionregistration.k8s.io', version: 'v1', plural: 'validatingadmissionpolicies' } as const;
const role = 'modelrisk-operator-patches';

/** As the chart does with `patchKinds`: a rule for each in the operator's role and in the policy that guards journals. Answers the operator's flag. */
export async function listPatchKinds(client: APIClient, kinds: readonly PatchableKind[]): Promise<{ readonly 'patch-kinds': string }> {
  const rules = kinds.map(({ group, plural }) => ({ apiGroups: [group], resources: [plural] }));
  const verbs = ['get', 'list', 'watch', 'patch'];
  await client.merge({ ...rbac, plural: 'clusterroles' }, { name: role }, { rules: rules.map((rule) => ({ ...rule, verbs })) });
  const guard = { name: 'target-journal.modelrisk.dev' };
  const policy = await client.get(policies, guard);
  const { matchConstraints } = policy['spec'] as { readonly matchConstraints: { readonly resourceRules: readonly JSONValue[] } };
  const guarded = rules.map((rule) => ({ ...rule, apiVersions: ['*'], operations: ['CREATE', 'UPDATE'] }));
  const resourceRules = [...matchConstraints.resourceRules, ...guarded];
  await client.merge(policies, guard, { spec: { matchConstraints: { resourceRules } } });
  return { 'patch-kinds': kinds.map(({ group, version, plural, kind }) => `${group}/${version}/${plural}/${kind}`).join(',') };
}
