import * as z from 'zod';
import type { Threshold } from '../core/model/indicator.ts';
import { decimal } from './fields.ts';

/** Limits as they were when a reading was judged. */
export const thresholdSnapshot = z
  .object({
    direction: z.enum(['Above', 'Below']).meta({ description: 'Side on which the value is bad.' }),
    warn: decimal('Limit of Warn.').exactOptional(),
    breach: decimal('Limit of Breach.'),
    clear: decimal('Limit of Ok while firing.'),
    severe: decimal('Limit of escalation where the signal scales with no share.').exactOptional(),
  })
  .meta({ description: 'Limits as they were.' });

export function toThresholdSnapshot({ direction, warn, breach, clear, severe }: Threshold): z.output<typeof thresholdSnapshot> {
  return { direction, ...(warn === null ? {} : { warn }), breach, clear, ...(severe === null ? {} : { severe }) };
}
