import type { ReportObjects } from './objects.ts';
import { nameOf } from './source.ts';

interface Placed {
  readonly metadata?: { readonly namespace?: string };
  readonly spec?: {
    readonly policyRef?: { readonly name?: string };
    readonly riskRef?: { readonly name?: string };
    readonly subjectRef?: { readonly kind?: string; readonly name?: string };
  };
}

/** What is in one namespace, and the policies, which are in none. Null: all. */
export function insideOf(objects: ReportObjects, namespace: string | null): ReportObjects {
  if (namespace === null) return objects;
  const isInside = (object: object): boolean => (object as Placed).metadata?.namespace === namespace;
  return {
    ...objects,
    modelRisks: objects.modelRisks.filter(isInside),
    plans: objects.plans.filter(isInside),
    incidents: objects.incidents.filter(isInside),
    decisions: objects.decisions.filter(isInside),
  };
}

/** `namespace/name` of the ModelRisk a plan or an incident is of. */
function riskOf(object: object): string {
  const { metadata, spec } = object as Placed;
  return `${metadata?.namespace ?? ''}/${spec?.riskRef?.name ?? ''}`;
}

/** By object: `namespace/name` of the ModelRisk a decision is on, whatever of it the decision names; empty: on none. */
function deciderOf({ plans, incidents }: ReportObjects): (decision: object) => string {
  const byName = (kind: readonly object[]) => new Map(kind.map((object) => [nameOf(object), riskOf(object)]));
  const owners: Readonly<Record<string, ReadonlyMap<string, string>>> = {
    MitigationPlan: byName(plans),
    RiskIncident: byName(incidents),
  };
  return (decision) => {
    const { metadata, spec: { subjectRef: { kind = '', name = '' } = {} } = {} } = decision as Placed;
    const subject = `${metadata?.namespace ?? ''}/${name}`;
    return kind === 'ModelRisk' ? subject : (owners[kind]?.get(subject) ?? '');
  };
}

/** What is of these models (`namespace/name`): their plans, incidents, and what was decided on any of them. */
export function ofModels(objects: ReportObjects, models: ReadonlySet<string>): ReportObjects {
  const decidedOn = deciderOf(objects);
  return {
    ...objects,
    modelRisks: objects.modelRisks.filter((each) => models.has(nameOf(each))),
    plans: objects.plans.filter((each) => models.has(riskOf(each))),
    incidents: objects.incidents.filter((each) => models.has(riskOf(each))),
    decisions: objects.decisions.filter((each) => models.has(decidedOn(each))),
  };
}

/**
 * What goes by one policy, and a sentence for what nobody can tell of. A ModelRisk that is gone names no policy any more: what it left goes by
 * the policy where that is the only one.
 */
export function underPolicy(objects: ReportObjects, policy: string): { readonly objects: ReportObjects; readonly gaps: readonly string[] } {
  const { modelRisks, plans, incidents, decisions, policies } = objects;
  const decidedOn = deciderOf(objects);
  const there = new Set(modelRisks.map(nameOf));
  const isIts = (object: object): boolean => (object as Placed).spec?.policyRef?.name === policy;
  const gone = new Set(
    [...plans.map(riskOf), ...incidents.map(riskOf), ...decisions.map(decidedOn)].filter((id) => id !== '' && !there.has(id)),
  );
  const isOnly = policies.every((each) => nameOf(each) === policy);
  const models = new Set([...modelRisks.filter(isIts).map(nameOf), ...(isOnly ? gone : [])]);
  const onPolicy = decisions.filter((each) => {
    const { kind, name } = (each as Placed).spec?.subjectRef ?? {};
    return kind === 'RiskPolicy' && name === policy;
  });
  const narrowed = ofModels(objects, models);
  return {
    objects: {
      ...narrowed,
      decisions: [...narrowed.decisions, ...onPolicy],
      policies: policies.filter((each) => nameOf(each) === policy),
    },
    gaps: isOnly || gone.size === 0 ? [] : [leftByGone(gone)],
  };
}

const mostNamed = 10;

function leftByGone(gone: ReadonlySet<string>): string {
  const named = [...gone].toSorted().slice(0, mostNamed);
  const more = gone.size > named.length ? ` and ${String(gone.size - named.length)} more` : '';
  return `What is left of ${named.join(', ')}${more} is left out: the ModelRisks are gone, and nobody knows which policy they went by. kubectl modelrisk report -A counts it.`;
}
