import type { UntypedObject } from '../kube/kube-object.ts';

/** Under which a record is found by what it is about. */
export function subjectKey(kind: string, namespace: string, name: string): string {
  return `${kind} ${namespace}/${name}`;
}

type Named = { readonly kind?: unknown; readonly name?: unknown } | null;

interface RawRecord {
  readonly spec?: { readonly subjectRef?: Named; readonly planRef?: Named } | null;
}

/**
 * Of a decision what it decides on, of an incident its plan. Records are never deleted, and at every poll somebody asks for those of one
 * plan or model: a walk over all of the namespace would take longer each year.
 */
export function subjectsOf(object: UntypedObject): readonly string[] {
  const { spec } = object as RawRecord;
  const namespace = object.metadata.namespace ?? '';
  const { kind, name } = spec?.subjectRef ?? {};
  if (typeof kind === 'string' && typeof name === 'string') return [subjectKey(kind, namespace, name)];
  const plan = spec?.planRef?.name;
  return typeof plan === 'string' ? [subjectKey('MitigationPlan', namespace, plan)] : [];
}
