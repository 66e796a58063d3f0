import * as z from 'zod';
import { mapList, requiredText, text } from './fields.ts';
import { tierName } from './risk-tier.ts';

const suppliedTerm = z
  .object({
    field: requiredText(253, 'Field of spec.'),
    value: text(1024, 'What is in force there.'),
    from: z.enum(['Playbook', 'Floor']).meta({ description: 'Playbook: the spec says nothing. Floor: what the spec says is milder.' }),
    tier: tierName('Tier that says so.'),
  })
  .meta({ description: 'One value.' });

/** In the status of models and plans. */
export const suppliedTerms = {
  supplied: mapList(suppliedTerm, 'field', {
    max: 176,
    description: 'Values in force that the tier of the model supplies; all others are as spec says, or the default.',
  }).exactOptional(),
};
