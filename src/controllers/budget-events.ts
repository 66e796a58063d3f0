import type { RecordedEvent } from '../kube/event-recorder.ts';
import type { UntypedObject } from '../kube/kube-object.ts';

interface Shown {
  readonly name: string;
  readonly objective?: { readonly targetPercent?: number; readonly windowSeconds?: number; readonly spentAt?: string };
}

function indicatorsOf(object: UntypedObject): readonly Shown[] {
  const { status } = object as { readonly status?: { readonly indicators?: readonly Shown[] } };
  return status?.indicators ?? [];
}

/** That a budget was spent, and that a tenth of it is back, once each. Of an objective that is gone nothing is told. */
export function budgetEvents(object: UntypedObject, previous: UntypedObject): readonly RecordedEvent[] {
  const before = new Map(indicatorsOf(previous).map(({ name, objective }) => [name, objective]));
  return indicatorsOf(object).flatMap(({ name, objective }): readonly RecordedEvent[] => {
    const was = before.get(name);
    if (objective === undefined || was === undefined || (objective.spentAt === undefined) === (was.spentAt === undefined)) return [];
    const of = `of indicator ${name} (${String(objective.targetPercent)} % over ${String(objective.windowSeconds)} s)`;
    const common = { regarding: object, action: 'Assess' } as const;
    if (objective.spentAt === undefined)
      return [{ ...common, type: 'Normal', reason: 'BudgetBack', note: `A tenth or more of the error budget ${of} is left again.` }];
    const what = `The error budget ${of} is spent: more of the judged time was a breach than the objective allows. No traffic moves by it.`;
    return [
      {
        ...common,
        type: 'Warning',
        reason: 'BudgetSpent',
        note: `${what} kubectl modelrisk explain says by how much; the limits themselves are kept by plans.`,
      },
    ];
  });
}
