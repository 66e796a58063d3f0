import type { UntypedObject } from '../kube/kube-object.ts';

/** Under which a record is found by what it is about. The namespace of a RiskPolicy is ''. */
export function subjectKey(kind: string, namespace: string, name: string): string {
  return `${kind} ${namespace}/${name}`;
}

type Named = { readonly kind?: unknown; readonly name?: unknown } | null;

interface RawRecord {
  readonly spec?: { readonly subjectRef?: Named; readonly planRef?: Named; readonly signed?: unknown } | null;
}

/** Who signs signs a model: it is the same one under whatever name its ModelRisk is written anew. */
function modelSigned(text: unknown): string | null {
  if (typeof text !== 'string') return null;
  try {
    const { name } = (JSON.parse(text) as { readonly model?: Named } | null)?.model ?? {};
    return typeof name === 'string' ? name : null;
  } catch {
    return null;
  }
}

/**
 * Of a decision what it decides on and the model that was signed, of an incident its plan. Records are never deleted, and at every poll somebody asks for those of one
 * plan or model: a walk over all of the namespace would take longer each year.
 */
export function subjectsOf(object: UntypedObject): readonly string[] {
  const { spec } = object as RawRecord;
  const namespace = object.metadata.namespace ?? '';
  const { kind, name } = spec?.subjectRef ?? {};
  const model = modelSigned(spec?.signed);
  const ofModel = model === null ? [] : [subjectKey('Model', namespace, model)];
  if (typeof kind === 'string' && typeof name === 'string')
    return [subjectKey(kind, kind === 'RiskPolicy' ? '' : namespace, name), ...ofModel];
  const plan = spec?.planRef?.name;
  return typeof plan === 'string' ? [subjectKey('MitigationPlan', namespace, plan)] : [];
}
