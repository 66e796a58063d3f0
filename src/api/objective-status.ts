import * as z from 'zod';
import { budgetAt, spentInMs } from '../core/budget/budget.ts';
import type { Objective } from '../core/budget/budget.ts';
import { budgetRecord } from '../core/budget/explain-budget.ts';
import type { BudgetRecord } from '../core/budget/explain-budget.ts';
import { changesKept, foldedKept, lastStanding } from '../core/budget/ledger.ts';
import type { BudgetLedger } from '../core/budget/ledger.ts';
import type { EpochMs } from '../shared/clock.ts';
import type { DeepReadonly } from './deep-readonly.ts';
import { instant, mapList, seconds } from './fields.ts';
import { fromInstant, toInstant } from './instant.ts';

const sum = (description: string) => z.number().min(0).meta({ description });

const change = z
  .object({
    at: instant('When it came to stand so.'),
    standing: z.enum(['Good', 'Bad', 'None']).meta({
      description:
        'Good: readings of live answers were no breach. Bad: they were one. None: it could not be told, so it counts on neither side.',
    }),
  })
  .meta({ description: 'It stands so until the next change.' });

const folded = z
  .object({
    at: instant('When it began; it ends where the next one begins.'),
    goodSeconds: sum('Seconds of it that were good.'),
    badSeconds: sum('Seconds of it that were a breach. The rest could not be told.'),
  })
  .meta({ description: 'The sums of older time.' });

export const objectiveStatus = z
  .object({
    targetPercent: z.number().min(0).max(100).meta({ description: 'Share that must not be a breach, as it is in force.' }),
    windowSeconds: seconds(1, 'Seconds it is counted over.'),
    changes: mapList(change, 'at', { max: changesKept, description: 'The last changes, oldest first.' }),
    folded: mapList(folded, 'at', { max: foldedKept, description: 'What is older than they are, oldest first.' }).default([]),
    budgetLeft: z
      .number()
      .meta({
        description:
          'Share of the error budget that was left at asOf: 1 is untouched, below 0 more than spent. Replaced at each change, and when it has moved by a tenth; the live number is in /metrics. Left out: nothing was judged.',
      })
      .exactOptional(),
    asOf: instant('Time of budgetLeft.').exactOptional(),
    spentAt: instant('Since when the budget is spent; goes when a tenth of it is back.').exactOptional(),
  })
  .meta({ description: 'How well the objective of the indicator was kept: what its budget is computed from.' });

export type ObjectiveStatus = DeepReadonly<z.output<typeof objectiveStatus>>;

export function toObjectiveStatus(
  { targetPercent, windowSeconds }: Objective,
  { folded: sums, changes }: BudgetLedger,
): Omit<ObjectiveStatus, 'budgetLeft' | 'asOf' | 'spentAt'> {
  return {
    ...{ targetPercent, windowSeconds },
    changes: changes.map(({ atMs, standing }) => ({ at: toInstant(atMs), standing })),
    folded: sums.map(({ atMs, goodMs, badMs }) => ({ at: toInstant(atMs), goodSeconds: goodMs / 1000, badSeconds: badMs / 1000 })),
  };
}

export function toBudgetLedger({ changes, folded: sums }: Pick<ObjectiveStatus, 'changes' | 'folded'>): BudgetLedger {
  const ms = (value: number): number => Math.round(value * 1000);
  return {
    changes: changes.map(({ at, standing }) => ({ atMs: fromInstant(at), standing })),
    folded: sums.map(({ at, goodSeconds, badSeconds }) => ({ atMs: fromInstant(at), goodMs: ms(goodSeconds), badMs: ms(badSeconds) })),
  };
}

/** From the object alone, as if the operator had looked until `nowMs`. */
export function budgetOfStatus(indicator: string, status: ObjectiveStatus, nowMs: EpochMs): BudgetRecord {
  const ledger = toBudgetLedger(status);
  const { targetPercent } = status;
  return budgetRecord(
    { indicator, targetPercent, standing: lastStanding(ledger) },
    budgetAt(ledger, status, { nowMs }),
    spentInMs(ledger, status, nowMs),
  );
}
