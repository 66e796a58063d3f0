import * as z from 'zod';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import type { CELRule } from './cel.ts';
import type { DeepReadonly } from './deep-readonly.ts';

export const group = 'modelrisk.dev';
export const version = 'v1alpha1';

/** What the server puts on every object and we read; the rest (ownerReferences, managedFields) is left out. */
const metadata = z.object({
  name: z.string(),
  namespace: z.string().exactOptional(),
  uid: z.string(),
  resourceVersion: z.string(),
  creationTimestamp: z.string(),
  generation: z.int().exactOptional(),
  deletionTimestamp: z.string().exactOptional(),
  labels: z.record(z.string(), z.string()).exactOptional(),
  annotations: z.record(z.string(), z.string()).exactOptional(),
  finalizers: z.array(z.string()).exactOptional(),
});

type Metadata = DeepReadonly<z.output<typeof metadata>>;

export interface PrinterColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'number' | 'date';
  readonly jsonPath: string;
  readonly description: string;
  /** 1 shows only with `-o wide`. */
  readonly priority?: 0 | 1;
}

/** Everything a CRD says of a kind. `status` is null for kinds without a status subresource. */
export interface Kind<Spec extends z.ZodType, Status extends z.ZodType | null> {
  readonly kind: string;
  readonly plural: string;
  readonly shortNames: readonly string[];
  readonly scope: 'Cluster' | 'Namespaced';
  readonly description: string;
  readonly spec: Spec;
  readonly status: Status;
  readonly printerColumns: readonly PrinterColumn[];
  readonly selectableFields: readonly string[];
  /** Rules over the whole object: only these see `self.metadata.name`. */
  readonly rules: readonly CELRule[];
}

/** A stored object: its spec with defaults filled in, its status as the operator last wrote it. */
export type StoredObject<Spec extends z.ZodType, Status extends z.ZodType> = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
  readonly spec: DeepReadonly<z.output<Spec>>;
  readonly status: DeepReadonly<z.output<Status>>;
};

/**
 * Makes the reader of a kind. It never throws: an object stored under an older schema, or written by a newer operator, can lack
 * or carry anything. Unknown fields are left out; each failure is one sentence that names the field.
 */
export function readerOf<Spec extends z.ZodType, Status extends z.ZodType>(
  kind: Pick<Kind<Spec, Status>, 'spec' | 'status'>,
): (object: unknown) => Result<StoredObject<Spec, Status>, readonly string[]> {
  // Made once: zod compiles each schema it meets for the first time, which takes longer and more memory than all reading.
  const envelope = z.object({
    apiVersion: z.string(),
    kind: z.string(),
    metadata,
    spec: kind.spec,
    status: kind.status.prefault({} as z.input<Status>),
  });
  return (object) => {
    const parsed = envelope.safeParse(object);
    if (!parsed.success) return failure(parsed.error.issues.flatMap((issue) => sentences(issue, [])));
    return success(parsed.data as unknown as StoredObject<Spec, Status>);
  };
}

/** `spec.indicators[0].threshold.breach: Invalid input: expected number, received string` */
export function sentences(issue: z.core.$ZodIssue, parents: readonly PropertyKey[]): readonly string[] {
  const path = [...parents, ...issue.path];
  if (issue.code !== 'invalid_union') return [`${pathText(path)}: ${issue.message}`];
  // The alternative that got furthest is the one the author meant; of equals one of which something was written.
  const closest = [...issue.errors].sort((a, b) => depth(b) - depth(a) || missing(a) - missing(b) || a.length - b.length)[0];
  if (closest === undefined || closest.length === 0) return [`${pathText(path)}: ${issue.message}`];
  return closest.flatMap((nested) => sentences(nested, path));
}

function depth(issues: readonly z.core.$ZodIssue[]): number {
  return Math.max(0, ...issues.map((issue) => issue.path.length));
}

function missing(issues: readonly z.core.$ZodIssue[]): number {
  return issues.filter(({ code, message }) => code === 'invalid_type' && message.endsWith('received undefined')).length;
}

function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '');
}
