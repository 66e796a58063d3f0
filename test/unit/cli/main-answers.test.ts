import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { writeAuditLine } from '../../../src/api/audit-line.ts';
import { chainHeadManifest, modelRiskManifest, planManifest, riskPolicyManifest, stored } from '../../builders/api.ts';
import { aRecord } from '../../builders/audit-lines.ts';
import { listAnswer, startCLI, statusAnswer } from '../../builders/cli-run.ts';
import type { CLIWorld, ServerAnswer } from '../../builders/cli-run.ts';

let cli: CLIWorld;

beforeEach(async () => {
  cli = await startCLI();
});

afterEach(() => cli.close());

describe('kubectl modelrisk, exit codes of answers', () => {
  const risk = (fields: object) => ({ status: 200, body: { ...stored(modelRiskManifest()), status: fields } });

  it.each([
    [{ approvedVersions: [{ version: '2.3.0', digest: `sha256:${'0'.repeat(64)}`, roles: ['risk'], at: '2026-06-01T12:00:00Z' }] }, 0],
    [{ missingSignOffs: ['risk'] }, 1],
  ])('gate of %j exits with %i', async (fields, code) => {
    const { generation } = stored(modelRiskManifest()).metadata;
    cli.answer = () => risk({ observedGeneration: generation, ...fields });
    expect((await cli.run('gate --model credit-default --version 2.3.0')).code).toBe(code);
  });

  it('doctor exits with 1 when something is wrong, and with 0 when something is only not known', async () => {
    const condition = (now: string) => ({
      ...{ type: 'Calibrated', status: now, reason: 'NotKnown', message: '' },
      lastTransitionTime: '2026-06-01T12:00:00Z',
    });
    const manifest = stored(modelRiskManifest());
    const one = (now: string) => ({
      ...manifest,
      status: { observedGeneration: manifest.metadata['generation'], conditions: [condition(now)] },
    });
    cli.answer = (call) => (call.includes('/modelrisks') ? listAnswer(one('Unknown')) : listAnswer());
    expect(await cli.run('doctor')).toMatchObject({ code: 0, stdout: expect.stringContaining('0 things wrong, 1 not known.') });
    cli.answer = (call) => (call.includes('/modelrisks') ? listAnswer(one('False')) : listAnswer());
    expect(await cli.run('doctor')).toMatchObject({ code: 1, stdout: expect.stringContaining('1 things wrong, 0 not known.') });
  });

  it('a plan that is drilled is asked by one patch on just that object, and the answer is printed', async () => {
    const plan = stored(planManifest());
    cli.answer = () => ({ status: 200, body: plan });
    const { code, stdout } = await cli.run('drill credit-default --json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ namespace: 'lending', plan: 'credit-default', result: null, steps: [] });
    const path = '/apis/modelrisk.dev/v1alpha1/namespaces/lending/mitigationplans/credit-default';
    expect(cli.asked).toEqual([`GET ${path}`, `PATCH ${path}?fieldManager=kubectl-modelrisk`]);
  });

  const byKind =
    (answers: Readonly<Record<string, ServerAnswer>>) =>
    (call: string): ServerAnswer =>
      Object.entries(answers).find(([part]) => call.includes(part))?.[1] ?? listAnswer();

  it.each([
    ['Overdue', 1],
    ['DueSoon', 0],
  ])('reviews exits by whether one is overdue: with one that is %s %i', async (reason, code) => {
    const condition = { type: 'ReviewCurrent', status: 'True', reason, message: 'See to it.', lastTransitionTime: '2026-06-01T12:00:00Z' };
    cli.answer = () => listAnswer({ ...stored(modelRiskManifest()), status: { conditions: [condition] } });
    expect(await cli.run('reviews')).toMatchObject({ code, stdout: expect.stringContaining(`${reason}; never reviewed. See to it.`) });
  });

  it('audit verify exits with 1 for a record that is gone, and names what is missing', async () => {
    cli.answer = byKind({ '/riskchainheads/': { status: 200, body: stored(chainHeadManifest()) } });
    const { code, stdout } = await cli.run('audit verify');
    expect(code).toBe(1);
    const [finding, ...rest] = stdout.trimEnd().split('\n');
    expect(finding).toMatch(/^RiskIncident (\(missing\)|credit-default-1): /);
    expect(rest.at(-1)).toMatch(/^namespace lending: 0 incidents, 0 entries, .* \d findings$/);
  });

  it('audit verify of an export asks neither cluster nor kubeconfig where it needs none', async () => {
    const [file, other] = ['a', 'b'].map((name) => join(tmpdir(), `modelrisk-export-${name}-${process.pid}.jsonl`));
    const lines = aRecord([2, 2]).flat().map(writeAuditLine);
    for (const each of [file, other]) await writeFile(each ?? '', lines.join('\n'));
    for (const line of [`audit verify --export ${file ?? ''} --offline`, `audit verify --export ${file ?? ''} --against ${other ?? ''}`])
      expect(await cli.run(line, '/nowhere/config')).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('intact; ') });
    expect(cli.asked).toEqual([]);
    await writeFile(other ?? '', lines.slice(1).join('\n'));
    expect((await cli.run(`audit verify --export ${file ?? ''} --against ${other ?? ''}`, '/nowhere/config')).code).toBe(1);
    expect((await cli.run(`audit verify --export ${file ?? ''}`, '/nowhere/config')).stderr).toContain('/nowhere/config');
    expect((await cli.run('audit verify --export /nowhere/export --offline')).stderr).toBe(
      "kubectl modelrisk audit verify: /nowhere/export can't be read: ENOENT\n",
    );
  });

  it('explain prints what it found, for people and for programs, though the policy may not be read', async () => {
    cli.answer = byKind({
      '/modelrisks/': { status: 200, body: stored(modelRiskManifest()) },
      '/riskpolicies/': statusAnswer(403, 'Forbidden', 'no policies for you'),
    });
    const told = await cli.run('explain credit-default');
    expect(told).toMatchObject({ code: 0, stderr: '' });
    expect(told.stdout).toContain('ModelRisk lending/credit-default: model credit-default 2.3.0.');
    expect(told.stdout).toContain("RiskPolicy default can't be read (no policies for you): currency is taken from the status.");
    expect(JSON.parse((await cli.run('explain credit-default --json')).stdout)).toMatchObject({ name: 'credit-default', tier: null });
  });

  it('backlog of all namespaces asks for all, of one for that one', async () => {
    cli.answer = byKind({ '/riskpolicies/': { status: 200, body: stored(riskPolicyManifest()) } });
    for (const [line, scope] of [
      ['backlog -A', ''],
      ['backlog -n fraud', '/namespaces/fraud'],
    ] as const) {
      cli.asked = [];
      expect((await cli.run(line)).code).toBe(0);
      const root = `GET /apis/modelrisk.dev/v1alpha1${scope}`;
      const policy = 'GET /apis/modelrisk.dev/v1alpha1/riskpolicies/default';
      expect(cli.asked.map((call) => call.split('?')[0])).toEqual([`${root}/modelrisks`, policy, `${root}/mitigationplans`]);
    }
  });

  it('audit verify of all namespaces lists what they hold, and asks each for its head', async () => {
    cli.answer = byKind({});
    expect(await cli.run('audit verify -A')).toEqual({ code: 0, stdout: 'no namespace has a record: nothing is verified\n', stderr: '' });
    const kinds = ['riskincidents', 'riskchainheads'].map((plural) => `GET /apis/modelrisk.dev/v1alpha1/${plural}`);
    expect(cli.asked.map((call) => call.split('?')[0])).toEqual(kinds);
  });

  it.each([
    ['what is no journal of ours', 'propose httproute credit', 1, 'stderr'],
    ['what nobody changed', 'restore httproute credit', 0, 'stdout'],
  ] as const)('%s: %s exits with %i', async (_what, line, code, stream) => {
    const route = { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute', metadata: stored(planManifest()).metadata, spec: {} };
    cli.answer = () => ({ status: 200, body: route });
    const done = await cli.run(line);
    expect([done.code, done[stream]]).toEqual([code, expect.stringContaining('credit')]);
    expect(cli.asked.filter((call) => !call.startsWith('GET '))).toEqual([]);
  });
});
