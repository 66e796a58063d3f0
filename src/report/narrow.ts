import type { ReportObjects } from './objects.ts';

interface Placed {
  readonly metadata?: { readonly namespace?: string };
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
