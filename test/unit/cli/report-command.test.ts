import process from 'node:process';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { readArguments } from '../../../src/cli/arguments.ts';
import { makeReport, printReport } from '../../../src/cli/report-command.ts';
import type { ReportCommand } from '../../../src/cli/report-arguments.ts';
import type { ReportDocument } from '../../../src/core/report/document.ts';
import type { UntypedObject } from '../../../src/kube/kube-object.ts';
import { failure, success } from '../../../src/shared/result.ts';
import { gapsOf } from '../../builders/report-reading.ts';
import { reportedMs, reportedObjects } from '../../builders/reported.ts';

function commandOf(line: string): ReportCommand {
  const read = readArguments(line.split(' '));
  if (!read.ok || read.value.command.kind !== 'Report') throw new Error(read.ok ? read.value.command.kind : read.failure);
  return read.value.command;
}

describe('the words of it', () => {
  it.each([
    ['report', { of: { kind: 'Programme' }, periodDays: 90, format: 'md' }],
    ['report --json', { format: 'json' }],
    ['report --json --format json', { format: 'json' }],
    ['report -A --format html --period 365', { of: { kind: 'Programme' }, periodDays: 365, format: 'html' }],
    ['report --tier High -A --format csv', { of: { kind: 'Tier', tier: 'High' }, format: 'csv' }],
    ['report --model credit-default -n lending', { of: { kind: 'Model', name: 'credit-default' } }],
  ])('%s', (line, command) => {
    expect(commandOf(line)).toMatchObject(command);
  });

  it.each([
    ['report credit', 'report takes no name: write --model NAME for the report of one ModelRisk'],
    ['report --format pdf', '--format pdf is not known: write md, html, json, csv'],
    ['report --json --format md', '--json and --format exclude each other'],
    ['report --period 0', '--period 0 is no number of days from 1 to 3660'],
    ['report --model a --tier b', '--model and --tier exclude each other'],
    ['report --model a -A', '--model names one ModelRisk of one namespace: write -n NAMESPACE in place of -A'],
    ['report --version 2', '--version and --waive go with gate'],
    ['report --waive Review', '--version and --waive go with gate'],
    ['list --format md', '--format and --tier go with report'],
    ['list --tier High', '--format and --tier go with report'],
    ['list --model a', '--model, --version and --waive go with gate, --model with report too'],
  ])('%s is refused: %s', (line, sentence) => {
    expect(readArguments(line.split(' '))).toEqual({ ok: false, failure: sentence });
  });
});

const page = (items: readonly object[]) => success({ items: items as readonly UntypedObject[], continueToken: null, resourceVersion: '1' });
const denied = { listPage: () => Promise.resolve(failure({ kind: 'Forbidden', message: 'not allowed' } as never)) };

/** As the server answers: of the namespace that is asked for. */
function clientsOf(objects = reportedObjects()) {
  const lister = (all: readonly object[]) => ({
    listPage: ({ namespace }: { readonly namespace: string | null }) =>
      Promise.resolve(page(all.filter((each) => namespace === null || (each as UntypedObject).metadata.namespace === namespace))),
  });
  const { modelRisks, plans, incidents, decisions, policies } = objects;
  return {
    risks: lister(modelRisks),
    plans: lister(plans),
    incidents: lister(incidents),
    decisions: lister(decisions),
    policies: lister(policies),
  };
}

const call = { namespace: 'lending', allNamespaces: false, nowMs: reportedMs };

async function documentOf(line: string, clients: object = {}, everywhere = false): Promise<ReportDocument> {
  const made = await makeReport({ ...clientsOf(), ...clients }, commandOf(`${line} --json`), { ...call, allNamespaces: everywhere });
  if (!made.ok) throw new Error(made.failure);
  return JSON.parse(made.value) as ReportDocument;
}

describe('the report', () => {
  it.each([
    ['report', false, 'namespace lending'],
    ['report', true, 'all namespaces'],
    ['report --tier High', false, 'namespace lending, tier High'],
    ['report --model credit-default', false, 'ModelRisk lending/credit-default'],
  ])('%s (everywhere: %s) is of %s', async (line, everywhere, scope) => {
    expect((await documentOf(line, {}, everywhere)).scope).toBe(scope);
  });

  it.each(['risks', 'plans', 'incidents', 'decisions'])('there is none where %s can’t be listed', async (which) => {
    const made = await makeReport({ ...clientsOf(), [which]: denied }, commandOf('report'), call);
    expect(made.ok ? '' : made.failure).toMatch(/^(ModelRisks|MitigationPlans|RiskIncidents|RiskDecisions) can't be listed: not allowed$/);
  });

  it('is made without policies, and says that they are missing', async () => {
    expect(gapsOf(await documentOf('report', { policies: denied }))).toContainEqual(
      "RiskPolicies can't be listed (not allowed): what only they say is missing.",
    );
  });

  it('there is none of a model that is not there', async () => {
    expect(await makeReport(clientsOf(), commandOf('report --model nobody'), call)).toEqual({
      ok: false,
      failure: 'there is no ModelRisk lending/nobody',
    });
  });
});

describe('printing it', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('fails with a sentence and exit code 1', async () => {
    const [out, err] = [process.stdout, process.stderr].map((stream) => jest.spyOn(stream, 'write').mockReturnValue(true));
    const transport = { request: () => Promise.resolve(failure({ kind: 'Unreachable', message: 'nobody answers' })) };
    expect(await printReport({ ...call, transport: transport as never }, commandOf('report'))).toBe(1);
    expect(out?.mock.calls).toEqual([]);
    expect(String(err?.mock.calls[0]?.[0])).toMatch(/^kubectl modelrisk report: ModelRisks can't be listed: .*nobody answers/);
  });
});
