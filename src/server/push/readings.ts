import * as z from 'zod';
import { largestValue, readDataTime } from '../../signals/data-time.ts';
import { inboxKey, type PushedReading } from '../../signals/inbox/readings.ts';
import type { PushUse } from '../../signals/inbox/uses.ts';
import { failure, success, type Result } from '../../shared/result.ts';
import { forbidden } from './authentication.ts';
import { allowedAmong, resultOf, type Intake, type IntakeOptions } from './intake.ts';
import { refuse, type ItemResult } from './reply.ts';

const mostReadings = 100;

const text = (longest: number) => z.string().min(1).max(longest);
const value = z.number().gt(-largestValue).lt(largestValue);

const reading = z
  .strictObject({
    namespace: text(63),
    model: text(253),
    version: text(128),
    served: z.enum(['Live', 'Shadow']),
    signal: text(63),
    policy: text(253).exactOptional(),
    value,
    sampleCount: z.int().min(0).exactOptional(),
    time: z.unknown().transform((written, context) => {
      const timeMs = readDataTime(written);
      if (timeMs === null) context.addIssue('write RFC 3339 text (2026-06-01T12:00:00Z) or seconds since 1970');
      return timeMs ?? NaN;
    }),
    interval: z.strictObject({ low: value, high: value }).exactOptional(),
  })
  .refine(({ interval, value: point }) => interval === undefined || (interval.low <= point && point <= interval.high), {
    path: ['interval'],
    message: 'write low <= value <= high',
  });

const body = z.union([
  reading.transform((one) => ({ readings: [one] })),
  z.strictObject({ readings: z.array(reading).min(1).max(mostReadings) }),
]);

type Reading = z.output<typeof reading>;

/** `POST /v1/readings`: one reading, or `{readings: [...]}`. */
export function createReadingIntake({ inbox, uses, authentication, onKept }: IntakeOptions): Intake {
  function keep(one: Reading, pushes: readonly PushUse[]): ItemResult {
    const policy = policyOf(one, pushes);
    if (!policy.ok) return { status: 422, result: 'Unused', message: policy.failure };
    const { namespace, model, version, served, signal, value: point, sampleCount = null, interval = null, time } = one;
    const pushed: PushedReading = {
      ...{ provider: policy.value, signal, namespace, model, version, served },
      ...{ value: point, sampleCount, interval, dataTimeMs: time },
    };
    const kept = inbox.keepReading(pushed);
    return resultOf(kept);
  }

  return {
    maxBodyBytes: 65_536,
    take: async (written, pusher) => {
      const parsed = body.safeParse(written);
      if (!parsed.success) return failure(refuse(400, explain(written)));
      const { readings } = parsed.data;
      const namespaces = new Set(readings.map(({ namespace }) => namespace));
      const allowed = await allowedAmong(namespaces, pusher, authentication);
      if (!allowed.ok) return allowed;
      const pushes = uses.pushesIn(allowed.value);
      const results = readings.map((one): ItemResult =>
        allowed.value.has(one.namespace)
          ? keep(one, pushes)
          : { status: 403, result: 'Forbidden', message: forbidden(pusher, one.namespace) },
      );
      const kept = readings.filter((_one, index) => results[index]?.result === 'Kept');
      for (const namespace of new Set(kept.map((one) => one.namespace))) {
        const keys = new Set(kept.filter((one) => one.namespace === namespace).map(({ signal, model }) => JSON.stringify([signal, model])));
        onKept(namespace, ({ signal, identity }) => signal.kind === 'Push' && keys.has(JSON.stringify([signal.query, identity.model])));
      }
      return success(results);
    },
  };
}

/** The sentences of the form that was written, and not of both. */
function explain(written: unknown): string {
  const isList = typeof written === 'object' && written !== null && 'readings' in written;
  const { error } = isList
    ? z.object({ readings: z.array(reading).min(1).max(mostReadings) }).safeParse(written)
    : reading.safeParse(written);
  const issues = (error?.issues ?? []).slice(0, 5).map(({ path, message }) => `${path.map(String).join('.') || 'body'}: ${message}`);
  return `no reading was taken; correct ${issues.join('; ') || 'the fields: only those of a reading are known'}`;
}

/** How the inbox knows the policy a reading is for. Failure: one sentence. */
function policyOf({ namespace, model, signal, policy }: Reading, pushes: readonly PushUse[]): Result<string, string> {
  const found = pushes.filter((use) => use.namespace === namespace && use.model === model);
  const policies = [...new Set(found.filter((use) => use.signal === signal).map((use) => use.policy))];
  const [only] = policies.filter((each) => policy === undefined || each === policy);
  if (policies.length > 1 && policy === undefined)
    return failure(`signal ${signal} is pushed for policies ${policies.join(', ')}; write which into policy`);
  if (only !== undefined) return success(inboxKey(only));
  const known = [...new Set(found.map((use) => use.signal))].slice(0, 5);
  const hint =
    known.length > 0 ? `; its push signals are ${known.join(', ')}` : '; write an indicator with a push signal, and wait a moment';
  return failure(
    `no ModelRisk in namespace ${namespace} judges model ${model} by push signal ${signal}${policy === undefined ? '' : ` of policy ${policy}`}${hint}`,
  );
}
