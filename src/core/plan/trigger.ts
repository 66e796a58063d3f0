import type { Trigger } from '../model/plan.ts';

/** Whether what holds of these indicators holds of the trigger: of one of them, or of each, where need be by one that stands for it. */
export function holdsOf({ indicators, match, standIns = [] }: Trigger, holds: (name: string) => boolean): boolean {
  if (match === 'Any') return indicators.some(holds);
  const added = new Set(standIns.flatMap(({ by }) => by));
  const asked = indicators.filter((name) => !added.has(name));
  return asked.length > 0 && asked.every((name) => holds(name) || standIns.some(({ of, by }) => of === name && by.some(holds)));
}
