import * as z from 'zod';
import { name, setList } from '../fields.ts';

export const maxMembers = 16;

export const quorumSchema = z
  .object({
    indicators: setList(name('Another indicator of this ModelRisk, no quorum itself.'), {
      min: 2,
      max: maxMembers,
      description: 'Indicators that are counted, 2 to 16.',
    }),
    atLeast: z.int().min(1).max(maxMembers).meta({
      description:
        'So many of them in Breach at once are a breach. Ok only when even those without a usable verdict could not make it so many; else Insufficient. It is the limit: threshold is left out.',
    }),
  })
  .meta({ description: 'How many other indicators of this model are in Breach. It asks nothing of its own.' });

/** On the indicator that has the quorum. */
export const quorumRules = [
  {
    rule: 'has(self.threshold) ? !has(self.signal.quorum) : !has(self.signal.promQL)',
    fieldPath: '.threshold',
    message:
      'beside signal.promQL write a threshold (that of a template the playbook of the tier may supply); beside signal.quorum leave it out, its limit is atLeast',
  },
  {
    rule: '!has(self.signal.quorum) || self.signal.quorum.atLeast <= self.signal.quorum.indicators.size()',
    fieldPath: '.signal.quorum.atLeast',
    message: 'so many indicators are not listed, and it could never breach: write an atLeast of at most their number',
  },
  {
    rule: '!has(self.signal.quorum) || (!has(self.minSamples) && !has(self.objective))',
    fieldPath: '.signal.quorum',
    message: 'a quorum counts verdicts, not rows: leave minSamples and objective out',
  },
] as const;

/** On the spec: among all of its indicators. */
export const quorumMembersRule = {
  rule: 'self.indicators.all(i, !has(i.signal.quorum) || i.signal.quorum.indicators.all(m, self.indicators.exists(o, o.name == m && !has(o.signal.quorum))))',
  fieldPath: '.indicators',
  message: 'signal.quorum.indicators names other entries of indicators that are no quorum themselves: correct the names',
} as const;
