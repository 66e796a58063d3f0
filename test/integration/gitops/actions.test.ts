import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { parse } from 'yaml';

import { drillDue } from '../../../src/core/drill/schedule.ts';
import { connectControlPlane } from '../../../testbed/connect.ts';
import type { ConnectedControlPlane } from '../../../testbed/connect.ts';
import { openArgoCD } from '../../../testbed/argocd.ts';
import type { ArgoCD, OfferedAction } from '../../../testbed/argocd.ts';

const folder = 'config/argocd/resource_customizations/modelrisk.dev';
const kinds = readdirSync(folder).filter((kind) => existsSync(join(folder, kind, 'actions')));

interface ActionTests {
  readonly discoveryTests: readonly { readonly inputPath: string; readonly result: readonly OfferedAction[] }[];
  readonly actionTests: readonly { readonly action: string; readonly inputPath: string; readonly expectedOutputPath: string }[];
}

interface Sample {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
}

const read = (kind: string, path: string): Sample => parse(readFileSync(join(folder, kind, 'actions', path), 'utf8')) as Sample;
const testsOf = (kind: string): ActionTests =>
  parse(readFileSync(join(folder, kind, 'actions', 'action_test.yaml'), 'utf8')) as ActionTests;
const discoveries = kinds.flatMap((kind) => testsOf(kind).discoveryTests.map((test) => ({ kind, ...test })));
const actions = kinds.flatMap((kind) => testsOf(kind).actionTests.map((test) => ({ kind, ...test })));
const requested = 'modelrisk.dev/drill-requested-at';

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

it('only plans have actions, and every sample of them is used', () => {
  expect(kinds).toEqual(['MitigationPlan']);
  const used = [
    ...discoveries.map(({ inputPath }) => inputPath),
    ...actions.flatMap(({ inputPath, expectedOutputPath }) => [inputPath, expectedOutputPath]),
  ];
  const files = readdirSync(join(folder, 'MitigationPlan', 'actions', 'testdata')).map((file) => `testdata/${file}`);
  expect([...new Set(used)].sort()).toEqual(files.sort());
});

it.each(discoveries)('on $inputPath of $kind Argo CD offers what action_test.yaml says', async ({ kind, inputPath, result }) => {
  const { offered } = await argocd.actionsOf(read(kind, inputPath), null);
  expect(offered).toMatchObject(result);
  expect(offered).toHaveLength(result.length);
});

it.each(actions)('$action makes of $inputPath what $expectedOutputPath says, with the time of now', async ({ kind, action, ...paths }) => {
  const { impacts } = await argocd.actionsOf(read(kind, paths.inputPath), action);
  expect(impacts).toHaveLength(1);
  const made = impacts[0]?.object as Sample;
  const asked = made.metadata.annotations?.[requested] ?? '';
  expect(asked).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\/DryRun$/);
  const timeless = JSON.parse(JSON.stringify(made).replaceAll(asked, '0001-01-01T00:00:00Z/DryRun')) as Sample;
  expect(impacts[0]?.operation).toBe('patch');
  expect(timeless).toEqual(read(kind, paths.expectedOutputPath));

  // What it asks for is dry, wherever the plan's own drills are live.
  const schedule = { everySeconds: 3600, scope: 'Sandbox' as const };
  const due = drillDue({ schedule, request: asked, answered: null, createdAtMs: 0, lastAtMs: null }, 1);
  expect(due).toMatchObject({ kind: 'Now', scope: 'DryRun' });
});
