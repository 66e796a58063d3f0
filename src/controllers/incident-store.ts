import { parseRiskChainHead, chainHeadName } from '../api/risk-chain-head.ts';
import { parseRiskIncident } from '../api/risk-incident.ts';
import type { ChainHead, IncidentStore, NewIncident, RecordFailure, StoredIncident } from '../governance/incident-log.ts';
import type { IncidentEntry } from '../core/model/incident-entry.ts';
import type { WriteFailure } from '../kube/api-failure.ts';
import type { NewObject, UntypedObject } from '../kube/kube-object.ts';
import { fencedClient } from '../kube/fenced-client.ts';
import type { Fence } from '../kube/fenced-client.ts';
import type { Transport } from '../kube/transport.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import type { JSONPatchOperation } from '../shared/json.ts';
import type { Cluster } from './cluster.ts';
import { clientOf } from './rare-kinds.ts';

function refused(cause: WriteFailure): Result<never, RecordFailure> {
  return failure({ message: cause.message, isFinal: cause.kind === 'Denied' && cause.namespaceTerminates === true });
}

function unreadable(message: string): Result<never, RecordFailure> {
  return failure({ message, isFinal: false });
}

/** Those that can be read. */
export function storedIn(objects: readonly UntypedObject[]): readonly StoredIncident[] {
  return objects.flatMap((object) => {
    const stored = toStored(object);
    return stored.ok ? [stored.value] : [];
  });
}

/** A record as the log reads it; a sentence where it can't be read. */
function toStored(object: UntypedObject): Result<StoredIncident, RecordFailure> {
  const parsed = parseRiskIncident(object);
  if (!parsed.ok) return unreadable(`RiskIncident ${object.metadata.name} can't be read: ${parsed.failure.join('; ')}`);
  const { metadata, spec, status } = parsed.value;
  return success({
    name: metadata.name,
    uid: metadata.uid,
    resourceVersion: metadata.resourceVersion,
    firstPrevHash: spec.firstPrevHash,
    entries: status.entries,
  });
}

function toObject(namespace: string, { name, firstPrevHash, continues, opening }: NewIncident): NewObject<UntypedObject> {
  const spec = { ...opening, firstPrevHash, ...(continues === null ? {} : { continues }) };
  return {
    apiVersion: 'modelrisk.dev/v1alpha1',
    kind: 'RiskIncident',
    metadata: { name, namespace },
    spec: spec,
  };
}

/** `kubectl wait --for=condition=Closed` ends with the engagement, or with the postmortem of what was reported. */
function closed(at: string, entries: readonly IncidentEntry[]) {
  const isReported = entries[0]?.type === 'Reported';
  const reason = isReported ? 'PostmortemRecorded' : 'EngagementOver';
  const message = isReported
    ? 'It was reported and looked back at.'
    : 'The engagement is over: its targets were given back, or none was ever touched.';
  return [{ type: 'Closed', status: 'True', reason, message, lastTransitionTime: at, observedGeneration: 1 }];
}

function closing(at: string, entries: readonly IncidentEntry[]): readonly JSONPatchOperation[] {
  return [
    { op: 'add', path: '/status/closedAt', value: at },
    { op: 'add', path: '/status/conditions', value: closed(at, entries) },
  ];
}

/** Appends behind what was read, or starts the list; a record somebody else has changed meanwhile is read again. */
function entryOperations(
  incident: StoredIncident,
  entries: readonly IncidentEntry[],
  closedAt: string | null,
): readonly JSONPatchOperation[] {
  const added = entries.slice(incident.entries.length).map((entry) => ({ ...entry }));
  const unchanged: JSONPatchOperation = { op: 'test', path: '/metadata/resourceVersion', value: incident.resourceVersion };
  if (incident.entries.length === 0)
    return [
      unchanged,
      {
        op: 'add',
        path: '/status',
        value: { entries: added, ...(closedAt === null ? {} : { closedAt, conditions: closed(closedAt, entries) }) },
      },
    ];
  const appended = added.map((value): JSONPatchOperation => ({ op: 'add', path: '/status/entries/-', value }));
  return [unchanged, ...appended, ...(closedAt === null ? [] : closing(closedAt, entries))];
}

function toHead(object: UntypedObject): Result<ChainHead, RecordFailure> {
  const parsed = parseRiskChainHead(object);
  if (!parsed.ok) return unreadable(`RiskChainHead ${chainHeadName} can't be read: ${parsed.failure.join('; ')}`);
  return success({
    resourceVersion: parsed.value.metadata.resourceVersion,
    last: parsed.value.spec.last ?? null,
    tails: parsed.value.spec.tails,
  });
}

function fromHead(namespace: string, head: ChainHead): NewObject<UntypedObject> {
  const spec = { tails: head.tails.map((tail) => ({ ...tail })), ...(head.last === null ? {} : { last: { ...head.last } }) };
  return {
    apiVersion: 'modelrisk.dev/v1alpha1',
    kind: 'RiskChainHead',
    metadata: { name: chainHeadName, namespace },
    spec,
  };
}

export interface IncidentStoreOptions {
  readonly cluster: { readonly own: Pick<Cluster['own'], 'incidents'> };
  readonly transport: Transport;
  readonly fence: Fence;
  readonly requestTimeoutMs: number;
}

/** The incident log's store on the API server. Reads are live: a cache that lags would fork the chain. */
export function createIncidentStore({ cluster, transport, fence, requestTimeoutMs }: IncidentStoreOptions): IncidentStore {
  const incidents = cluster.own.incidents.client;
  const heads = fencedClient(clientOf(transport, 'RiskChainHead'), fence, requestTimeoutMs);
  return {
    read: async (namespace, name) => {
      const read = await incidents.get({ namespace, name });
      if (read.ok) return toStored(read.value);
      return read.failure.kind === 'NotFound' ? success(null) : refused(read.failure);
    },
    create: async (namespace, incident) => {
      const created = await incidents.create(toObject(namespace, incident));
      return created.ok ? toStored(created.value) : refused(created.failure);
    },
    writeEntries: async (namespace, incident, { entries, closedAt }) => {
      const written = await incidents.patch({ namespace, name: incident.name }, entryOperations(incident, entries, closedAt), 'status');
      return written.ok ? toStored(written.value) : refused(written.failure);
    },
    readHead: async (namespace) => {
      const read = await heads.get({ namespace, name: chainHeadName });
      if (read.ok) return toHead(read.value);
      return read.failure.kind === 'NotFound' ? success({ resourceVersion: null, last: null, tails: [] }) : refused(read.failure);
    },
    writeHead: async (namespace, head) => {
      const object = fromHead(namespace, head);
      const { resourceVersion } = head;
      const written =
        resourceVersion === null
          ? await heads.create(object)
          : await heads.replace({ ...object, metadata: { name: chainHeadName, namespace, resourceVersion } } as unknown as UntypedObject);
      return written.ok ? success(null) : refused(written.failure);
    },
  };
}
