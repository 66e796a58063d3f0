import { canonicalJSON } from '../../src/shared/canonical-json.ts';
import type { JSONValue } from '../../src/shared/json.ts';

/** What must be the same again after a release, as canonical text: everything but status and the server's own counters. */
export interface ObjectSnapshot {
  readonly spec: string;
  readonly labels: string;
  readonly annotations: string;
  readonly finalizers: string;
  /** Who has written the object, and how; whoever wrote only the status is left out, because no user owns that. */
  readonly managers: string;
  /**
   * Which fields each of them owns. The server takes a field away from its owner when anybody else writes it, and gives
   * it back only when the owner applies again: differs after a release until then, and never stands in an owner's way.
   */
  readonly ownership: string;
}

export type SnapshotPart = keyof ObjectSnapshot;

interface ManagedFields {
  readonly manager?: string;
  readonly operation?: string;
  readonly subresource?: string;
  readonly fieldsV1?: JSONValue;
}

interface SnapshotSource {
  readonly metadata: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly finalizers?: readonly string[];
    readonly managedFields?: readonly ManagedFields[];
  };
  readonly [field: string]: unknown;
}

export function snapshotObject(object: SnapshotSource): ObjectSnapshot {
  const { labels = {}, annotations = {}, finalizers = [], managedFields = [] } = object.metadata;
  const writers = managedFields.filter(({ subresource }) => subresource === undefined);
  const list = (entries: readonly JSONValue[]): string => canonicalJSON(entries.map(canonicalJSON).sort());
  return {
    spec: canonicalJSON(object['spec'] as JSONValue),
    labels: canonicalJSON(labels),
    annotations: canonicalJSON(annotations),
    finalizers: canonicalJSON(finalizers),
    managers: list(writers.map(({ manager = '', operation = '' }) => ({ manager, operation }))),
    ownership: list(writers.map(({ manager = '', operation = '', fieldsV1 = {} }) => ({ manager, operation, fieldsV1 }))),
  };
}

/** The parts that are not byte for byte what they were; empty when all are. */
export function changedParts(before: ObjectSnapshot, after: ObjectSnapshot): readonly SnapshotPart[] {
  return (Object.keys(before) as readonly SnapshotPart[]).filter((part) => before[part] !== after[part]);
}
