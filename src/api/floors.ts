import * as z from 'zod';
import type { DeepReadonly } from './deep-readonly.ts';
import { count, decimal, mapList, name, requiredText, seconds, setList } from './fields.ts';
import { direction } from './threshold.ts';

const limit = z
  .object({
    signal: name('Entry of signals.'),
    direction,
    breach: decimal('The loosest breach limit an indicator of this signal may have, in the unit of the signal.'),
    forSeconds: seconds(0, 'The longest forSeconds it may have. Left out: as written.').exactOptional(),
    minSamples: count(1_000_000_000, 'The largest minSamples it may have. Left out: as written.').exactOptional(),
    staleAfterSeconds: seconds(1, 'The longest staleAfterSeconds it may have. Left out: as written.').exactOptional(),
    clearForSeconds: seconds(0, 'The shortest clearForSeconds it may have. Left out: as written.').exactOptional(),
  })
  .meta({ description: 'The loosest an indicator of one signal may be.' });

const recovery = z
  .object({
    stepSeconds: seconds(1, 'The shortest stepSeconds. Left out: as written.').exactOptional(),
    probeAfterSeconds: seconds(1, 'The shortest probeAfterSeconds. Left out: as written.').exactOptional(),
    probeAttempts: count(100, 'The most probeAttempts. Left out: as written.').exactOptional(),
    maxEngagements: z.int().min(1).max(16).meta({ description: 'The most flap.maxEngagements. Left out: as written.' }).exactOptional(),
    flapWindowSeconds: seconds(1, 'The shortest flap.windowSeconds. Left out: as written.').exactOptional(),
  })
  .meta({ description: 'How soon a plan may give back what it holds, at the soonest.' });

export const floors = z
  .object({
    mode: z
      .enum(['Approve', 'Enforce'])
      .meta({
        description:
          'The mildest mode plans of such models may have: Observe is milder than Approve, Approve milder than Enforce. A model without a plan is not Ready.',
      })
      .exactOptional(),
    onNoData: z
      .enum(['Hold', 'Breach'])
      .meta({ description: 'The mildest onNoData indicators may have: Ignore is milder than Hold, Hold milder than Breach.' })
      .exactOptional(),
    onNoEvidence: z
      .enum(['Escalate'])
      .meta({ description: 'The mildest onNoEvidence plans of such models may have: Hold is milder than Escalate.' })
      .exactOptional(),
    evaluationIntervalSeconds: z
      .int()
      .min(1)
      .max(86_400)
      .meta({ description: 'The longest evaluationIntervalSeconds a model may have.' })
      .exactOptional(),
    recovery: recovery.exactOptional(),
    limits: mapList(limit, 'signal', { min: 1, max: 32, description: 'The loosest limits, by signal.' }).exactOptional(),
    categories: setList(requiredText(63, 'Category of a risk, e.g. Fairness.'), {
      min: 1,
      max: 16,
      description:
        'Categories each model must have an indicator for: one that watches a risk of the category and reads a signal of the policy. A model without is not Ready.',
    }).exactOptional(),
  })
  .meta({
    description:
      'Bounds that owners may tighten and never loosen, nor may the playbook: of what is written and the floor the stricter is in force.',
  });

export type Floors = DeepReadonly<z.output<typeof floors>>;
export type RecoveryFloor = DeepReadonly<z.output<typeof recovery>>;
