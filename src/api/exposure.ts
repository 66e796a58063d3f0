import * as z from 'zod';
import type { Exposure, ExposureRecord } from '../core/exposure.ts';
import type { DeepReadonly } from './deep-readonly.ts';
import { instant, name, requiredText, text } from './fields.ts';
import { fromInstant, toInstant } from './instant.ts';

export const exposureSchema = z
  .object({
    signal: z
      .object({
        template: z
          .object({
            name: name(
              'Entry of signals in the RiskPolicy: one of promQL, httpJSON or push that gives the decisions callers receive a second, as rate() does.',
            ),
          })
          .meta({ description: 'A signal of the policy.' }),
      })
      .meta({ description: 'Where the rate comes from.' }),
    unit: requiredText(63, 'What is counted, in the singular, e.g. application.'),
    valuePerUnit: z.number().min(0).max(1e12).meta({ description: 'What one of them puts at stake, in the currency of the policy.' }),
  })
  .meta({
    description:
      'Decisions and money a minute that depend on the model now. Shown only: it moves no traffic, and a reading that is missing is unknown, never 0.',
  });

const exposureStatus = z
  .object({
    unit: requiredText(63, 'What is counted.'),
    unitsPerMinute: z.number().min(0).meta({ description: 'Decisions a minute that callers receive. Left out: unknown.' }).exactOptional(),
    moneyPerMinute: z
      .number()
      .min(0)
      .meta({ description: 'What they put at stake a minute, in the currency of the policy. Left out: unknown.' })
      .exactOptional(),
    observedAt: instant('Time of the data behind these figures; live numbers are in /metrics.').exactOptional(),
    message: text(1024, 'Why it is unknown.').exactOptional(),
  })
  .meta({ description: 'What is at stake while the model answers, as of the last change worth showing.' });

export const exposureStatusFields = { exposure: exposureStatus.exactOptional() };

export type ExposureSpec = DeepReadonly<z.output<typeof exposureSchema>>;
export type ExposureStatus = DeepReadonly<z.output<typeof exposureStatus>>;

export function toExposureStatus({ unit }: Pick<ExposureSpec, 'unit'>, exposure: Exposure): ExposureStatus {
  if (exposure.kind === 'Unknown') return { unit, message: exposure.why.slice(0, 1024) };
  const { unitsPerMinute, moneyPerMinute, observedAtMs } = exposure;
  return { unit, unitsPerMinute, moneyPerMinute, observedAt: toInstant(observedAtMs) };
}

/** What an object says is at stake; null: its owner declares nothing. */
export function toExposureRecord(
  declared: Pick<ExposureSpec, 'unit'> | undefined,
  shown: ExposureStatus | undefined,
  currency: string | null,
): ExposureRecord | null {
  if (declared === undefined) return null;
  const { unit } = declared;
  return { unit, currency, exposure: fromExposureStatus(shown ?? { unit }) };
}

export function fromExposureStatus({ unitsPerMinute, moneyPerMinute, observedAt, message }: ExposureStatus): Exposure {
  if (unitsPerMinute === undefined || moneyPerMinute === undefined || observedAt === undefined)
    return { kind: 'Unknown', why: message ?? 'nobody has read it yet' };
  return { kind: 'Known', unitsPerMinute, moneyPerMinute, observedAtMs: fromInstant(observedAt) };
}
