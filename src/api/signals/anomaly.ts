import * as z from 'zod';
import type { AnomalyDefinition, AnomalyMethod } from '../../core/statistics/anomaly.ts';
import type { Direction } from '../../core/model/indicator.ts';
import { failure, success, type Result } from '../../shared/result.ts';
import type { DeepReadonly } from '../deep-readonly.ts';
import { decimal, promQL, seconds } from '../fields.ts';
import { keepsLabels, type StatisticQueries } from './statistic-signal.ts';

export const anomalySchema = z
  .object({
    query: promQL(
      'PromQL that answers one reading for each model, identity labels only: a mean, a rate, or for EventCount the increase of a counter.',
    ),
    method: z.enum(['EWMA', 'CUSUM', 'Seasonal', 'EventCount']).meta({
      description:
        "EWMA, CUSUM: small lasting shifts against the indicator's baseline, in standard deviations (limits of 2.962 and 8 alarm once in 500 and 9,483 readings without change). Seasonal: against the median of the same time in earlier seasons, in robust standard deviations. EventCount: too many rare events against earlier windows, in decimal digits of improbability (2 is one chance in a hundred).",
    }),
    everySeconds: seconds(
      1,
      'Seconds between two readings that are compared, at least windowSeconds so that none shares data with another. Seasonal: the season, e.g. 604800.',
    ),
    readings: z
      .int()
      .min(4)
      .max(12)
      .meta({ description: 'Earlier readings that are compared, 4 to 12. Each is one more selector in the query.' }),
    floor: z
      .number()
      .gt(0)
      .meta({
        description:
          'Seasonal: smallest standard deviation to believe, in the unit of the query; a series that never moved would alarm at its first step.',
      })
      .exactOptional(),
  })
  .meta({
    description: 'How unusual the newest reading of a series is against what the series does by itself. Bad when large: direction Above.',
  });

export const anomalyRules = [
  {
    rule: `!has(self.anomaly) || (${keepsLabels('self.anomaly.query')})`,
    fieldPath: '.anomaly.query',
    message:
      'keep every label of identity in the result of anomaly.query, the namespace label above all: aggregate by (namespace, model, ...)',
  },
  {
    rule: '!has(self.anomaly) || self.anomaly.everySeconds >= self.windowSeconds',
    fieldPath: '.anomaly.everySeconds',
    message: 'readings that share data prove nothing together: write everySeconds of at least windowSeconds',
  },
  {
    rule: "!has(self.anomaly) || has(self.anomaly.floor) == (self.anomaly.method == 'Seasonal')",
    fieldPath: '.anomaly.floor',
    message: 'floor goes with method Seasonal, and Seasonal needs one: write it there, leave it out elsewhere',
  },
] as const;

export const anomalyBaseline = z
  .object({
    mean: decimal('Mean of the readings while nothing was wrong, in the unit of the signal.'),
    standardDeviation: z.number().gt(0).meta({ description: 'Their standard deviation, above 0, in the unit of the signal.' }),
  })
  .meta({ description: 'What an anomaly signal of method EWMA or CUSUM is compared to: captured once, while nothing was wrong.' });

type AnomalySpec = DeepReadonly<z.output<typeof anomalySchema>>;
export type AnomalyBaseline = DeepReadonly<z.output<typeof anomalyBaseline>>;

export function anomalyQueries({ query, everySeconds, readings }: AnomalySpec): StatisticQueries {
  const parts = Array.from({ length: readings }, (_, index) => ({
    name: partName(index),
    query,
    labels: [],
    isBaseline: true,
    offsetSeconds: (index + 1) * everySeconds,
  }));
  return { query, labels: [], parts };
}

/** Failure: the end of a sentence about the signal. */
export function anomalyDefinition(
  spec: AnomalySpec,
  direction: Direction,
  baseline: AnomalyBaseline | undefined,
): Result<AnomalyDefinition, string> {
  if (direction !== 'Above')
    return failure('measures how unusual a reading is, which is bad when it is large; write threshold.direction: Above');
  const method = methodOf(spec, baseline);
  if (!method.ok) return method;
  return success({
    kind: 'Anomaly',
    method: method.value,
    earlierParts: Array.from({ length: spec.readings }, (_, index) => partName(index)),
  });
}

function methodOf({ method, floor }: AnomalySpec, baseline: AnomalyBaseline | undefined): Result<AnomalyMethod, string> {
  if (method === 'EWMA' || method === 'CUSUM') {
    return baseline === undefined
      ? failure('compares to a baseline; write signal.baseline with mean and standardDeviation of quiet readings')
      : success({ kind: method, baseline });
  }
  if (baseline !== undefined) return failure(`of method ${method} compares to earlier readings; leave signal.baseline out`);
  if (method === 'EventCount') return success({ kind: 'EventCount' });
  return floor === undefined ? failure('of method Seasonal needs anomaly.floor; have it added') : success({ kind: 'Seasonal', floor });
}

function partName(index: number): string {
  return `earlier${String(index + 1)}`;
}
