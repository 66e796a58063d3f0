import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { parse } from 'yaml';

import { kinds } from '../../../src/api/kinds.ts';
import { connectControlPlane } from '../../../testbed/connect.ts';
import type { ConnectedControlPlane } from '../../../testbed/connect.ts';
import { openArgoCD } from '../../../testbed/argocd.ts';
import type { ArgoCD, SeenState } from '../../../testbed/argocd.ts';

jest.setTimeout(60_000);

const folder = 'config/argocd/resource_customizations/modelrisk.dev';
const covered = readdirSync(folder).sort();

interface HealthTest {
  readonly inputPath: string;
  readonly healthStatus: SeenState;
}

interface Sample {
  readonly kind: string;
  readonly metadata: object;
  readonly spec: object;
  readonly status?: object;
}

const testsOf = (kind: string): readonly HealthTest[] =>
  (parse(readFileSync(join(folder, kind, 'health_test.yaml'), 'utf8')) as { readonly tests: readonly HealthTest[] }).tests;
const read = (kind: string, path: string): Sample => parse(readFileSync(join(folder, kind, path), 'utf8')) as Sample;

const cases = covered.flatMap((kind) =>
  testsOf(kind).map(({ inputPath, healthStatus }) => ({ kind, inputPath, healthStatus, sample: read(kind, inputPath) })),
);

let argocd: ArgoCD;

let plane: ConnectedControlPlane;

beforeAll(async () => {
  plane = connectControlPlane();
  argocd = await openArgoCD({ kubeconfig: plane.kubeconfig });
}, 600_000);

afterAll(async () => {
  argocd.close();
  await plane.close();
});

it('every kind has a script, but the one that no manifest ever creates', () => {
  expect([...covered, 'RiskChainHead', 'TargetJournal', 'RiskGate'].sort()).toEqual(kinds.map(({ kind }) => kind).sort());
});

it('every sample is used', () => {
  for (const kind of covered) {
    const files = readdirSync(join(folder, kind, 'testdata')).map((file) => `testdata/${file}`);
    expect(testsOf(kind).map(({ inputPath }) => inputPath)).toHaveLength(files.length);
    expect(testsOf(kind).map(({ inputPath }) => inputPath)).toEqual(expect.arrayContaining(files));
  }
});

it.each(cases)('$kind $inputPath is what the operator could have written', ({ kind, sample }) => {
  const { spec, status } = kinds.find((each) => each.kind === kind) ?? {};
  expect(spec?.safeParse(sample.spec)).toMatchObject({ success: true });
  if (sample.status !== undefined) expect(status?.safeParse(sample.status)).toMatchObject({ success: true });
});

it('shows in Argo CD what health_test.yaml says, by way of argocd-cm as shipped', async () => {
  const seen = await argocd.healthOf(cases.map(({ sample }) => sample));
  expect(seen).toEqual(cases.map(({ healthStatus }) => healthStatus));
});

it('shows no health where argocd-cm lacks the scripts, so that they are what is tested', async () => {
  const without = await openArgoCD({ kubeconfig: plane.kubeconfig, data: {} });
  expect(await without.healthOf(cases.map(({ sample }) => sample))).toEqual(cases.map(() => null));
  without.close();
});

it('shows what is being deleted as on its way', async () => {
  const deleted = cases.map(({ sample }) => ({
    ...sample,
    metadata: { ...sample.metadata, deletionTimestamp: '2026-11-02T09:00:00Z', finalizers: ['modelrisk.dev/release'] },
  }));
  const seen = await argocd.healthOf(deleted);
  expect(seen.map((state) => state?.status)).toEqual(cases.map(() => 'Progressing'));
  const known = await argocd.kstatusOf(deleted);
  expect(known.map(({ status }) => status)).toEqual(cases.map(() => 'Terminating'));
});

describe('kstatus', () => {
  // It takes an object without a status for Current, and a condition it does not know for none.
  const known: Readonly<Record<string, string>> = {
    'RiskPolicy/progressing-edited': 'InProgress',
    'RiskPolicy/degraded-invalid': 'InProgress',
    'ModelRisk/progressing-edited': 'InProgress',
    'ModelRisk/progressing-policy-missing': 'InProgress',
    'ModelRisk/degraded-invalid': 'InProgress',
    'MitigationPlan/progressing-edited': 'InProgress',
    'MitigationPlan/progressing-target-missing': 'InProgress',
    'MitigationPlan/progressing-engaging': 'InProgress',
    'MitigationPlan/degraded-stalled': 'Failed',
  };

  it('says the same, as far as it has words for it', async () => {
    const seen = await argocd.kstatusOf(cases.map(({ sample }) => sample));
    const names = cases.map(({ kind, inputPath }) => `${kind}/${inputPath.replace('testdata/', '').replace('.yaml', '')}`);
    expect(Object.fromEntries(names.map((name, index) => [name, seen[index]?.status]))).toEqual(
      Object.fromEntries(names.map((name) => [name, known[name] ?? 'Current'])),
    );
  });
});

it('config/argocd adds the scripts to an argocd-cm and keeps what is there', async () => {
  const built = await plane.kubectl(['kustomize', 'test/integration/gitops/argocd']);
  expect(built).toMatchObject({ code: 0, stderr: '' });
  const { data } = parse(built.stdout) as { readonly data: Readonly<Record<string, string>> };
  expect(data['application.instanceLabelKey']).toBe('argocd.argoproj.io/instance');
  for (const kind of covered)
    expect(data[`resource.customizations.health.modelrisk.dev_${kind}`]).toBe(readFileSync(join(folder, kind, 'health.lua'), 'utf8'));
});
