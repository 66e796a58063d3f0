import process from 'node:process';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { ReportDocument } from '../../../src/core/report/document.ts';
import { connectControlPlane } from '../../../testbed/connect.ts';
import type { ConnectedControlPlane } from '../../../testbed/connect.ts';
import { installCRDs } from '../../../testbed/crds.ts';
import { runCommand } from '../../../testbed/run-command.ts';
import { resourceOf } from '../../builders/api-resources.ts';
import { withValue } from '../../builders/api.ts';
import type { Manifest } from '../../builders/api.ts';
import { cellsIn, figureIn, gapsOf, rowsIn } from '../../builders/report-reading.ts';
import { creditModel, engagedPlan, reportedPolicy, someIncidents } from '../../builders/reported.ts';

// The plugin is a process of its own.
jest.setTimeout(120_000);

let plane: ConnectedControlPlane;
let namespace: string;

beforeAll(async () => {
  plane = connectControlPlane();
  await installCRDs(plane, 'crds');
  namespace = await plane.createNamespace();
  const policy = withValue(reportedPolicy(), 'metadata', { name: namespace });
  const here = (manifest: Manifest) => withValue(manifest, 'metadata', { name: manifest.metadata.name, namespace });
  const model = withValue(here(creditModel()), 'spec.policyRef.name', namespace);
  for (const manifest of [
    policy,
    model,
    here(engagedPlan()),
    ...someIncidents()
      .filter(({ metadata }) => metadata.name === 'ri-open')
      .map(here),
  ])
    await store(manifest);
}, 120_000);

afterAll(() => plane.close());

/** With its status, which the server takes by another way. */
async function store(manifest: Manifest): Promise<void> {
  const resource = resourceOf(manifest.kind);
  const { status, ...rest } = manifest;
  await plane.client.create(resource, rest);
  if (status === undefined) return;
  const at = { namespace, name: manifest.metadata.name, subresource: 'status' };
  await plane.client.patch(resource, at, [{ op: 'add', path: '/status', value: status as never }]);
}

const plugin = ['--disable-warning=ExperimentalWarning', 'src/cli/main.ts', 'report', '--period', '3660'];
const report = (...flags: readonly string[]) =>
  runCommand(process.execPath, [...plugin, '--kubeconfig', plane.kubeconfig, '-n', namespace, ...flags]);

it('tells a model and its incident from what the server holds', async () => {
  const told = await report('--model', 'credit-default', '--format', 'json');
  expect(told).toMatchObject({ code: 0, stderr: '' });
  const document = JSON.parse(told.stdout) as ReportDocument;
  expect(document.scope).toBe(`ModelRisk ${namespace}/credit-default`);
  expect(cellsIn(document, 'Incidents of the period').map(([name, severity, , , closed]) => [name, severity, closed])).toEqual([
    ['ri-open', 'High', 'open'],
  ]);
  expect(rowsIn(document, `Timeline of ${namespace}/ri-open`).map(({ cells, source }) => [cells[1], source])).toEqual(
    ['Engaged', 'Applied', 'Verified'].map((type, seq) => [type, `RiskIncident ${namespace}/ri-open .status.entries[${String(seq)}]`]),
  );
  expect(cellsIn(document, 'Last change')[0]?.slice(0, 6)).toEqual([
    ...['approval-parity', 'unfair-denials', 'Firing since 2026-06-01T00:00:00Z', 'Breach', '0.74', '1200'],
  ]);
  expect(figureIn(document, 'Expected annual loss')).toMatchObject({ unit: 'USD' });
  expect(cellsIn(document, 'Remediations under').map(([, id]) => id)).toEqual(
    ['law', 'retrain', 'rules'].map((name) => `${namespace}/credit-default/${name}`),
  );
  // Its entries were written by hand, without hashes: that is said too.
  const unproven = ['0 (Engaged)', '1 (Applied)'].map((entry) => `entry ${entry} lacks before and after, intact chain`);
  expect(gapsOf(document)).toEqual([
    ...unproven.map((lack) => `RiskIncident ${namespace}/ri-open ${lack}`),
    `ModelRisk ${namespace}/credit-default: risks stale-population have no likelihood and impact, so no loss counts them.`,
  ]);
});

it.each([
  [['--format', 'md'], /^# Model risk: the programme\n[^]*\n\| Plans whose constraints are in force \| 1 \|/],
  [['--tier', 'High', '--format', 'html'], /^<!doctype html>[^]*<title>Model risk: tier High<\/title>/],
  [['--tier', 'High', '--format', 'csv'], /^section,label,value,number,unit,n,source\r\n/],
])('writes %j', async (flags, form) => {
  const told = await report(...flags);
  expect(told).toMatchObject({ code: 0, stderr: '' });
  expect(told.stdout).toMatch(form);
});

it.each([
  [['--model', 'nobody'], 'there is no ModelRisk'],
  [['--tier', 'Nowhere'], 'no policy has tier Nowhere'],
])('ends with exit code 1 and a sentence where there is nothing to report on: %j', async (flags, sentence) => {
  const told = await report(...flags);
  expect(told).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining(`kubectl modelrisk report: ${sentence}`) });
});
