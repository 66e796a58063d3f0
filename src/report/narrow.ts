import type { ReportObjects } from './objects.ts';
import { nameOf } from './source.ts';

interface Placed {
  readonly metadata?: { readonly namespace?: string };
  readonly spec?: {
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

/** What is of these models (`namespace/name`): their plans, incidents, and what was decided on any of them. */
export function ofModels(objects: ReportObjects, models: ReadonlySet<string>): ReportObjects {
  const byName = (kind: readonly object[]) => new Map(kind.map((object) => [nameOf(object), riskOf(object)]));
  const owners: Readonly<Record<string, ReadonlyMap<string, string>>> = {
    MitigationPlan: byName(objects.plans),
    RiskIncident: byName(objects.incidents),
  };
  const decidedOn = (object: object): string => {
    const { metadata, spec: { subjectRef: { kind = '', name = '' } = {} } = {} } = object as Placed;
    const subject = `${metadata?.namespace ?? ''}/${name}`;
    return kind === 'ModelRisk' ? subject : (owners[kind]?.get(subject) ?? '');
  };
  return {
    ...objects,
    modelRisks: objects.modelRisks.filter((each) => models.has(nameOf(each))),
    plans: objects.plans.filter((each) => models.has(riskOf(each))),
    incidents: objects.incidents.filter((each) => models.has(riskOf(each))),
    decisions: objects.decisions.filter((each) => models.has(decidedOn(each))),
  };
}
