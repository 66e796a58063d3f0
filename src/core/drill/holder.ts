/** No object name has a slash, so no plan can be called so. */
const suffix = '/drill';

/** Longest name a journal takes. */
const maxNameLength = 253;

/**
 * Under which name a drill holds its targets: never the plan's own. A real engagement of the plan is another holder beside it, and a
 * drill nobody runs any more (its process ended) is known by its name and given back.
 */
export function drillHolder(plan: { readonly name: string; readonly uid: string }): { readonly name: string; readonly uid: string } {
  const name = `${plan.name}${suffix}`;
  return { name: name.length <= maxNameLength ? name : `${plan.uid}${suffix}`, uid: `${plan.uid}${suffix}` };
}

export function isDrillHolder(planName: string): boolean {
  return planName.endsWith(suffix);
}
