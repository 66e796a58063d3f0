import * as z from 'zod';
import { hypotheses } from '../core/statistics/breach-chance.ts';

const expected = (description: string) => z.number().min(0).meta({ description });

/** What an indicator alarms while nothing is wrong. */
export const falseAlarmStatus = z
  .object({
    assuming: z.enum(hypotheses).meta({
      description:
        'What is supposed to be so while nothing is wrong. NoDrift: live and reference rows come from one distribution. Calibrated: scores are the chances they say. BudgetRate: errors come at the rate the objective allows. AtClear: the true value stands at threshold.clear. SampleAtClear: so does the true difference, over all looks at one sample of a comparison together. Baseline: readings vary as their baseline did. Members: nothing is wrong with any member of the quorum. Counted: all there is was counted, so that chance has no part in it.',
    }),
    lookChance: expected('Chance of a Breach at one look then, at most, with as many rows as the last change of verdict or state had.').max(
      1,
    ),
    monthlyAtLeast: expected('Expected times the indicator fires in 30 days then, at least, if its value wanders as a normal one does.'),
    monthlyAtMost: expected('Expected times the indicator fires in 30 days then, at most, over all looks.'),
  })
  .meta({ description: 'Expected false alarms. Left out: the law of the value is not known, or nothing usable was read yet.' });
