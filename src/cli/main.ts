import process from 'node:process';
import { readPatchKinds } from '../actuators/patch/resource.ts';
import type { Actuator } from '../actuators/port.ts';
import { actuators, actuatorsWithPatches } from '../actuators/registry.ts';
import { loadClusterAccess } from '../kube/cluster-access.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import { createResourceClient } from '../kube/resource-client.ts';
import type { ResourceClient } from '../kube/resource-client.ts';
import { createSystemClock } from '../kube/system-clock.ts';
import { createTransport } from '../kube/transport.ts';
import type { Transport } from '../kube/transport.ts';
import { assertNever } from '../shared/assert-never.ts';
import { success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import { askOnce } from '../signals/registry.ts';
import { readArguments, usage } from './arguments.ts';
import type { Command, ReferenceCapture, SignOffCommand } from './arguments.ts';
import { auditClients, printExport, printVerification } from './audit-commands.ts';
import { printAudit } from './audit-everywhere.ts';
import { diagnose, diagnosisSentences } from './doctor.ts';
import { askForDrill, rehearsePlan } from './drill.ts';
import { helpAfter, helpOn } from './help.ts';
import { readBacklog } from './backlog.ts';
import { explainNamed, listModels, showPlaybook, tierClients } from './programme-commands.ts';
import type { Printable } from './programme-commands.ts';
import { printProposal, proposeFor } from './propose.ts';
import { printReport } from './report-command.ts';
import { printPack } from './pack.ts';
import { captureReference, printReference } from './reference.ts';
import { printAct, printIncidents, printMetrics } from './incident-commands.ts';
import { gateSentences } from '../governance/gate/verdict.ts';
import { askGate } from './gate.ts';
import type { GateCommand } from './gate.ts';
import { listReviews, needsReview, reviewSentences } from './reviews.ts';
import { signOff } from './sign-off.ts';
import { restoreAll } from './restore-all.ts';
import { restoreTarget } from './restore.ts';
import { clientFor, targetClient } from './target-client.ts';

interface Call {
  readonly namespace: string;
  readonly allNamespaces: boolean;
  readonly json: boolean;
  readonly transport: Transport;
}

function say(call: Call, report: object, sentences: readonly string[]): void {
  process.stdout.write(call.json ? `${JSON.stringify(report)}\n` : `${sentences.join('\n')}\n`);
}

const ownClient = (transport: Transport, plural: string, kind: string) =>
  clientFor(transport, { group: 'modelrisk.dev', version: 'v1alpha1', plural, kind });

const incidentsOf = ({ transport }: Pick<Call, 'transport'>) => ownClient(transport, 'riskincidents', 'RiskIncident');

/** Where a command that may look at all namespaces looks, and when. */
const within = ({ allNamespaces, namespace }: Call) => ({
  namespace: allNamespaces ? null : namespace,
  nowMs: createSystemClock().nowMs(),
});

/** What most commands come to: a report, or one sentence that says why there is none. */
function print(call: Call, command: string, result: Result<Printable, string>): number {
  if (!result.ok) process.stderr.write(`kubectl modelrisk ${command.toLowerCase()}: ${result.failure}\n`);
  else say(call, result.value.report, result.value.sentences);
  return result.ok ? 0 : 1;
}

const policiesClient = (transport: Transport): ResourceClient<UntypedObject> =>
  createResourceClient<UntypedObject>({
    transport,
    fieldManager: 'kubectl-modelrisk',
    resource: { group: 'modelrisk.dev', version: 'v1alpha1', plural: 'riskpolicies', kind: 'RiskPolicy', namespaced: false },
  });

async function backlog(call: Call, policy: string | null): Promise<number> {
  const { transport, allNamespaces } = call;
  const clients = {
    risks: ownClient(transport, 'modelrisks', 'ModelRisk'),
    plans: ownClient(transport, 'mitigationplans', 'MitigationPlan'),
    policies: policiesClient(transport),
  };
  const read = await readBacklog(clients, { policy, namespace: allNamespaces ? null : call.namespace });
  if (!read.ok) return print(call, 'backlog', read);
  const { sentences, ...report } = read.value;
  return print(call, 'backlog', success({ report, sentences }));
}

async function doctor(call: Call): Promise<number> {
  const diagnosis = await diagnose(
    { risks: ownClient(call.transport, 'modelrisks', 'ModelRisk'), plans: ownClient(call.transport, 'mitigationplans', 'MitigationPlan') },
    call.allNamespaces ? null : call.namespace,
  );
  if (!diagnosis.ok) return print(call, 'doctor', diagnosis);
  say(call, diagnosis.value, diagnosisSentences(diagnosis.value));
  return diagnosis.value.ailments.some(({ severity }) => severity === 'Wrong') ? 1 : 0;
}

async function gate(call: Call, command: GateCommand): Promise<number> {
  const asked = { namespace: call.namespace, nowMs: createSystemClock().nowMs() };
  const answer = await askGate(ownClient(call.transport, 'modelrisks', 'ModelRisk'), command, asked);
  if (!answer.ok) {
    process.stderr.write(`kubectl modelrisk gate: ${answer.failure}\n`);
    return 2;
  }
  say(call, answer.value, gateSentences(answer.value));
  return answer.value.decision === 'Go' ? 0 : 1;
}

async function reviews(call: Call): Promise<number> {
  const listed = await listReviews(tierClients(call.transport), call.allNamespaces ? null : call.namespace);
  if (!listed.ok) return print(call, 'reviews', listed);
  say(call, listed.value, reviewSentences(listed.value));
  return needsReview(listed.value) ? 1 : 0;
}

function recordClients(call: Call) {
  const { transport } = call;
  const selves = {
    group: 'authentication.k8s.io',
    version: 'v1',
    plural: 'selfsubjectreviews',
    kind: 'SelfSubjectReview',
    namespaced: false,
  };
  return {
    risks: ownClient(transport, 'modelrisks', 'ModelRisk'),
    incidents: incidentsOf(call),
    decisions: ownClient(transport, 'riskdecisions', 'RiskDecision'),
    plans: ownClient(transport, 'mitigationplans', 'MitigationPlan'),
    policies: policiesClient(transport),
    selves: createResourceClient<UntypedObject>({ transport, fieldManager: 'kubectl-modelrisk', resource: selves }),
  };
}

async function sign(call: Call, { name, ...ask }: SignOffCommand): Promise<number> {
  const { transport, namespace } = call;
  const clients = { ...recordClients(call), plans: ownClient(transport, 'mitigationplans', 'MitigationPlan') };
  const report = await signOff({ ...ask, clients, at: { namespace, name }, nowMs: createSystemClock().nowMs() });
  if (!report.ok) {
    process.stderr.write(`kubectl modelrisk sign-off: ${report.failure}\n`);
    return 1;
  }
  say(call, report.value.decision, report.value.sentences);
  return 0;
}

/** A kind that is patched is known to whoever listed it. */
function knownActuators(patchKinds: string | null): Result<readonly Actuator[], string> {
  if (patchKinds === null) return success([...actuators.values()]);
  const kinds = readPatchKinds(
    patchKinds,
    [...actuators.values()].map(({ resource }) => resource),
  );
  return kinds.ok ? success([...actuatorsWithPatches(kinds.value).values()]) : kinds;
}

/** Null: there is none, or the list is wrong, and it was said. */
function actuatorFor(command: string, targetKind: string, patchKinds: string | null): Actuator | null {
  const known = knownActuators(patchKinds);
  if (!known.ok) {
    process.stderr.write(`kubectl modelrisk ${command}: --patch-kinds: ${known.failure}\n`);
    return null;
  }
  const kind = targetKind.toLowerCase();
  const actuator = known.value.find(({ resource }) => [resource.kind.toLowerCase(), resource.plural].includes(kind)) ?? null;
  if (actuator === null) {
    const names = known.value.map(({ resource }) => resource.kind).join(', ');
    const listed = command === 'restore' ? ', or list it in --patch-kinds' : '';
    process.stderr.write(`kubectl modelrisk ${command}: ${targetKind} is no kind of target; name one of ${names}${listed}\n`);
  }
  return actuator;
}

async function drill(call: Call, { plan, dryRun, waitSeconds, patchKinds }: Extract<Command, { kind: 'Drill' }>): Promise<number> {
  const { transport, namespace } = call;
  const known = knownActuators(patchKinds);
  if (!known.ok) {
    process.stderr.write(`kubectl modelrisk drill: --patch-kinds: ${known.failure}\n`);
    return 2;
  }
  const clock = createSystemClock();
  const plans = ownClient(transport, 'mitigationplans', 'MitigationPlan');
  const at = { namespace, name: plan };
  const clients = {
    plans,
    ...tierClients(transport),
    services: clientFor(transport, { group: '', version: 'v1', plural: 'services', kind: 'Service' }),
    endpointSlices: clientFor(transport, { group: 'discovery.k8s.io', version: 'v1', plural: 'endpointslices', kind: 'EndpointSlice' }),
    targets: new Map(
      known.value.map((actuator) => [actuator.targetKind, { actuator, client: targetClient(transport, actuator.resource, clock) }]),
    ),
  };
  const report = dryRun ? await rehearsePlan(clients, at, clock.nowMs()) : await askForDrill({ client: plans, at, waitSeconds, clock });
  if (!report.ok) {
    process.stderr.write(`kubectl modelrisk drill: ${report.failure}\n`);
    return 1;
  }
  const { sentences, ...facts } = report.value;
  say(call, facts, sentences);
  return facts.result === null || facts.result === 'Passed' ? 0 : 1;
}

interface Named {
  readonly targetKind: string;
  readonly name: string;
}

async function propose(call: Call, { targetKind, name }: Named): Promise<number> {
  const actuator = actuatorFor('propose', targetKind, null);
  if (actuator === null) return 2;
  const client = targetClient(call.transport, actuator.resource, createSystemClock());
  const proposal = await proposeFor({ client, actuator, namespace: call.namespace, name });
  if (!proposal.ok) {
    process.stderr.write(`kubectl modelrisk propose: ${proposal.failure}\n`);
    return 1;
  }
  process.stdout.write(call.json ? `${JSON.stringify(proposal.value)}\n` : printProposal(proposal.value));
  return 0;
}

async function restore(call: Call, { targetKind, name, patchKinds }: Extract<Command, { readonly kind: 'Restore' }>): Promise<number> {
  const actuator = actuatorFor('restore', targetKind, patchKinds);
  if (actuator === null) return 2;
  const clock = createSystemClock();
  const outcome = await restoreTarget({
    client: targetClient(call.transport, actuator.resource, clock),
    actuator,
    namespace: call.namespace,
    name,
    nowMs: clock.nowMs(),
  });
  if (!outcome.ok) {
    process.stderr.write(`kubectl modelrisk restore: ${outcome.failure}\n`);
    return 1;
  }
  say(call, outcome.value, [outcome.value.message]);
  return 0;
}

async function captureFor(call: Call, { name, indicator, url, configMap, apply, output }: ReferenceCapture): Promise<number> {
  const policies = policiesClient(call.transport);
  const configMaps = createResourceClient<UntypedObject>({
    transport: call.transport,
    fieldManager: 'kubectl-modelrisk',
    resource: { group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap', namespaced: true },
  });
  const report = await captureReference({
    clients: { risks: ownClient(call.transport, 'modelrisks', 'ModelRisk'), policies, configMaps },
    ...{ namespace: call.namespace, name, indicator, url, configMap, apply },
    nowMs: createSystemClock().nowMs(),
    ask: askOnce(createSystemClock()),
  });
  if (!report.ok) {
    process.stderr.write(`kubectl modelrisk reference capture: ${report.failure}\n`);
    return 1;
  }
  if (apply || call.json) say(call, report.value, report.value.sentences);
  else process.stdout.write(printReference(report.value, output));
  return 0;
}

async function restoreEverything(
  call: Call,
  { dropFinalizers, patchKinds }: Extract<Command, { readonly kind: 'RestoreAll' }>,
): Promise<number> {
  const known = knownActuators(patchKinds);
  if (!known.ok) {
    process.stderr.write(`kubectl modelrisk restore: --patch-kinds: ${known.failure}\n`);
    return 2;
  }
  const clock = createSystemClock();
  const report = await restoreAll({
    targets: known.value.map((actuator) => ({
      actuator,
      client: targetClient(call.transport, actuator.resource, clock),
    })),
    plans: ownClient(call.transport, 'mitigationplans', 'MitigationPlan'),
    namespace: call.allNamespaces ? null : call.namespace,
    dropFinalizers,
    nowMs: clock.nowMs(),
  });
  const { sentences, ...facts } = report;
  say(call, facts, sentences);
  for (const sentence of report.failures) process.stderr.write(`kubectl modelrisk restore: ${sentence}\n`);
  return report.failures.length === 0 ? 0 : 1;
}

async function run(call: Call, command: Exclude<Command, { readonly kind: 'Help' }>): Promise<number> {
  switch (command.kind) {
    case 'AuditVerify':
      return printAudit(auditClients(call.transport), { ...call, ...within(call) });
    case 'AuditExport':
      return printExport(auditClients(call.transport), within(call).namespace);
    case 'VerifyExport':
      return printVerification(command, auditClients(call.transport), { ...call, ...within(call) });
    case 'Backlog':
      return backlog(call, command.policy);
    case 'Doctor':
      return doctor(call);
    case 'Explain':
      return print(call, command.kind, await explainNamed(call, command.name));
    case 'Incidents':
      return printIncidents(incidentsOf(call), { ...call, ...within(call) });
    case 'Metrics':
      return printMetrics(recordClients(call), { ...call, ...within(call), periodDays: command.periodDays });
    case 'Act':
      return printAct(recordClients(call), command, { ...call, nowMs: createSystemClock().nowMs() });
    case 'List':
      return print(call, command.kind, await listModels(call));
    case 'Playbook':
      return print(call, command.kind, await showPlaybook(call, command.name));
    case 'Gate':
      return gate(call, command);
    case 'Pack':
      return printPack(call, command, createSystemClock().nowMs());
    case 'Report':
      return printReport({ ...call, nowMs: createSystemClock().nowMs() }, command);
    case 'Reviews':
      return reviews(call);
    case 'Propose':
      return propose(call, command);
    case 'SignOff':
      return sign(call, command);
    case 'Drill':
      return drill(call, command);
    case 'Restore':
      return restore(call, command);
    case 'ReferenceCapture':
      return captureFor(call, command);
    case 'RestoreAll':
      return restoreEverything(call, command);
    default:
      return assertNever(command);
  }
}

async function main(): Promise<number> {
  const parsed = readArguments(process.argv.slice(2));
  if (!parsed.ok) {
    process.stderr.write(`kubectl modelrisk: ${parsed.failure}\n\n${helpAfter(parsed.failure, process.argv.slice(2), usage)}`);
    return 2;
  }
  const { command, namespace, allNamespaces, json, kubeconfig, context } = parsed.value;
  if (command.kind === 'Help') {
    process.stdout.write(helpOn(process.argv.slice(2), usage));
    return 0;
  }
  // An auditor has no credentials: neither cluster nor kubeconfig is needed, and a namespace counts only if it was named.
  if (command.kind === 'VerifyExport' && (command.offline || command.against !== null))
    return printVerification(command, null, { namespace, json, nowMs: createSystemClock().nowMs() });
  const access = await loadClusterAccess({ kubeconfigPath: kubeconfig, context });
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
    return await run({ namespace: namespace ?? access.value.namespace, allNamespaces, json, transport }, command);
  } finally {
    await transport.close();
  }
}

process.exitCode = await main();
