import type { UntypedObject } from '../kube/kube-object.ts';
import { createResourceClient } from '../kube/resource-client.ts';
import { createSystemClock } from '../kube/system-clock.ts';
import type { Transport } from '../kube/transport.ts';
import { success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import { explainModelRisk } from './explain.ts';
import { inventorySentences, readInventory } from './inventory.ts';
import { playbookSentences, readPlaybook } from './playbook.ts';
import { clientFor } from './target-client.ts';
import { workloadKinds } from './unregistered.ts';

interface Call {
  readonly namespace: string;
  readonly allNamespaces: boolean;
  readonly transport: Transport;
}

/** For programs, and for people. */
export interface Printable {
  readonly report: object;
  readonly sentences: readonly string[];
}

const own = (transport: Transport, plural: string, kind: string) =>
  clientFor(transport, { group: 'modelrisk.dev', version: 'v1alpha1', plural, kind });

/** What it takes to find the tier of a model. */
export function tierClients(transport: Transport) {
  const resource = { group: 'modelrisk.dev', version: 'v1alpha1', plural: 'riskpolicies', kind: 'RiskPolicy', namespaced: false };
  return {
    risks: own(transport, 'modelrisks', 'ModelRisk'),
    policies: createResourceClient<UntypedObject>({ transport, fieldManager: 'kubectl-modelrisk', resource }),
  };
}

export async function explainNamed({ transport, namespace }: Call, name: string): Promise<Result<Printable, string>> {
  const read = await explainModelRisk(tierClients(transport), { namespace, name, nowMs: createSystemClock().nowMs() });
  return read.ok ? success({ report: read.value, sentences: read.value.sentences }) : read;
}

export async function listModels({ transport, namespace, allNamespaces }: Call): Promise<Result<Printable, string>> {
  const clients = {
    risks: own(transport, 'modelrisks', 'ModelRisk'),
    plans: own(transport, 'mitigationplans', 'MitigationPlan'),
    kinds: workloadKinds.map((resource) => ({ ...resource, client: clientFor(transport, resource) })),
  };
  const read = await readInventory(clients, { namespace: allNamespaces ? null : namespace, nowMs: createSystemClock().nowMs() });
  return read.ok ? success({ report: read.value, sentences: inventorySentences(read.value) }) : read;
}

export async function showPlaybook({ transport, namespace }: Call, name: string): Promise<Result<Printable, string>> {
  const clients = { ...tierClients(transport), plans: own(transport, 'mitigationplans', 'MitigationPlan') };
  const read = await readPlaybook(clients, { namespace, name });
  return read.ok ? success({ report: read.value, sentences: playbookSentences(read.value) }) : read;
}
