import { readFile } from 'node:fs/promises';
import process from 'node:process';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { ResourceClient } from '../kube/resource-client.ts';
import type { Transport } from '../kube/transport.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import type { VerifyExport } from './arguments.ts';
import { exportRecord, isClean, verifyExport } from './audit-export.ts';
import type { Against } from './audit-export.ts';
import { exportSentences } from './export-sentences.ts';
import { tierClients } from './programme-commands.ts';
import type { RecordClients } from './record-copy.ts';
import { clientFor } from './target-client.ts';

interface AuditClients extends RecordClients {
  readonly incidents: ResourceClient<UntypedObject>;
  readonly heads: ResourceClient<UntypedObject>;
}

export function auditClients(transport: Transport): AuditClients {
  const { risks, policies } = tierClients(transport);
  const own = (plural: string, kind: string) => clientFor(transport, { group: 'modelrisk.dev', version: 'v1alpha1', plural, kind });
  return {
    ...{ risks, policies },
    incidents: own('riskincidents', 'RiskIncident'),
    decisions: own('riskdecisions', 'RiskDecision'),
    heads: own('riskchainheads', 'RiskChainHead'),
  };
}

/** How old an entry of the cluster may be that the sink does not have: a sink that is down is tried again within 15 s. */
const graceMs = 60_000;

export async function printExport(clients: RecordClients, namespace: string | null): Promise<number> {
  const lines = await exportRecord(clients, namespace);
  if (!lines.ok) {
    process.stderr.write(`kubectl modelrisk audit export: ${lines.failure}\n`);
    return 1;
  }
  for (const line of lines.value) process.stdout.write(`${line}\n`);
  return 0;
}

async function readText(file: string): Promise<Result<string, string>> {
  try {
    return success(await readFile(file, 'utf8'));
  } catch (error) {
    return failure(`${file} can't be read: ${String((error as { readonly code?: unknown }).code)}`);
  }
}

async function againstOf({ against, offline }: VerifyExport, clients: RecordClients | null): Promise<Result<Against, string>> {
  if (against === null) return success(offline || clients === null ? { kind: 'Nothing' } : { kind: 'Cluster', clients });
  const text = await readText(against);
  return text.ok ? success({ kind: 'File', text: text.value }) : text;
}

/** Clients null: no cluster is asked. */
export async function printVerification(
  command: VerifyExport,
  clients: RecordClients | null,
  { namespace, json, nowMs }: { readonly namespace: string | null; readonly json: boolean; readonly nowMs: number },
): Promise<number> {
  const text = await readText(command.file);
  const against = await againstOf(command, clients);
  const report = !text.ok
    ? text
    : !against.ok
      ? against
      : await verifyExport({ text: text.value, against: against.value, namespace }, { nowMs, graceMs });
  if (!report.ok) {
    process.stderr.write(`kubectl modelrisk audit verify: ${report.failure}\n`);
    return 1;
  }
  process.stdout.write(json ? `${JSON.stringify(report.value)}\n` : `${exportSentences(report.value).join('\n')}\n`);
  return isClean(report.value) ? 0 : 1;
}
