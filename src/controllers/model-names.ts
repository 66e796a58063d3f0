import type { ModelRisk } from '../api/model-risk.ts';
import type { ObjectKey, UntypedObject } from '../kube/kube-object.ts';
import type { Programme } from './programme.ts';
import type { RiskProblem, RiskState } from './risk-state.ts';

type Risks = Pick<Programme, 'risks'>;

/** ModelRisks of the namespace that say they are of this model. */
export function risksOfModel({ risks }: Risks, namespace: string, model: string): readonly RiskState[] {
  return [...risks.values()].filter(({ identity }) => identity.namespace === namespace && identity.model === model);
}

/** Of a decision about a model; of any other a name that is none. */
export function modelDecidedOn({ metadata, ...decision }: UntypedObject): ObjectKey {
  const { spec } = decision as { readonly spec?: { readonly subjectRef?: { readonly kind?: string; readonly name?: string } } };
  return `${metadata.namespace ?? ''}/${spec?.subjectRef?.kind === 'ModelRisk' ? (spec.subjectRef.name ?? '') : ''}`;
}

/** Told by the younger of the two alone: whoever wrote it can take it back, and the older one was there first. */
export function twinProblems({ key, identity, written }: RiskState, programme: Risks): readonly RiskProblem[] {
  const older = risksOfModel(programme, identity.namespace, identity.model).find(
    (other) => other.key !== key && ageOf(other.written) < ageOf(written) && sharedWorkload(other.written, written) !== undefined,
  );
  const shared = older === undefined ? undefined : sharedWorkload(older.written, written);
  if (older === undefined || shared === undefined) return [];
  const { name } = older.written.metadata;
  const message = `ModelRisk ${name} speaks for model ${identity.model} on ${shared.kind} ${shared.name} too, and what was signed of it binds this one until all have signed it: delete one of them, or write what this one runs on.`;
  return [{ reason: 'ModelTwice', message }];
}

function ageOf({ metadata }: ModelRisk): string {
  return `${metadata.creationTimestamp} ${metadata.name}`;
}

function sharedWorkload({ spec: a }: ModelRisk, { spec: b }: ModelRisk) {
  return a.workloadRefs.find(({ kind, name }) => b.workloadRefs.some((other) => other.kind === kind && other.name === name));
}
