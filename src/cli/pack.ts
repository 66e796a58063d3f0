import { readFileSync } from 'node:fs';
import process from 'node:process';
import { readControls } from '../api/controls.ts';
import { shippedControls } from '../api/shipped-controls.ts';
import type { Framework } from '../core/report/pack/compose.ts';
import { renderReport } from '../core/report/render.ts';
import type { Transport } from '../kube/transport.ts';
import { createObjectReader, readObjects } from '../report/objects.ts';
import type { ReadObjects } from '../report/objects.ts';
import { packReport } from '../report/pack-report.ts';
import { findingsBy } from '../report/record-findings.ts';
import type { RecordFinding } from '../report/record-findings.ts';
import type { EpochMs } from '../shared/clock.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import { verifyAudit } from './audit.ts';
import type { PackCommand } from './pack-arguments.ts';
import { printMade, readAll, reportClients } from './report-command.ts';
import type { ReportClients } from './report-command.ts';
import { clientFor } from './target-client.ts';
import { findUnregistered, workloadKinds } from './unregistered.ts';
import type { WorkloadLister } from './unregistered.ts';

type Chain = Parameters<typeof verifyAudit>[0];

export interface PackClients extends ReportClients {
  readonly incidents: Chain['incidents'];
  readonly heads: Chain['heads'];
  readonly kinds: readonly WorkloadLister[];
}

export interface PackCall {
  /** Null: all. */
  readonly namespace: string | null;
  readonly nowMs: EpochMs;
}

/** `kubectl modelrisk report --pack`, as a file. Failure: one sentence, or one a line. */
export async function makePack(
  clients: PackClients,
  { framework, format, frameworks }: Pick<PackCommand, 'framework' | 'format'> & { readonly frameworks: readonly Framework[] },
  { namespace, nowMs }: PackCall,
): Promise<Result<string, string>> {
  const listed = await readAll(clients, namespace);
  if (!listed.ok) return listed;
  const objects = readObjects(listed.value, createObjectReader());
  const { workloads, notSeen } = await findUnregistered(clients, objects.models, namespace);
  const record = await recomputeRecord(clients, objects);
  const pack = packReport(objects, {
    ...{ frameworks, framework, nowMs },
    scope: namespace === null ? 'all namespaces' : `namespace ${namespace}`,
    unregistered: workloads.map(({ kind, namespace: where, name }) => `${kind} ${where}/${name}`),
    findings: record.findings,
    gaps: [...objects.gaps, ...notSeen, ...record.gaps],
  });
  return pack.ok ? success(renderReport(pack.value, format)) : pack;
}

interface RecomputedRecord {
  readonly findings: (incident: string) => readonly string[] | null;
  readonly gaps: readonly string[];
}

/** As `audit verify` does it, namespace by namespace. What can't be recomputed is no evidence of a record that is whole. */
async function recomputeRecord(clients: Chain, { incidents }: ReadObjects): Promise<RecomputedRecord> {
  const found = new Map<string, readonly RecordFinding[]>();
  const gaps: string[] = [];
  for (const namespace of new Set(incidents.map(({ metadata }) => metadata.namespace ?? ''))) {
    const report = await verifyAudit(clients, namespace);
    if (report.ok) found.set(namespace, report.value.findings);
    else gaps.push(`The record of namespace ${namespace} can't be recomputed: ${report.failure}.`);
  }
  return { findings: findingsBy(found), gaps };
}

/** The controls to map to. Failure: what is wrong with the file, a line each. */
export function controlsOf(file: string | null): Result<readonly Framework[], string> {
  if (file === null) {
    const shipped = shippedControls();
    return shipped.ok ? shipped : failure(['the controls this ships with:', ...shipped.failure].join('\n  '));
  }
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return failure(`--controls ${file} can't be read: ${(error as Error).message}`);
  }
  const read = readControls(text);
  return read.ok ? read : failure([`--controls ${file}:`, ...read.failure].join('\n  '));
}

/** Exit code 1: there is no pack, and it was said why; 2: the controls are not usable. */
export async function printPack(
  { transport, namespace, allNamespaces }: { readonly transport: Transport; readonly namespace: string; readonly allNamespaces: boolean },
  command: PackCommand,
  nowMs: EpochMs,
): Promise<number> {
  const frameworks = controlsOf(command.controls);
  if (!frameworks.ok) {
    process.stderr.write(`kubectl modelrisk report: ${frameworks.failure}\n`);
    return 2;
  }
  const clients = {
    ...reportClients(transport),
    heads: clientFor(transport, { group: 'modelrisk.dev', version: 'v1alpha1', plural: 'riskchainheads', kind: 'RiskChainHead' }),
    kinds: workloadKinds.map((resource) => ({ ...resource, client: clientFor(transport, resource) })),
  };
  const where = { namespace: allNamespaces ? null : namespace, nowMs };
  return printMade(await makePack(clients, { ...command, frameworks: frameworks.value }, where));
}
