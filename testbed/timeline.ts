import type { KubeObject } from './api-client.ts';
import type { KubeRequest } from './kube-request.ts';

/** A revision of an object as the API server's own watch showed it. */
export interface ObjectEvent {
  readonly kind: 'Object';
  readonly atMs: number;
  readonly change: 'Added' | 'Modified' | 'Deleted';
  /** Plural of the kind, e.g. `httproutes`. */
  readonly resource: string;
  readonly object: KubeObject;
}

/** What the signal says from now on; noted by the test that sets it. */
export interface SignalEvent {
  readonly kind: 'Signal';
  readonly atMs: number;
  readonly reading: 'Ok' | 'Breach' | 'Missing';
}

/**
 * What users want of an object from now on, whole: the test's own word, not derived from the journal. Its
 * `metadata.resourceVersion` is that of the server's answer to the edit. Without one the first revision is the intent.
 */
export interface IntentEvent {
  readonly kind: 'Intent';
  readonly atMs: number;
  readonly resource: string;
  readonly object: KubeObject;
}

/** A request of the operator that was answered. */
export interface WriteEvent {
  readonly kind: 'Write';
  readonly atMs: number;
  readonly request: KubeRequest;
  readonly status: number;
  /** It changed something. */
  readonly effective: boolean;
}

/** A person released, approved or deleted: what follows needs no Ok. */
export interface PersonEvent {
  readonly kind: 'Person';
  readonly atMs: number;
}

/** The recorder missed something, so nothing it says can be trusted. */
export interface GapEvent {
  readonly kind: 'Gap';
  readonly atMs: number;
  readonly message: string;
}

export type TimelineEvent = ObjectEvent | SignalEvent | IntentEvent | WriteEvent | PersonEvent | GapEvent;

export type Timeline = readonly TimelineEvent[];

/** What is recorded beside the objects acted on. */
const bookkeeping: ReadonlySet<string> = new Set(['mitigationplans', 'riskincidents', 'modelrisks', 'riskchainheads', 'endpointslices']);

/**
 * Kinds of objects acted on that the watch showed: all that is recorded but our own bookkeeping and the endpoints. A kind of which nothing
 * was recorded is not judged by this; `end-state.ts` compares with a run without a fault, where it was.
 */
export function targetResourcesIn(timeline: Timeline): readonly string[] {
  const seen = timeline.flatMap((event) => (event.kind === 'Object' ? [event.resource] : []));
  return [...new Set(seen)].filter((resource) => !bookkeeping.has(resource)).toSorted();
}

/** One engagement as a journal names it. */
export interface JournalClaim {
  readonly holder: { readonly plan: string; readonly planUID: string; readonly engagement: number; readonly stage: number };
  readonly constraints: readonly { readonly kind: string; readonly maxPercent?: number }[];
}

/** As much of a journal as is judged. */
export interface JournalView {
  readonly state: string;
  readonly claims: readonly JournalClaim[];
}

/** One revision beside the one before it (null: the first of this uid) and its journal. */
export interface Revision {
  readonly event: ObjectEvent;
  readonly previous: KubeObject | null;
  /** Only the operator may write journal and epoch, so a change of either tells its revisions from everybody else's. */
  readonly ours: boolean;
  readonly journal: JournalView | null;
}

export const journalAnnotation = 'modelrisk.dev/journal';
export const epochAnnotation = 'modelrisk.dev/epoch';

export function annotation(object: KubeObject | null, name: string): string | null {
  return object?.metadata.annotations?.[name] ?? null;
}

/** etcd counts revisions over all kinds, so they order events of different watches too. */
export function versionOf(object: KubeObject): number {
  return Number(object.metadata.resourceVersion ?? 0);
}

export function objectEvents(timeline: Timeline, resource: string): readonly ObjectEvent[] {
  const events = timeline.filter((event) => event.kind === 'Object').filter((event) => event.resource === resource);
  return events.toSorted((a, b) => versionOf(a.object) - versionOf(b.object));
}

/** All revisions of all objects of a kind, in the server's order. A deletion is none. */
export function revisionsOf(timeline: Timeline, resource: string): readonly Revision[] {
  const latest = new Map<string, KubeObject>();
  return objectEvents(timeline, resource).flatMap((event) => {
    const uid = event.object.metadata.uid ?? '';
    const previous = latest.get(uid) ?? null;
    latest.set(uid, event.object);
    if (event.change === 'Deleted') return [];
    const differs = (name: string): boolean => annotation(previous, name) !== annotation(event.object, name);
    const ours = differs(journalAnnotation) || differs(epochAnnotation);
    return [{ event, previous, ours, journal: readJournal(annotation(event.object, journalAnnotation)) }];
  });
}

function readJournal(text: string | null): JournalView | null {
  if (text === null) return null;
  const { state, claims } = JSON.parse(text) as { readonly state?: string; readonly claims?: readonly JournalClaim[] };
  return { state: state ?? '', claims: claims ?? [] };
}

/** What users wanted of the object when the revision was written: the latest intent not younger than it. */
export function intentAt(timeline: Timeline, resource: string, revision: KubeObject): KubeObject | null {
  const { name } = revision.metadata;
  const stated = timeline
    .filter((event) => event.kind === 'Intent')
    .filter(
      (event) => event.resource === resource && event.object.metadata.name === name && versionOf(event.object) <= versionOf(revision),
    );
  const first = objectEvents(timeline, resource).find(({ object }) => object.metadata.name === name);
  return stated.at(-1)?.object ?? first?.object ?? null;
}

export function describeRevision({ resource, object }: Pick<ObjectEvent, 'resource' | 'object'>): string {
  return `${resource} ${object.metadata.namespace ?? ''}/${object.metadata.name ?? ''} at ${object.metadata.resourceVersion ?? '?'}`;
}

/** When the last thing happened; parts of a timeline may have been appended out of order. */
export function endOf(timeline: Timeline): number {
  return timeline.reduce((latest, { atMs }) => Math.max(latest, atMs), 0);
}
