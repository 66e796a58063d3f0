import type { KubeObject } from '../../testbed/api-client.ts';
import { runCommand } from '../../testbed/run-command.ts';
import type { CommandResult } from '../../testbed/run-command.ts';
import { modelRisks, riskPolicies } from './guarded-model.ts';
import type { OperatorWorld } from './operator-world.ts';
import { grant, grantEverywhere, person } from './people.ts';

/** Somebody of the risk office, who knows the plugin and nothing of uids and digests. */
export type Plugin = (line: string, ...texts: readonly string[]) => Promise<CommandResult>;

export interface Office {
  /** Holds product. */
  readonly pia: Plugin;
  /** Holds compliance. */
  readonly carl: Plugin;
  /** Holds risk, and may accept in all namespaces. */
  readonly rita: Plugin;
}

const clusterRoleBindings = { group: 'rbac.authorization.k8s.io', version: 'v1', plural: 'clusterrolebindings' };

/** People with tokens of their own, each in one role, who see models, records and policies. */
export async function meetOffice(world: OperatorWorld): Promise<Office> {
  const { plane, namespace } = world;
  const meet = async (name: string, role: string): Promise<Plugin> => {
    const who = await person(plane, plane.client, { namespace, name });
    const verbs = ['signoff', 'review', 'reportincident', 'acknowledge', 'postmortem', 'filereport', 'release'];
    const rules = [
      { apiGroups: ['modelrisk.dev'], resources: ['riskroles'], resourceNames: [role], verbs },
      { apiGroups: ['modelrisk.dev'], resources: ['riskdecisions'], verbs: ['create'] },
    ];
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'modelrisk-policy-viewer' };
    const subjects = [{ kind: 'ServiceAccount', namespace, name }];
    await plane.client.create(clusterRoleBindings, { metadata: { name: `${namespace}-${name}` }, roleRef, subjects });
    await grant(plane.client, who, { namespace, clusterRole: 'modelrisk-viewer' });
    await grant(plane.client, who, { namespace, rules });
    if (role === 'risk') await grantEverywhere(plane.client, who, { role, verb: 'accept' });
    await who.client.close();
    const kubeconfig = await plane.kubeconfigFor({ namespace, serviceAccount: name });
    // `{}` in the line stands for the next of the texts, which may have blanks.
    return (line, ...texts) => {
      const rest = [...texts];
      const words = line.split(' ').map((word) => (word === '{}' ? (rest.shift() ?? '') : word));
      return runCommand(process.execPath, ['dist/kubectl-modelrisk.mjs', ...words, '--namespace', namespace, '--kubeconfig', kubeconfig]);
    };
  };
  const [pia, carl, rita] = await Promise.all([meet('pia', 'product'), meet('carl', 'compliance'), meet('rita', 'risk')]);
  return { pia, carl, rita };
}

const programme = {
  currency: 'EUR',
  categories: [{ name: 'DataQuality' }, { name: 'Fairness' }],
  tiers: [
    {
      name: 'High',
      when: { criticality: ['High'] },
      ...{
        signOffRoles: ['product', 'compliance'],
        requiredDocumentation: ['Objective'],
        reviewEverySeconds: 15_552_000,
        reviewRoles: ['risk'],
      },
    },
    { name: 'Low' },
  ],
  reporting: [{ name: 'ai-act', severities: ['High'], withinSeconds: 1_296_000 }],
};

const certain = (value: number) => ({ min: value, mode: value, max: value });
export const fix = (name: string, cost: number) => ({
  ...{ name, summary: 'Lowers the loss.', owner: 'lending-ml', risks: ['stale-population'] },
  assessments: [{ assessor: 'ada', cost: certain(cost), weeks: certain(2), reducesLossPercent: certain(50), successPercent: 100 }],
});

/** Of the policy of the world a programme; of its model a documented, priced one; beside it one in High without papers, and one on the same workload. */
export async function beginProgramme({ plane: { client }, namespace }: OperatorWorld): Promise<void> {
  const workloadRefs = [{ group: 'apps', kind: 'Deployment', name: 'credit-v2' }];
  const risks = [
    {
      ...{ name: 'stale-population', category: 'DataQuality' },
      ...{ likelihood: { incidents: 3, years: 2 }, impact: { revenue: { constant: 100_000 } } },
    },
  ];
  await client.merge(riskPolicies, { name: namespace }, { spec: programme });
  const documented = { criticality: 'High', documentation: { objective: 'Rank applicants.' }, workloadRefs, risks };
  await client.merge(
    modelRisks,
    { namespace, name: 'credit' },
    { spec: { ...documented, remediations: [fix('retrain', 10_000), fix('rules', 40_000)] } },
  );
  const { apiVersion = '', kind = '', spec } = await client.get(modelRisks, { namespace, name: 'credit' });
  const { documentation: _, remediations: __, ...bare } = spec as KubeObject & Readonly<Record<string, unknown>>;
  const besides = [
    ['churn', { ...bare, model: { name: 'churn', version: '1.0.0' }, workloadRefs: [] }],
    ['credit-copy', { ...bare, criticality: 'Low' }],
  ] as const;
  for (const [name, each] of besides) await client.create(modelRisks, { apiVersion, kind, metadata: { name, namespace }, spec: each });
}
