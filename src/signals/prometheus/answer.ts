import * as z from 'zod';
import type { NativeHistogram } from '../../core/statistics/native-histogram.ts';
import { failure, success, type Result } from '../../shared/result.ts';

/** One series of an instant vector. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  /** May be NaN or infinite; NaN also for a native histogram, which is no number. */
  readonly value: number;
  readonly histogram?: NativeHistogram;
}

export type QueryAnswer =
  | {
      readonly kind: 'Vector';
      readonly samples: readonly Sample[];
      /** What the provider said about the quality of its own answer, at most `maxNotices` texts of at most `maxNoticeLength` characters. */
      readonly notices: readonly string[];
      /** The provider says that samples it should have used are not in the answer. */
      readonly samplesDropped: boolean;
      /** Samples are missing because a part of the provider did not answer, whoever is asked for; left out when what is wrong is in the data. */
      readonly partial?: true;
    }
  | { readonly kind: 'NotAVector'; readonly resultType: 'matrix' | 'scalar' | 'string' };

export type AnswerFailure = { readonly cause: 'BadBody' } | { readonly cause: 'Refused'; readonly errorType: string };

const maxNotices = 4;
const maxNoticeLength = 120;

/** Every warning means the answer may be wrong; of the infos, these say that samples were left out. */
const droppingInfo = /ignored|dropped|incompatible sample types/i;

/** How Prometheus begins what it says of series a query met; others warn of stores they could not ask. */
const dataWarning = 'PromQL';

const numberText = z.string().regex(/^(?:NaN|[+-]?Inf|[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)$/);
/** Which ends a bucket includes, its ends, its count. */
const nativeBucket = z.tuple([z.number(), numberText, numberText, numberText]);
const nativeHistogram = z.object({ count: numberText, buckets: z.array(nativeBucket).default([]) });
const vectorSample = z.union([
  z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), numberText]) }),
  z.object({ metric: z.record(z.string(), z.string()), histogram: z.tuple([z.number(), z.unknown()]) }),
]);
const noticeList = z.array(z.string()).default([]);

const envelope = z.union([
  z.object({
    status: z.literal('success'),
    data: z.object({ resultType: z.enum(['vector', 'matrix', 'scalar', 'string']), result: z.array(z.unknown()) }),
    warnings: noticeList,
    infos: noticeList,
    isPartial: z.boolean().default(false),
  }),
  z.object({ status: z.literal('error'), errorType: z.string() }),
]);

const knownErrorTypes = new Set(['timeout', 'canceled', 'execution', 'bad_data', 'internal', 'unavailable', 'not_found', 'not_acceptable']);

/**
 * Reads the body of an instant query, whatever its HTTP status was. `isPartial` is how VictoriaMetrics says what Prometheus says with a warning.
 * An `errorType` outside of the API's own words is not passed on: what a provider writes there may end up in a status that tenants read.
 */
export function parseAnswer(body: string): Result<QueryAnswer, AnswerFailure> {
  const answer = envelope.safeParse(parseJSON(body)).data;
  if (answer === undefined) return failure({ cause: 'BadBody' });
  if (answer.status === 'error')
    return failure({ cause: 'Refused', errorType: knownErrorTypes.has(answer.errorType) ? answer.errorType : 'unknown' });
  const { resultType, result } = answer.data;
  if (resultType !== 'vector') return success({ kind: 'NotAVector', resultType });
  const series = z.array(vectorSample).safeParse(result).data;
  if (series === undefined) return failure({ cause: 'BadBody' });
  const { warnings, infos } = answer;
  const partial = answer.isPartial || warnings.some((warning) => !warning.startsWith(dataWarning));
  return success({
    kind: 'Vector',
    samples: series.map((each) =>
      'value' in each
        ? { labels: each.metric, value: parseNumber(each.value[1]) }
        : { labels: each.metric, value: NaN, ...readHistogram(each.histogram[1]) },
    ),
    notices: [...warnings, ...infos].slice(0, maxNotices).map((notice) => notice.slice(0, maxNoticeLength)),
    samplesDropped: partial || warnings.length > 0 || infos.some((info) => droppingInfo.test(info)),
    ...(partial ? { partial } : {}),
  });
}

/** A histogram in a form we do not know is a series without a number, not a bad answer: it spoils nobody else's. */
function readHistogram(body: unknown): Pick<Sample, 'histogram'> {
  const read = nativeHistogram.safeParse(body).data;
  if (read === undefined) return {};
  const buckets = read.buckets.map(([, lower, upper, rows]) => ({
    lower: parseNumber(lower),
    upper: parseNumber(upper),
    count: parseNumber(rows),
  }));
  return { histogram: { count: parseNumber(read.count), buckets } };
}

function parseNumber(text: string): number {
  return Number(text.replace('Inf', 'Infinity'));
}

function parseJSON(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
