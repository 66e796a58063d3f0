import { chainHeadName } from '../api/risk-chain-head.ts';
import { shippedControls } from '../api/shipped-controls.ts';
import type { ReportDocument } from '../core/report/document.ts';
import { auditNamespace } from '../governance/audit.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { ResourceClient } from '../kube/resource-client.ts';
import { underPolicy } from '../report/narrow.ts';
import { readObjects } from '../report/objects.ts';
import type { ObjectReader, ReportObjects } from '../report/objects.ts';
import { packReport } from '../report/pack-report.ts';
import { findingsBy } from '../report/record-findings.ts';
import type { RecordFinding } from '../report/record-findings.ts';
import { verifyRecord } from '../report/verify-record.ts';
import type { EpochMs } from '../shared/clock.ts';
import { failure } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import type { Cluster } from './cluster.ts';
import type { Programme } from './programme.ts';
import { unregisteredIn } from './registration-gauges.ts';

export interface PackWays {
  readonly cluster: Pick<Cluster, 'own' | 'targets' | 'namespace'>;
  readonly programme: Pick<Programme, 'risks' | 'plansOf'>;
  readonly heads: Pick<ResourceClient<UntypedObject>, 'get'>;
  readonly reader: ObjectReader;
  /** Lets others have their turn. */
  readonly pause: () => Promise<void>;
  readonly nowMs: EpochMs;
}

/** Incidents of one namespace whose record is computed again at most: it takes the processor, of a process that protects. */
const mostRecomputed = 200;

const narrowSight =
  'Of workloads without a ModelRisk only those are known here that the operator reads to act on; kubectl modelrisk report --pack looks for more.';

/** What `kubectl modelrisk report --pack` prints, of the models under a policy. Failure: one sentence. */
export async function scheduledPack(
  objects: ReportObjects,
  { policy, framework }: { readonly policy: string; readonly framework: string | null },
  ways: PackWays,
): Promise<Result<ReportDocument, string>> {
  const { cluster, reader, nowMs } = ways;
  const controls = shippedControls();
  if (!controls.ok) return failure(controls.failure.join('; '));
  const under = underPolicy(objects, policy);
  const read = readObjects(under.objects, reader);
  const namespaces = new Set(read.incidents.map(({ metadata }) => metadata.namespace ?? ''));
  const record = await recomputedRecord(namespaces, ways);
  const place = cluster.namespace === null ? 'all namespaces' : `namespace ${cluster.namespace}`;
  return packReport(read, {
    ...{ frameworks: controls.value, framework, nowMs },
    scope: `${place} under RiskPolicy ${policy}`,
    unregistered: unregisteredIn(ways).map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`),
    findings: findingsBy(record.found),
    gaps: [...read.gaps, ...under.gaps, narrowSight, ...record.gaps],
  });
}

async function recomputedRecord(namespaces: Iterable<string>, ways: PackWays) {
  const found = new Map<string, readonly RecordFinding[]>();
  const gaps: string[] = [];
  for (const namespace of namespaces) {
    await ways.pause();
    const findings = await recomputed(namespace, ways);
    if (findings.ok) found.set(namespace, findings.value);
    else gaps.push(`The record of namespace ${namespace} is not computed again here: ${findings.failure}.`);
  }
  return { found, gaps };
}

/** The cache may be a moment behind the head, which is read live: what is found is looked at once more. */
async function recomputed(namespace: string, ways: PackWays): Promise<Result<readonly RecordFinding[], string>> {
  const first = await recomputedOnce(namespace, ways);
  if (!first.ok || first.value.length === 0) return first;
  await ways.pause();
  return recomputedOnce(namespace, ways);
}

async function recomputedOnce(namespace: string, { cluster, heads, reader }: PackWays): Promise<Result<readonly RecordFinding[], string>> {
  const read = await heads.get({ namespace, name: chainHeadName });
  if (!read.ok && read.failure.kind !== 'NotFound')
    return failure(`RiskChainHead ${chainHeadName} can't be read (${read.failure.kind}), give the operator the right to get it`);
  const incidents = cluster.own.incidents.store.byIndex('namespace', namespace);
  if (incidents.length > mostRecomputed)
    return failure(`it has more than ${String(mostRecomputed)} incidents, use kubectl modelrisk audit verify`);
  const verified = verifyRecord(incidents, read.ok ? read.value : null, { audit: auditNamespace, read: reader.incidents });
  return verified.ok ? { ok: true, value: verified.value.findings } : verified;
}
