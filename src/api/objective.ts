import * as z from 'zod';
import { cel } from './cel.ts';
import type { CELRule } from './cel.ts';

const daySeconds = 86_400;

export const objective = z
  .object({
    targetPercent: z.number().min(0).max(99.9999).meta({
      description:
        'Of a burnRate signal: share of events that must be good, in percent, e.g. 99.9. With windowSeconds: share of the readings of live answers that must not be a breach. What is left is the error budget.',
    }),
    windowSeconds: z
      .int()
      .min(7 * daySeconds)
      .max(90 * daySeconds)
      .meta({
        description:
          'Makes it the objective of the indicator itself, over so many seconds, e.g. 2592000 for 30 days: the rules made for Prometheus (prometheusRules of the RiskPolicy) warn when its budget burns too fast. Of every signal but burnRate and quorum. Left out: the objective belongs to a burnRate signal.',
      })
      .exactOptional(),
  })
  .meta({ description: 'Service level objective: of the events a burnRate signal counts, or of the indicator itself.' })
  .meta(
    cel({
      rule: '!has(self.windowSeconds) || self.targetPercent >= 50.0',
      fieldPath: '.targetPercent',
      message: 'no burn of so large a budget could raise an alert: with windowSeconds write a targetPercent of 50 or more',
    }),
  );

/** Of indicators: what a burnRate signal may measure against its objective. */
export const reachableBurnRate: CELRule = {
  rule: "!has(self.objective) || has(self.objective.windowSeconds) || (has(self.threshold) && self.threshold.direction == 'Above' && self.threshold.breach * (100.0 - self.objective.targetPercent) < 100.0)",
  fieldPath: '.threshold.breach',
  message:
    'such a burn rate is never exceeded: with every event bad it is 100 / (100 - targetPercent); write direction: Above and a breach below that',
};
