import type { Observation, ObservationSource } from '../../core/model/observation.ts';
import { measureWorkloads, type ClusterState, type WorkloadMeasure } from '../../core/workload/measure.ts';
import type { PodUsage } from '../../core/workload/facts.ts';
import type { Clock, EpochMs } from '../../shared/clock.ts';
import type { ClusterSignal, SignalAnswer, SignalRequest } from '../port.ts';
import type { QueryRecord } from '../answers.ts';
import type { Blind, ClusterFacts, ClusterKind, ClusterReader, Sight } from './port.ts';

type ClusterRequest = SignalRequest<ClusterSignal>;

/** Requests of one kind of measure in one namespace. */
export type ClusterShape = readonly [ClusterRequest, ...ClusterRequest[]];

export interface ClusterLook {
  readonly reader: ClusterReader;
  readonly clock: Clock;
  readonly onQuery: (record: QueryRecord) => void;
  readonly abort: AbortSignal;
}

/** What was read of one namespace for all requests of a shape. */
interface Seen {
  readonly state: ClusterState;
  /** Of the kind that was heard of least recently. */
  readonly heardAtMs: EpochMs;
}

type Unseen = Blind | { readonly kind: 'NotServed'; readonly resource: string };

/** Kinds a measure reads beside the workloads themselves. Of alternatives one is enough. */
function kindsOf(measure: WorkloadMeasure): readonly ClusterKind[] {
  switch (measure.kind) {
    case 'UnreadyReplicas':
      return [];
    case 'Restarts':
    case 'UnapprovedPods':
    case 'Usage':
      return ['Pod'];
    case 'Posture':
      return [
        ...(measure.checks.includes('DisruptionBudget') ? (['PodDisruptionBudget'] as const) : []),
        ...(measure.checks.includes('NetworkPolicy') ? (['NetworkPolicy'] as const) : []),
      ];
    case 'Vulnerabilities':
      return ['Pod', 'VulnerabilityReport'];
    case 'PolicyFindings':
      return ['Pod', 'PolicyReport', 'Report'];
  }
}

export function kindsRead({ measure, references }: Pick<ClusterSignal, 'measure' | 'references'>): readonly ClusterKind[] {
  return [...new Set([...references.map(({ kind }) => kind), ...kindsOf(measure)])];
}

/** Answers every request of one shape from one look at its namespace. Nothing the cluster holds makes it throw. */
export async function lookAtCluster(shape: ClusterShape, look: ClusterLook): Promise<readonly SignalAnswer[]> {
  const { reader, clock, onQuery, abort } = look;
  const [{ signal, identity }] = shape;
  const startedAtMs = clock.nowMs();
  const kinds = [...new Set(shape.flatMap((request) => kindsRead(request.signal)))];
  await reader.open(kinds, abort);
  const usage = signal.measure.kind === 'Usage' ? await reader.usageIn(identity.namespace, abort) : null;
  const nowMs = clock.nowMs();
  const sights = onceEach(reader, identity.namespace);
  const answers = shape.map((request): SignalAnswer => {
    const source = { provider: request.signal.provider, query: request.signal.query, queriedAtMs: nowMs };
    const seen = usage?.ok === false ? usage.failure : lookFor(request, sights, usage?.value ?? []);
    return { key: request.key, observation: 'state' in seen ? observe(request, seen, { reader, source }) : unseen(seen, source) };
  });
  const failed = answers.every(({ observation }) => observation.kind === 'Error');
  onQuery({
    provider: signal.provider,
    result: failed ? 'Unreachable' : 'Success',
    durationMs: nowMs - startedAtMs,
    series: answers.length,
    notices: [],
  });
  return answers;
}

type Sights = <Kind extends ClusterKind>(kind: Kind) => Sight<ClusterFacts[Kind]>;

/** Hundreds of requests may be about one namespace of thousands of pods. */
function onceEach(reader: ClusterReader, namespace: string): Sights {
  const known = new Map<ClusterKind, Sight<ClusterFacts[ClusterKind]>>();
  return <Kind extends ClusterKind>(kind: Kind) => {
    const sight = known.get(kind) ?? reader.read(kind, namespace);
    known.set(kind, sight);
    return sight as Sight<ClusterFacts[Kind]>;
  };
}

function lookFor({ signal }: ClusterRequest, sightOf: Sights, usage: readonly PodUsage[]): Seen | Unseen {
  const wanted = kindsRead(signal);
  const facts: Partial<Record<ClusterKind, readonly unknown[]>> = {};
  let heardAtMs = Infinity;
  let absent: Unseen | null = null;
  for (const kind of wanted) {
    const sight: Sight<ClusterFacts[ClusterKind]> = sightOf(kind);
    if (sight.kind === 'Blind') return sight;
    if (sight.kind === 'NotServed') {
      absent = sight;
      continue;
    }
    facts[kind] = sight.facts;
    heardAtMs = Math.min(heardAtMs, sight.heardAtMs);
  }
  // Two kinds hold policy reports, and few clusters have both.
  const isAlternative = signal.measure.kind === 'PolicyFindings' && (facts.PolicyReport !== undefined || facts.Report !== undefined);
  if (absent !== null && !isAlternative) return absent;
  const of = <Kind extends ClusterKind>(kind: Kind) => (facts[kind] ?? []) as readonly ClusterFacts[Kind][];
  return {
    heardAtMs: wanted.length === 0 ? 0 : heardAtMs,
    state: {
      workloads: [...of('Deployment'), ...of('StatefulSet')],
      pods: of('Pod'),
      disruptionBudgets: of('PodDisruptionBudget'),
      networkPolicies: of('NetworkPolicy'),
      usage,
      vulnerabilityReports: of('VulnerabilityReport'),
      policyReports: [...of('PolicyReport'), ...of('Report')],
    },
  };
}

function observe(
  { signal, identity }: ClusterRequest,
  { state, heardAtMs }: Seen,
  { reader, source }: { readonly reader: ClusterReader; readonly source: ObservationSource },
): Observation {
  const { measure, references, windowSeconds } = signal;
  const read = measureWorkloads(measure, state, {
    references,
    artifact: { version: identity.version, imageDigest: identity.imageDigest ?? null },
    nowMs: source.queriedAtMs,
    windowSeconds,
    restartsOf: (pod, container) => reader.restartsOf(pod, container),
  });
  if (!read.ok) return { kind: 'NoData', ...read.failure, source };
  const { value, sampleCount, interval, computation, detail, dataTimeMs } = read.value;
  return {
    kind: 'Value',
    ...{ value, sampleCount, noiseFloor: null, interval, computation, windowSeconds, source },
    ...(detail === '' ? {} : { detail }),
    dataTimeMs: Math.min(heardAtMs, dataTimeMs ?? heardAtMs),
  };
}

function unseen(sight: Unseen, source: ObservationSource): Observation {
  if (sight.kind === 'Blind') return { kind: 'Error', cause: 'Unreachable', message: sight.message, remedy: sight.remedy, source };
  return {
    kind: 'NoData',
    cause: 'Empty',
    message: `the cluster does not serve ${sight.resource}`,
    remedy: 'Install what writes it, or take the signal out of the ModelRisk.',
    source,
  };
}
