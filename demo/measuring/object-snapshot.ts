import { canonicalJSON } from '../../src/shared/canonical-json.ts';
import type { JSONValue } from '../../src/shared/json.ts';

/** What must be the same again after a release, as canonical text: everything but status and the server's own counters. */
export interface ObjectSnapshot {
  readonly spec: string;
  readonly labels: string;
  readonly annotations: string;
  readonly finalizers: string;
  /** Who owns which fields; times are left out, and so is who wrote the status, which no user owns. */
  readonly managers: string;
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
  const managers = managedFields
    .filter(({ subresource }) => subresource === undefined)
    .map(({ manager = '', operation = '', fieldsV1 = {} }) => canonicalJSON({ manager, operation, fieldsV1 }))
    .sort();
  return {
    spec: canonicalJSON(object['spec'] as JSONValue),
    labels: canonicalJSON(labels),
    annotations: canonicalJSON(annotations),
    finalizers: canonicalJSON(finalizers),
    managers: canonicalJSON(managers),
  };
}

/** The parts that are not byte for byte what they were; empty when all are. */
export function changedParts(before: ObjectSnapshot, after: ObjectSnapshot): readonly SnapshotPart[] {
  return (Object.keys(before) as readonly SnapshotPart[]).filter((part) => before[part] !== after[part]);
}
