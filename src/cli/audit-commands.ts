import { readFile } from 'node:fs/promises';
import process from 'node:process';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { ResourceClient } from '../kube/resource-client.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import type { VerifyExport } from './arguments.ts';
import { exportRecord, exportSentences, verifyExport } from './audit-export.ts';
import type { Against } from './audit-export.ts';

type Incidents = Pick<ResourceClient<UntypedObject>, 'listPage'>;

/** How old an entry of the cluster may be that the sink does not have: a sink that is down is tried again within 15 s. */
const graceMs = 60_000;

export async function printExport(incidents: Incidents, namespace: string | null): Promise<number> {
  const lines = await exportRecord(incidents, namespace);
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

async function againstOf({ against, offline }: VerifyExport, incidents: Incidents | null): Promise<Result<Against, string>> {
  if (against === null) return success(offline || incidents === null ? { kind: 'Nothing' } : { kind: 'Cluster', incidents });
  const text = await readText(against);
  return text.ok ? success({ kind: 'File', text: text.value }) : text;
}

/** Incidents null: no cluster is asked. */
export async function printVerification(
  command: VerifyExport,
  incidents: Incidents | null,
  { namespace, json, nowMs }: { readonly namespace: string | null; readonly json: boolean; readonly nowMs: number },
): Promise<number> {
  const text = await readText(command.file);
  const against = await againstOf(command, incidents);
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
  return report.value.findings.length === 0 && report.value.factFindings.length === 0 ? 0 : 1;
}
