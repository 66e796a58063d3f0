import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { KubeObject } from '../../testbed/api-client.ts';
import { eventually } from '../../testbed/eventually.ts';
import type { CommandResult } from '../../testbed/run-command.ts';
import { deployments, namespaces } from '../builders/admission-bed.ts';
import { applyGuardedModel, modelRisks, riskDecisions, riskIncidents } from '../builders/guarded-model.ts';
import { beginProgramme, fix, meetOffice } from '../builders/office.ts';
import type { Office } from '../builders/office.ts';
import { openOperatorWorld } from '../builders/operator-world.ts';
import type { OperatorWorld } from '../builders/operator-world.ts';
import { conditionOf } from '../builders/traffic-view.ts';

/** Anything in a report that carries this label. */
function figure(report: unknown, label: string): number | undefined {
  if (typeof report !== 'object' || report === null) return undefined;
  const { label: own, number } = report as { readonly label?: unknown; readonly number?: number };
  if (own === label) return number;
  return Object.values(report)
    .map((each) => figure(each, label))
    .find((each) => each !== undefined);
}

/** What a risk office does in its first week, by the commands the documentation names and with tokens of its people. */
describe('the first week of a programme', () => {
  let world: OperatorWorld;
  let office: Office;
  let metricsURL: string;
  const where = () => ['--namespace', world.namespace];
  const json = async (...words: readonly string[]): Promise<unknown> =>
    JSON.parse((await world.plugin([...words, ...where(), '-o', 'json'])).stdout);
  const metric = async (name: string): Promise<number> => {
    const text = await (await fetch(metricsURL)).text();
    const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`) && line.includes(`namespace="${world.namespace}"`));
    return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  };
  const untilRisk = (type: string, reason: string, name = 'credit'): Promise<KubeObject> =>
    world.until(modelRisks, name, (risk) => conditionOf(risk, type)?.reason === reason);
  /** Waits until the decision that was announced is judged so, and answers its name. */
  const judged = async ({ stdout, stderr }: CommandResult, reason: string): Promise<string> => {
    expect(stderr).toBe('');
    const name = /RiskDecision [^/ ]+\/(\S+) is created/.exec(stdout)?.[1] ?? stdout;
    await world.until(riskDecisions, name, (object) => conditionOf(object, 'Valid')?.reason === reason);
    return name;
  };

  beforeAll(async () => {
    world = await openOperatorWorld();
    await applyGuardedModel(world.plane.client, { namespace: world.namespace, providerURL: world.provider.url });
    await beginProgramme(world);
    office = await meetOffice(world);
    ({ url: metricsURL } = await world.start());
    metricsURL += '/metrics';
    await untilRisk('SignedOff', 'Missing');
    await untilRisk('Documented', 'Missing', 'churn');
  }, 120_000);

  afterAll(() => world.close());

  it('lists what there is, what it lacks and which two speak for one workload', async () => {
    const { stdout } = await world.plugin(['list', ...where()]);
    expect(stdout).toMatch(/\/churn +High .* Missing .* Objective\n/);
    expect(stdout).toContain('3 models: 1 lack something their tier requires on file');
    await untilRisk('Ready', 'ModelTwice', 'credit-copy');
    const { models } = (await json('list')) as { readonly models: readonly { readonly missing: readonly string[] }[] };
    expect(models.flatMap(({ missing }) => missing)).toHaveLength(await metric('modelrisk_documents_missing'));
    expect((await world.plugin(['playbook', 'churn', ...where()])).stdout).toMatch(/signOffRoles +tier High +product, compliance/);
  }, 60_000);

  it('means one kind by the name of a kind, and no due date by <invalid>', async () => {
    const kubectl = async (...words: readonly string[]) => (await world.plane.kubectl([...words, ...where()])).stdout;
    const deleted = (await kubectl('delete', 'modelrisk', '--all', '--dry-run=client')).trim().split('\n');
    expect(deleted.map((line) => line.split(' ')[0])).toEqual(deleted.map(() => 'modelrisk.modelrisk.dev'));
    expect(deleted).toHaveLength(3);
    const shown = await kubectl('get', 'modelrisk', '-o', 'wide');
    expect(shown).toMatch(/credit .* 20\d\d-/);
    expect(shown).not.toContain('<invalid>');
  }, 60_000);

  it('is signed off by the plugin of each role, and by nobody in a role that was mistyped', async () => {
    const slip = await office.carl('sign-off credit --role complaince');
    expect([slip.code, slip.stderr]).toEqual([1, expect.stringContaining('did you mean compliance?')]);
    expect((await office.pia('sign-off credit --role product')).code).toBe(0);
    expect((await world.plugin(['gate', '--model', 'credit', '--version', '2.3.0', ...where()])).code).toBe(1);
    expect((await office.carl('sign-off credit --role compliance')).code).toBe(0);
    await untilRisk('SignedOff', 'AllSigned');
    expect((await world.plugin(['gate', '--model', 'credit', '--version', '2.3.0', ...where()])).code).toBe(0);
  }, 60_000);

  it('lets in the version that was signed, and no other', async () => {
    await world.plane.client.merge(namespaces, { name: world.namespace }, { metadata: { labels: { 'modelrisk.dev/gate': 'Enforce' } } });
    const template = (version: string) => ({
      metadata: { labels: { app: 'credit-v2', 'modelrisk.dev/model-version': version } },
      spec: { containers: [{ name: 'server', image: `models/credit:${version}` }] },
    });
    const metadata = { name: 'credit-v2', namespace: world.namespace, labels: { 'modelrisk.dev/model': 'credit' } };
    const spec = { replicas: 1, selector: { matchLabels: { app: 'credit-v2' } }, template: template('2.3.0') };
    const workload = { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec };
    await eventually(() => world.plane.client.create(deployments, workload), { timeoutMs: 30_000 });
    const changed = { spec: { template: template('2.4.0') } };
    await expect(world.plane.client.merge(deployments, { namespace: world.namespace, name: 'credit-v2' }, changed)).rejects.toThrow(
      'version 2.4.0 of ModelRisk credit is not approved',
    );
  }, 60_000);

  it('is reviewed, and accepts a broken limit until a date, by people who copy no digest', async () => {
    expect((await office.rita('review credit --role risk --minutes 30')).stderr).toContain('review needs --reason');
    await judged(await office.rita('review credit --role risk --minutes 30 --reason {}', 'Stands.'), 'Used');
    await untilRisk('ReviewCurrent', 'Reviewed');
    const ends = new Date(Date.now() + 8_000).toISOString();
    const accepted = await office.rita('accept credit --role risk --indicators score-drift --expires-at {} --reason {}', ends, 'Campaign.');
    const name = await judged(accepted, 'Valid');
    await world.until(riskDecisions, name, (decision) => conditionOf(decision, 'Valid')?.reason === 'Expired');
    const { figures } = (await json('metrics')) as { readonly figures: readonly { readonly name: string; readonly count?: number }[] };
    expect(figures.find((each) => each.name === 'overridesAccept')?.count).toBe(1);
  }, 60_000);

  it('has an incident reported, taken up and looked back at, until nothing is open', async () => {
    const [onset, aware] = ['2026-05-01T00:00:00Z', '2026-05-02T00:00:00Z'];
    const report = (category: string) =>
      office.carl(
        `report-incident credit --role compliance --onset ${onset} --aware ${aware} --known-from Customer --category ${category} --severity High --harm {} --reason {}`,
        'Refused for their age.',
        'Complaint 4711.',
      );
    expect((await report('Fairnes')).stderr).toContain('did you mean Fairness?');
    await judged(await report('Fairness'), 'Used');
    const [incident] = await world.untilListed(riskIncidents, (all) => all.length === 1);
    const name = incident?.metadata.name ?? '';
    await eventually(async () => (await metric('modelrisk_incidents_open')) === 1, { timeoutMs: 30_000 });
    expect(figure(await json('report', '--tier', 'High'), 'Open incidents of severity High')).toBe(1);
    await judged(await office.rita(`acknowledge ${name} --role risk --reason {}`, 'Mine.'), 'Used');
    await world.until(riskIncidents, name, (object) => JSON.stringify(object['status']).includes('Acknowledged'));
    expect((await world.plugin(['incidents', ...where()])).stdout).toContain(`taken up by system:serviceaccount:${world.namespace}:rita`);
    const finding = 'remediation/watch-age=Watch age.';
    const looked = await office.rita(
      `postmortem ${name} --role risk --verdict TruePositive --harm-confirmed Confirmed --finding {} --reason {}`,
      finding,
      'Board.',
    );
    await judged(looked, 'Used');
    const filed = (duty: string) =>
      office.carl(`file-report ${name} --role compliance --reporting ${duty} --filed-at ${aware} --reference M-1 --reason {}`, 'Told.');
    await world.until(riskIncidents, name, (object) => JSON.stringify(object['status']).includes('"ai-act"'));
    expect((await filed('ai-atc')).stderr).toContain('did you mean ai-act?');
    await judged(await filed('ai-act'), 'Used');
    await world.plane.client.merge(
      modelRisks,
      { namespace: world.namespace, name: 'credit' },
      { spec: { remediations: [fix('watch-age', 5_000), fix('retrain', 10_000), fix('rules', 40_000)] } },
    );
    await world.until(riskIncidents, name, (object) => JSON.stringify(object['status']).includes('"Tracked"'));
    const { stdout } = await world.plugin(['incidents', ...where()]);
    expect(stdout).toBe('0 incidents open, 0 reports overdue.\n');
  }, 90_000);

  it('ranks what to fix under the only policy there is, says what it stands to lose alike everywhere, and proves its record', async () => {
    const { stdout } = await world.plugin(['backlog', ...where()]);
    expect(stdout).toMatch(/watch-age before [^ ]+retrain: .* likely the better use of a week/);
    const { status } = await world.get(modelRisks, 'credit');
    const { value } = (status as { readonly expectedAnnualLoss: { readonly value: number } }).expectedAnnualLoss;
    const lost = await json('report', '--model', 'credit');
    expect(Number(figure(lost, 'Expected annual loss')?.toPrecision(3))).toBe(value);
    const text = await (await fetch(metricsURL)).text();
    const line = text
      .split('\n')
      .find((each) => each.startsWith('modelrisk_expected_annual_loss{') && each.includes(`"${world.namespace}",risk="credit"`));
    expect(Number(Number(line?.split(' ').at(-1)).toPrecision(3))).toBe(value);
    for (const format of ['md', 'html', 'csv']) expect((await world.plugin(['report', ...where(), '--format', format])).code).toBe(0);
    expect((await world.plugin(['report', '--pack', ...where()])).stdout).toContain('EU AI Act');
    const everywhere = await world.plugin(['audit', 'verify', '-A']);
    expect(everywhere.stdout).toContain(`namespace ${world.namespace}: 1 incidents`);
    const directory = await mkdtemp(join(tmpdir(), 'modelrisk-first-week-'));
    const file = join(directory, 'record.jsonl');
    await writeFile(file, (await world.plugin(['audit', 'export', ...where()])).stdout);
    expect((await world.plugin(['audit', 'verify', '--export', file, '--offline'])).code).toBe(0);
    await writeFile(file, '');
    expect((await world.plugin(['audit', 'verify', '--export', file, '--offline'])).code).toBe(1);
    await rm(directory, { recursive: true });
  }, 60_000);
});
