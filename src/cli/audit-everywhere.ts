import process from 'node:process';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { ResourceClient } from '../kube/resource-client.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import { verifyAudit } from './audit.ts';
import type { AuditReport } from './audit.ts';
import { listAll } from './list-all.ts';

type Reader = Pick<ResourceClient<UntypedObject>, 'get' | 'listPage'>;

interface AuditClients {
  readonly incidents: Reader;
  readonly heads: Reader;
}

/** Each namespace has a chain of its own. One whose incidents are all gone still has the head that knows of them. Failure: one sentence. */
export async function verifyEverywhere(clients: AuditClients): Promise<Result<readonly AuditReport[], string>> {
  const namespaces = new Set<string>();
  for (const [kind, client] of [['RiskIncident', clients.incidents] as const, ['RiskChainHead', clients.heads] as const]) {
    const listed = await listAll(client, null);
    if (!listed.ok) return failure(`${kind}s of all namespaces can't be listed: ${listed.failure.message}`);
    for (const { metadata } of listed.value) namespaces.add(metadata.namespace ?? '');
  }
  const reports: AuditReport[] = [];
  for (const namespace of [...namespaces].toSorted()) {
    const report = await verifyAudit(clients, namespace);
    if (!report.ok) return report;
    reports.push(report.value);
  }
  return success(reports);
}

function sentencesOf({ namespace, incidents, entries, recomputedValues, findings }: AuditReport, where: string): readonly string[] {
  const verdict = findings.length === 0 ? 'the record is intact' : `${findings.length} findings`;
  return [
    ...findings.map(({ incident, message }) => `RiskIncident ${where}${incident === '' ? '(missing)' : incident}: ${message}`),
    `namespace ${namespace}: ${incidents} incidents, ${entries} entries, ${recomputedValues} values computed again from their counts, ${verdict}`,
  ];
}

/** Prints what was found. Namespace null: in all, and then as a list with --json. */
export async function printAudit(
  clients: AuditClients,
  { namespace, json }: { readonly namespace: string | null; readonly json: boolean },
): Promise<number> {
  const one = namespace === null ? null : await verifyAudit(clients, namespace);
  const reports = one === null ? await verifyEverywhere(clients) : one.ok ? success([one.value]) : one;
  if (!reports.ok) {
    process.stderr.write(`kubectl modelrisk audit verify: ${reports.failure}\n`);
    return 1;
  }
  const sentences = reports.value.flatMap((report) => sentencesOf(report, namespace === null ? `${report.namespace}/` : ''));
  const none = reports.value.length === 0 ? ['no namespace has a record: nothing is verified'] : [];
  process.stdout.write(
    json ? `${JSON.stringify(namespace === null ? reports.value : reports.value[0])}\n` : `${[...sentences, ...none].join('\n')}\n`,
  );
  return reports.value.every(({ findings }) => findings.length === 0) ? 0 : 1;
}
