import process from 'node:process';
import { parseArgs } from 'node:util';
import { actuators } from '../actuators/registry.ts';
import { loadClusterAccess } from '../kube/cluster-access.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import { createResourceClient } from '../kube/resource-client.ts';
import type { ResourceClient } from '../kube/resource-client.ts';
import { createSystemClock } from '../kube/system-clock.ts';
import { createTransport } from '../kube/transport.ts';
import type { Transport } from '../kube/transport.ts';
import { verifyAudit } from './audit.ts';
import { restoreTarget } from './restore.ts';

const usage = `kubectl modelrisk: keeps live models inside accepted risk

  kubectl modelrisk audit verify -n NAMESPACE       recompute the record's hash chain
  kubectl modelrisk restore KIND NAME -n NAMESPACE  give a target back from its journal alone, no operator needed

Flags: --namespace/-n NAMESPACE, --kubeconfig FILE, --context NAME, --json
`;

interface Call {
  readonly words: readonly string[];
  readonly namespace: string;
  readonly json: boolean;
  readonly transport: Transport;
}

function say(call: Call, report: object, sentences: readonly string[]): void {
  process.stdout.write(call.json ? `${JSON.stringify(report)}\n` : `${sentences.join('\n')}\n`);
}

function clientFor(
  transport: Transport,
  resource: { readonly group: string; readonly version: string; readonly plural: string; readonly kind: string },
): ResourceClient<UntypedObject> {
  return createResourceClient<UntypedObject>({ transport, fieldManager: 'kubectl-modelrisk', resource: { ...resource, namespaced: true } });
}

async function audit(call: Call): Promise<number> {
  const own = (plural: string, kind: string) => clientFor(call.transport, { group: 'modelrisk.dev', version: 'v1alpha1', plural, kind });
  const report = await verifyAudit(
    { incidents: own('riskincidents', 'RiskIncident'), heads: own('riskchainheads', 'RiskChainHead') },
    call.namespace,
  );
  if (!report.ok) {
    process.stderr.write(`kubectl modelrisk audit verify: ${report.failure}\n`);
    return 1;
  }
  const { incidents, entries, findings } = report.value;
  const summary = `namespace ${call.namespace}: ${incidents} incidents, ${entries} entries, ${findings.length === 0 ? 'the record is intact' : `${findings.length} findings`}`;
  say(call, report.value, [
    ...findings.map(({ incident, message }) => `RiskIncident ${incident === '' ? '(missing)' : incident}: ${message}`),
    summary,
  ]);
  return findings.length === 0 ? 0 : 1;
}

async function restore(call: Call): Promise<number> {
  const [, kind = '', name = ''] = call.words;
  const actuator = [...actuators.values()].find(({ resource }) =>
    [resource.kind.toLowerCase(), resource.plural].includes(kind.toLowerCase()),
  );
  if (actuator === undefined || name === '') {
    process.stderr.write(`kubectl modelrisk restore: name a kind (${[...actuators.keys()].join(', ')}) and an object\n`);
    return 2;
  }
  const outcome = await restoreTarget({
    client: clientFor(call.transport, actuator.resource),
    actuator,
    namespace: call.namespace,
    name,
    nowMs: createSystemClock().nowMs(),
  });
  if (!outcome.ok) {
    process.stderr.write(`kubectl modelrisk restore: ${outcome.failure}\n`);
    return 1;
  }
  say(call, outcome.value, [outcome.value.message]);
  return 0;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      namespace: { type: 'string', short: 'n' },
      kubeconfig: { type: 'string' },
      context: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  });
  const command = positionals[0] === 'audit' && positionals[1] === 'verify' ? audit : positionals[0] === 'restore' ? restore : null;
  if (command === null) {
    process.stderr.write(usage);
    return values.help === true ? 0 : 2;
  }
  const access = await loadClusterAccess({ kubeconfigPath: values.kubeconfig ?? null, context: values.context ?? null });
  if (!access.ok) {
    process.stderr.write(`kubectl modelrisk: ${access.failure}\n`);
    return 1;
  }
  const transport = createTransport({
    access: access.value,
    clock: createSystemClock(),
    requestTimeoutMs: 30_000,
    connections: 4,
    userAgent: 'kubectl-modelrisk',
    onRequest: () => undefined,
  });
  try {
    return await command({ words: positionals, namespace: values.namespace ?? access.value.namespace, json: values.json, transport });
  } finally {
    await transport.close();
  }
}

process.exitCode = await main();
