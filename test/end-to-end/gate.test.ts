import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { riskGates } from '../../src/api/risk-gate.ts';
import type { NewObject, UntypedObject } from '../../src/kube/kube-object.ts';
import { openArgoCD } from '../../testbed/argocd.ts';
import type { ArgoCD, Reconciled } from '../../testbed/argocd.ts';
import { deployments, namespaces } from '../builders/admission-bed.ts';
import { exampleApplication } from '../builders/application.ts';
import { applyGuardedModel, modelRisks, riskDecisions, riskPolicies } from '../builders/guarded-model.ts';
import { openOperatorWorld } from '../builders/operator-world.ts';
import type { OperatorWorld } from '../builders/operator-world.ts';
import { grant, person } from '../builders/people.ts';
import type { Person } from '../builders/people.ts';
import { helm } from '../builders/rendered.ts';
import { conditionOf } from '../builders/traffic-view.ts';

let world: OperatorWorld;
let argocd: ArgoCD;
let application: string;
let compliance: Person;
let charts: string;

/** What Git says: the version under guard, which nobody has signed yet. */
function workload(name: string, version: string) {
  const labels = { app: name, 'modelrisk.dev/model-version': version };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: world.namespace, labels: { 'modelrisk.dev/model': 'credit' } },
    spec: {
      ...{ replicas: 1, selector: { matchLabels: { app: name } } },
      template: { metadata: { labels }, spec: { containers: [{ name: 'server', image: `models/credit:${version}` }] } },
    },
  };
}

const sync = (version: string): Promise<Reconciled> =>
  argocd.reconcile({ application, targets: [workload('by-argo', version)], mode: 'Sync' });

const release = (verb: string, version: string) =>
  helm([
    verb,
    'credit',
    charts,
    '--namespace',
    world.namespace,
    '--kubeconfig',
    world.plane.kubeconfig,
    '--set-string',
    `version=${version}`,
  ]);

/** Who must sign, and how. */
const howToSign = (version: string): readonly string[] => [
  `version ${version} of ModelRisk credit is not approved in namespace ${world.namespace}`,
  'these roles must sign: compliance',
  `kubectl modelrisk sign-off credit -n ${world.namespace} --role ROLE`,
];

async function writeChart(): Promise<string> {
  const chart = await mkdtemp(join(tmpdir(), 'modelrisk-gate-chart-'));
  await mkdir(join(chart, 'templates'));
  await writeFile(join(chart, 'Chart.yaml'), stringify({ apiVersion: 'v2', name: 'credit', version: '1.0.0' }));
  await writeFile(join(chart, 'templates', 'deployment.yaml'), stringify(workload('by-helm', '{{ .Values.version }}')));
  return chart;
}

beforeAll(async () => {
  world = await openOperatorWorld();
  const { plane, namespace, provider } = world;
  await applyGuardedModel(plane.client, { namespace, providerURL: provider.url });
  await plane.client.merge(riskPolicies, { name: namespace }, { spec: { tiers: [{ name: 'All', signOffRoles: ['compliance'] }] } });
  await plane.client.merge(namespaces, { name: namespace }, { metadata: { labels: { 'modelrisk.dev/gate': 'Enforce' } } });
  compliance = await person(plane, plane.client, { namespace, name: 'carl' });
  const rules = [
    { apiGroups: ['modelrisk.dev'], resources: ['riskroles'], resourceNames: ['compliance'], verbs: ['signoff'] },
    { apiGroups: ['modelrisk.dev'], resources: ['riskdecisions'], verbs: ['create'] },
  ];
  await grant(plane.client, compliance, { namespace, rules });
  argocd = await openArgoCD({ kubeconfig: plane.kubeconfig });
  application = await exampleApplication({ namespace });
  charts = await writeChart();
  // As it is shipped: Argo CD's code keeps this machine so busy that a lease of three seconds was lost, and whoever loses it ends.
  await world.start({ 'lease-seconds': '15', 'lease-renew-seconds': '3', 'request-timeout-seconds': '5' });
  await world.until(modelRisks, 'credit', (risk) => conditionOf(risk, 'SignedOff')?.reason === 'Missing');
  await world.until(riskGates, 'gate', (gate) => JSON.stringify(gate['spec']).includes('"compliance"'));
}, 600_000);

afterAll(async () => {
  argocd.close();
  await rm(charts, { recursive: true });
  await compliance.client.close();
  await world.close();
});

it('shows in the result of a sync by Argo CD who must sign a version and how, and deploys nothing', async () => {
  const { phase, message, resources } = await sync('2.3.0');
  expect(phase).toBe('Failed');
  for (const part of howToSign('2.3.0')) expect(JSON.stringify([message, resources])).toContain(part);
  expect(await world.plane.client.find(deployments, { namespace: world.namespace, name: 'by-argo' })).toBeNull();
}, 60_000);

it('shows it to whoever installs with Helm', async () => {
  const refused = await release('install', '2.3.0');
  expect(refused.code).toBe(1);
  for (const part of howToSign('2.3.0')) expect(refused.stderr).toContain(part);
  await helm(['uninstall', 'credit', '--namespace', world.namespace, '--kubeconfig', world.plane.kubeconfig]);
}, 60_000);

it('lets both through once it is signed off, and no other version', async () => {
  const printed = await world.plugin([
    ...['sign-off', 'credit', '--role', 'compliance', '--namespace', world.namespace],
    ...['--reason', 'Read it.', '--dry-run', '--json'],
  ]);
  expect(printed.stderr).toBe('');
  const decision = JSON.parse(printed.stdout) as NewObject<UntypedObject> & { readonly spec: { readonly author?: string } };
  // Who signs is whoever sends it.
  const { author: _, ...spec } = decision.spec;
  await compliance.client.create(riskDecisions, { ...decision, metadata: { name: 'signed', namespace: world.namespace }, spec });
  await world.until(modelRisks, 'credit', (risk) => conditionOf(risk, 'SignedOff')?.reason === 'AllSigned');
  await world.until(riskGates, 'gate', (gate) => JSON.stringify(gate['spec']).includes('"version":"2.3.0"'));
  expect(await sync('2.3.0')).toMatchObject({ phase: 'Succeeded' });
  expect(await release('install', '2.3.0')).toMatchObject({ code: 0 });
  // The Application of the example compares by server-side apply, so that what is there already is refused before a sync: a ComparisonError.
  for (const part of howToSign('2.4.0').slice(1)) await expect(sync('2.4.0')).rejects.toThrow(part);
  await expect(sync('2.4.0')).rejects.toThrow('version 2.4.0 of ModelRisk credit is not approved');
  expect((await release('upgrade', '2.4.0')).stderr).toContain('version 2.4.0 of ModelRisk credit is not approved');
  const live = await world.plane.client.get(deployments, { namespace: world.namespace, name: 'by-argo' });
  expect(JSON.stringify(live['spec'])).toContain('models/credit:2.3.0');
}, 120_000);
