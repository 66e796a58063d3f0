import { group, version } from '../api/kind.ts';
import type { ModelRisk } from '../api/model-risk.ts';
import { gateName, maxGateRoles, mostGatedModels, riskGateKind } from '../api/risk-gate.ts';
import type { GatedEntry } from '../api/risk-gate.ts';
import { needsNoSignOff } from '../governance/gate/verdict.ts';
import type { NewObject, UntypedObject } from '../kube/kube-object.ts';
import type { WorkOutcome } from '../kube/work-queue.ts';
import { canonicalJSON } from '../shared/canonical-json.ts';
import type { Logger } from '../shared/logger.ts';
import type { Cluster } from './cluster.ts';
import { previousConditions } from './mitigation-plan.ts';
import { riskSigned, signedModelOf, speaksFor } from './signed-decisions.ts';

export interface RiskGateOptions {
  readonly cluster: Pick<Cluster, 'own' | 'gates'>;
  readonly log: Logger;
}

interface RawRisk {
  readonly spec?: {
    readonly model?: { readonly name?: string };
    readonly workloadRefs?: readonly { readonly kind?: string; readonly name?: string }[];
  };
  readonly status?: Partial<Pick<ModelRisk['status'], 'tier' | 'approvedVersions' | 'missingSignOffs' | 'signOffs' | 'signed'>>;
}

/** Read raw: a model whose spec this operator can't read keeps what was approved of it. */
function entryOf(object: UntypedObject, own: Pick<Cluster['own'], 'risks' | 'decisions'>): GatedEntry {
  const { spec, status: { tier, approvedVersions = [], missingSignOffs = [], signOffs = [], signed } = {} } = object as RawRisk;
  const { namespace = '', name } = object.metadata;
  const decision = signed === undefined ? undefined : own.decisions.store.get(`${namespace}/${signed.decision}`);
  const of = decision === undefined ? name : riskSigned(decision);
  // The workloads of another ModelRisk that is there ask for the versions that one has approved, not for ours.
  const isAnothers = of !== name && speaksFor(spec?.model?.name ?? '', `${namespace}/${of}`, own);
  const signedRefs = decision === undefined || isAnothers ? [] : (signedModelOf(decision)?.workloadRefs ?? []);
  return {
    risk: object.metadata.name,
    tier: tier?.inherent ?? '',
    signOffs: needsNoSignOff({ conditions: previousConditions(object) }) ? 'NotRequired' : 'Required',
    // Those that signed once and are asked no more come last: one role too many and the server would take no gate at all.
    roles: [...new Set([...missingSignOffs, ...signOffs.map(({ role }) => role)])].slice(0, maxGateRoles).sort(),
    approved: approvedVersions.map(({ version: approved, imageDigest }) => ({
      version: approved,
      ...(imageDigest === undefined ? {} : { imageDigest }),
    })),
    workloads: withoutTwins([...signedRefs, ...(spec?.workloadRefs ?? [])]),
  };
}

/** An edit leaves no workload outside that was signed for. */
function withoutTwins(refs: readonly { readonly kind?: string; readonly name?: string }[]): GatedEntry['workloads'] {
  const named = refs.map(({ kind = '', name = '' }) => ({ kind, name }));
  return named.filter((each, index) => named.findIndex(({ kind, name }) => kind === each.kind && name === each.name) === index);
}

/** The gate of a namespace as it should be, by the statuses of its models. */
function desired(namespace: string, own: Pick<Cluster['own'], 'risks' | 'decisions'>): NewObject<UntypedObject> {
  const models = own.risks.store
    .byIndex('namespace', namespace)
    .map((object) => entryOf(object, own))
    .toSorted((a, b) => (a.risk < b.risk ? -1 : 1))
    .slice(0, mostGatedModels);
  return { apiVersion: `${group}/${version}`, kind: riskGateKind.kind, metadata: { name: gateName, namespace }, spec: { models } };
}

/** Keeps the RiskGate of a namespace: there while the namespace opts in, with what its models may deploy now. */
export function createRiskGateController({ cluster, log }: RiskGateOptions): (namespace: string) => Promise<WorkOutcome> {
  const { gates, own } = cluster;
  return async (namespace) => {
    if (!gates.isRead()) return { kind: 'Again', afterMs: 1000, priority: 'Resync' };
    const known = gates.gateIn(namespace);
    if (!gates.isGated(namespace)) {
      const removed = known === null ? null : await gates.client.remove({ namespace, name: gateName }, known.uid);
      return removed === null || removed.ok || removed.failure.kind === 'NotFound' ? { kind: 'Done' } : { kind: 'Retry' };
    }
    const wanted = desired(namespace, own);
    if (known?.spec === canonicalJSON(wanted['spec'] ?? null)) return { kind: 'Done' };
    const written = await gates.client.apply(wanted);
    if (written.ok || (written.failure.kind === 'Denied' && written.failure.namespaceTerminates === true)) return { kind: 'Done' };
    log.warn(
      { namespace, failure: written.failure },
      'the gate of a namespace could not be written; until it is, it lets pass what it did before',
    );
    return { kind: 'Retry' };
  };
}

/** Wakes the gate of a namespace when the namespace, its gate or one of its models changed; until the returned end. */
export function tendGates({ cluster: { gates, own } }: Pick<RiskGateOptions, 'cluster'>, wake: (namespace: string) => void): () => void {
  const ends = [
    gates.onChange(wake),
    own.risks.store.subscribe(({ object }) => {
      const { namespace = '' } = object.metadata;
      if (gates.isGated(namespace)) wake(namespace);
    }),
  ];
  for (const namespace of gates.namespaces()) wake(namespace);
  return () => {
    for (const end of ends) end();
  };
}
