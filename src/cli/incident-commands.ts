import process from 'node:process';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { ResourceClient } from '../kube/resource-client.ts';
import { takeAct } from './act.ts';
import type { ActClients } from './act.ts';
import type { ActCommand } from './act-command.ts';
import { metricsSentences, readMetrics } from './programme-metrics.ts';
import type { MetricsAsk, MetricsClients } from './programme-metrics.ts';
import { incidentSentences, listIncidents } from './incidents.ts';

/** JSON has no infinity and writes null for it, which is what is not known. */
function infinite(_: string, value: unknown): unknown {
  return value === Infinity ? 'Infinity' : value;
}

function print(json: boolean, facts: object, sentences: readonly string[]): void {
  process.stdout.write(json ? `${JSON.stringify(facts, infinite)}\n` : `${sentences.join('\n')}\n`);
}

export async function printIncidents(
  client: Pick<ResourceClient<UntypedObject>, 'listPage'>,
  { namespace, json, nowMs }: { readonly namespace: string | null; readonly json: boolean; readonly nowMs: number },
): Promise<number> {
  const listed = await listIncidents(client, { namespace, nowMs });
  if (!listed.ok) {
    process.stderr.write(`kubectl modelrisk incidents: ${listed.failure}\n`);
    return 1;
  }
  print(json, listed.value, incidentSentences(listed.value));
  const { overdue, unreadable } = listed.value;
  return overdue === 0 && unreadable.length === 0 ? 0 : 1;
}

export async function printMetrics(clients: MetricsClients, { json, ...ask }: MetricsAsk & { readonly json: boolean }): Promise<number> {
  const report = await readMetrics(clients, ask);
  if (!report.ok) {
    process.stderr.write(`kubectl modelrisk metrics: ${report.failure}\n`);
    return 1;
  }
  print(json, report.value, metricsSentences(report.value));
  return 0;
}

export async function printAct(
  clients: ActClients,
  command: ActCommand,
  { namespace, json, nowMs }: { readonly namespace: string; readonly json: boolean; readonly nowMs: number },
): Promise<number> {
  const taken = await takeAct(clients, command, { namespace, nowMs });
  if (!taken.ok) {
    process.stderr.write(`kubectl modelrisk: ${taken.failure}\n`);
    return 1;
  }
  const { sentences, ...facts } = taken.value;
  print(json, facts, sentences);
  return 0;
}
