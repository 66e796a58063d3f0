import { createHash } from 'node:crypto';
import type { JSONPatchOperation, JSONValue } from '../shared/json.ts';
import { asList, asObject, asText, isObject, member, pointerSegment } from './json-reading.ts';
import type { TargetObject } from './port.ts';

export const journalAnnotation = 'modelrisk.dev/journal';
export const epochAnnotation = 'modelrisk.dev/epoch';

/** Labels are not copied to what a controller makes of an object, annotations are. */
export const sealLabel = 'modelrisk.dev/journal-seal';

/** A patch in two halves: a failed test means the object is not the one we computed from. */
export interface PatchHalves {
  readonly tests: readonly JSONPatchOperation[];
  readonly writes: readonly JSONPatchOperation[];
}

export function uidOf(live: TargetObject): string {
  return asText(asObject(live.metadata).uid) ?? '';
}

export function nameOf(live: TargetObject): string {
  return asText(asObject(live.metadata).name) ?? '';
}

export function namespaceOf(live: TargetObject): string {
  return asText(asObject(live.metadata).namespace) ?? '';
}

/** `HTTPRoute lending/credit`, for messages. */
export function describeObject(live: TargetObject): string {
  return `${asText(live.kind) ?? 'object'} ${namespaceOf(live)}/${nameOf(live)}`;
}

/** Kind and name of the controller that writes this object over and over; null when users do. */
export function generatingController(live: TargetObject): string | null {
  const owner = asList(asObject(live.metadata).ownerReferences)
    .map(asObject)
    .find((reference) => reference.controller === true);
  return owner === undefined ? null : `${asText(owner.kind) ?? 'unknown'} ${asText(owner.name) ?? ''}`;
}

export function annotationOf(live: TargetObject, key: string): string | null {
  return asText(member(asObject(asObject(live.metadata).annotations), key));
}

export function hasAnnotations(live: TargetObject): boolean {
  return isObject(asObject(live.metadata).annotations);
}

/** The epoch of the last leader that wrote here; 0 when there is none, or none that a leader of ours could have written. */
export function epochOf(live: TargetObject): number {
  const text = annotationOf(live, epochAnnotation) ?? '';
  return /^(?:0|[1-9][0-9]{0,14})$/.test(text) ? Number(text) : 0;
}

/** Writes journal and epoch, on the object with this uid and with the journal it has now (or none). */
export function stamp(live: TargetObject, journal: string, epoch: number): PatchHalves {
  const uid = { op: 'test', path: '/metadata/uid', value: uidOf(live) } as const;
  if (!hasAnnotations(live)) {
    // A key can't be added to a map that is not there, and a map can't be added over one that appeared meanwhile.
    const created = { [journalAnnotation]: journal, [epochAnnotation]: String(epoch) };
    return {
      tests: [uid, { op: 'test', path: '/metadata/annotations', value: null }],
      writes: [{ op: 'add', path: '/metadata/annotations', value: created }],
    };
  }
  return {
    tests: [uid, { op: 'test', path: annotationPath(journalAnnotation), value: annotationOf(live, journalAnnotation) }],
    writes: [
      { op: 'add', path: annotationPath(journalAnnotation), value: journal },
      { op: 'add', path: annotationPath(epochAnnotation), value: String(epoch) },
    ],
  };
}

/** The same where both are kept apart from the object: it has no annotations of ours, whatever else it has. */
export function stampApart(live: TargetObject, journal: string, epoch: number): PatchHalves {
  return {
    tests: carries(live),
    writes: [
      { op: 'add', path: annotationPath(journalAnnotation), value: journal },
      { op: 'add', path: annotationPath(epochAnnotation), value: String(epoch) },
    ],
  };
}

/** Tests that the object still carries the journal and the epoch it has now. */
export function carries(live: TargetObject): PatchHalves['tests'] {
  return [
    { op: 'test', path: '/metadata/uid', value: uidOf(live) },
    ...[journalAnnotation, epochAnnotation].map(
      (key) => ({ op: 'test', path: annotationPath(key), value: annotationOf(live, key) }) as const,
    ),
  ];
}

/** Takes journal and epoch off again, and the map itself if it was made for them. */
export function unstamp(live: TargetObject, mapCreated: boolean): readonly JSONPatchOperation[] {
  const annotations = asObject(asObject(live.metadata).annotations);
  const uid = { op: 'test', path: '/metadata/uid', value: uidOf(live) } as const;
  const own = [journalAnnotation, epochAnnotation].filter((key) => Object.hasOwn(annotations, key));
  if (mapCreated && Object.keys(annotations).length === own.length) {
    return [uid, { op: 'test', path: '/metadata/annotations', value: annotations }, { op: 'remove', path: '/metadata/annotations' }];
  }
  return [
    uid,
    ...own.map((key) => ({ op: 'test', path: annotationPath(key), value: annotations[key] ?? null }) as const),
    ...own.map((key) => ({ op: 'remove', path: annotationPath(key) }) as const),
  ];
}

/** Whether the label says that this journal was written to this very object. */
export function hasSealOf(live: TargetObject, journal: string): boolean {
  return sealOn(live) === sealOf(journal);
}

/** Marks the object as the one this journal is written to. */
export function seal(live: TargetObject, journal: string): PatchHalves {
  const value = sealOf(journal);
  const labels = asObject(live.metadata).labels;
  if (!isObject(labels)) {
    return {
      tests: [{ op: 'test', path: '/metadata/labels', value: null }],
      writes: [{ op: 'add', path: '/metadata/labels', value: { [sealLabel]: value } }],
    };
  }
  return { tests: [{ op: 'test', path: sealPath, value: sealOn(live) }], writes: [{ op: 'add', path: sealPath, value }] };
}

/** Takes the mark off again, and the map itself when nothing else is in it: the server keeps no empty one. */
export function unseal(live: TargetObject): readonly JSONPatchOperation[] {
  const labels = asObject(asObject(live.metadata).labels);
  if (!Object.hasOwn(labels, sealLabel)) return [];
  if (Object.keys(labels).length === 1)
    return [
      { op: 'test', path: '/metadata/labels', value: labels },
      { op: 'remove', path: '/metadata/labels' },
    ];
  return [
    { op: 'test', path: sealPath, value: sealOn(live) },
    { op: 'remove', path: sealPath },
  ];
}

const sealPath = `/metadata/labels/${pointerSegment(sealLabel)}`;

function sealOn(live: TargetObject): string | null {
  return asText(member(asObject(asObject(live.metadata).labels), sealLabel));
}

/** At most 63 characters fit a label. */
function sealOf(journal: string): string {
  return createHash('sha256').update(journal).digest('hex').slice(0, 40);
}

/**
 * A patch makes its sender owner of whole atomic lists, and the user's next unforced server-side apply would be refused.
 * Gives up every managedFields entry of `manager`, highest index first; null when there is none.
 */
export function disown(live: TargetObject, manager: string): readonly JSONPatchOperation[] | null {
  const entries = asList(asObject(live.metadata).managedFields).map((entry, index) => ({ entry: asObject(entry), index }));
  const own = entries.filter(({ entry }) => entry.manager === manager).reverse();
  if (own.length === 0) return null;
  const tests = own.flatMap(({ entry, index }) =>
    (['manager', 'operation', 'time'] as const).flatMap((field) =>
      entry[field] === undefined ? [] : [{ op: 'test', path: `/metadata/managedFields/${index}/${field}`, value: entry[field] } as const],
    ),
  );
  const uid = { op: 'test', path: '/metadata/uid', value: uidOf(live) } as const;
  // The API server takes an emptied list for a client that forgot it and keeps the old one; one empty entry is its word for "none".
  if (own.length === entries.length) return [uid, ...tests, { op: 'replace', path: '/metadata/managedFields', value: [{}] }];
  return [uid, ...tests, ...own.map(({ index }) => ({ op: 'remove', path: `/metadata/managedFields/${index}` }) as const)];
}

function annotationPath(key: string): string {
  return `/metadata/annotations/${pointerSegment(key)}`;
}

/** Fields of the metadata that any write changes, whoever made it. */
const bookkeeping: ReadonlySet<string> = new Set(['resourceVersion', 'generation', 'managedFields']);

/** All that is its users': without status, without our annotations, without what the API server counts. */
export function usersPart(live: TargetObject): JSONValue {
  const { status: _, metadata, ...others } = live;
  const { annotations, ...rest } = Object.fromEntries(Object.entries(asObject(metadata)).filter(([key]) => !bookkeeping.has(key)));
  if (!isObject(annotations)) return { ...others, metadata: rest };
  const theirs = Object.entries(annotations).filter(([key]) => key !== journalAnnotation && key !== epochAnnotation);
  // A map that held nothing but ours is ours: it goes with them, or was never there (a journal kept apart is only shown in it).
  if (theirs.length === 0 && Object.keys(annotations).length > 0) return { ...others, metadata: rest };
  return { ...others, metadata: { ...rest, annotations: Object.fromEntries(theirs) } };
}
