import type { Observation, ObservationSource } from '../../core/model/observation.ts';
import type { ChiSquareLimit } from '../../core/statistics/chi-square-limit.ts';
import type { ComparisonSample, PolledWindow, SampleRule } from '../../core/statistics/comparison-sample.ts';
import { computeStatistic } from '../../core/statistics/definition.ts';
import type { StatisticGap } from '../../core/statistics/reading.ts';
import type { Clock, EpochMs } from '../../shared/clock.ts';
import { success, type Result } from '../../shared/result.ts';
import { answerAll, error, noData, type Missing, type QueryRecord } from '../answers.ts';
import type { QueriedSignal, SignalAnswer, SignalRequest } from '../port.ts';
import { maxMessageLength, type ProviderFailure } from '../provider.ts';
import type { QueryAnswer } from './answer.ts';
import type { PrometheusClient } from './client.ts';
import { demultiplex, identityValues, type Demultiplexed } from './demultiplex.ts';
import type { ComparisonSamples } from './comparison-samples.ts';
import type { QueryPlanner } from './query-planner.ts';
import { missing, readDataTime, readNumber, type Reading } from './reading.ts';

/** Requests that one query answers: same provider, same shape, and for inline queries the same namespace. */
export type Shape = readonly [SignalRequest<QueriedSignal>, ...SignalRequest<QueriedSignal>[]];

export interface ShapeQuery {
  readonly client: PrometheusClient;
  readonly clock: Clock;
  readonly planner: QueryPlanner;
  readonly chiSquareLimit: ChiSquareLimit;
  readonly samples: ComparisonSamples;
  readonly onQuery: (record: QueryRecord) => void;
  readonly abort: AbortSignal;
}

export interface Answered {
  readonly answers: readonly SignalAnswer[];
  /** None of the answers is usable for a reason in somebody's data: fewer namespaces may be better off. */
  readonly spoilt: boolean;
}

/**
 * Answers every request of one shape with one query, narrowed to the namespaces of `only` unless it is null. Nothing the provider does makes it throw,
 * and nothing one model's series do touches another's answer.
 */
export async function askTogether(shape: Shape, only: readonly string[] | null, query: ShapeQuery): Promise<Answered> {
  const { signal, identity } = shape[0];
  const { client, clock, planner, onQuery, abort } = query;
  const queriedAtMs = clock.nowMs();
  const plan = planner(signal, { namespace: identity.namespace, only });
  const source: ObservationSource = { provider: signal.provider, query: plan.ok ? plan.value.text : signal.query, queriedAtMs };
  const all = (observation: Observation, spoilt = false): Answered => ({ answers: answerAll(shape, observation), spoilt });
  if (!plan.ok) {
    const { cause, message } = plan.failure;
    return all(cause === 'NotAVector' ? noData({ cause, message }, source) : error(cause, message, source));
  }
  const answer = await client.query(plan.value.text, { owner: ownerOf(shape, only), abort });
  onQuery(recordOf(answer, signal.provider, clock.nowMs() - queriedAtMs));
  const about = only === null ? '' : aboutWhom(only);
  if (!answer.ok) {
    const { cause, message, byData } = answer.failure;
    return all(error(cause, `${about}provider ${signal.provider} ${message}`, source), byData === true);
  }
  const unusable = unusableAnswer(answer.value);
  if (unusable !== null) {
    const spoilt = answer.value.kind === 'Vector' && answer.value.partial !== true;
    return all(noData({ ...unusable, message: about + unusable.message }, source), spoilt);
  }
  const series = answer.value.kind === 'Vector' ? answer.value.samples : [];
  const answered = {
    answer: demultiplex(series, plan.value),
    askedAtMs: queriedAtMs,
    chiSquareLimit: query.chiSquareLimit,
    samples: query.samples,
  };
  return {
    answers: shape.map((request) => ({ key: request.key, observation: observationOf(request, answered, source) })),
    spoilt: false,
  };
}

function aboutWhom(namespaces: readonly string[]): string {
  const [only] = namespaces;
  return namespaces.length === 1 && only !== undefined
    ? `asked for namespace ${only} alone: `
    : `asked for ${namespaces.length} namespaces apart from the others: `;
}

/** What answers many goes before what one namespace asks for itself, or is asked for alone because it spoils the answer of others. */
function ownerOf(shape: Shape, only: readonly string[] | null): string | null {
  const { signal, identity } = shape[0];
  return signal.kind === 'Inline' || only?.length === 1 ? identity.namespace : null;
}

/** Whether asking for fewer namespaces would be another query. */
export function isNarrowable([{ signal, identity }]: Shape, planner: QueryPlanner): boolean {
  const [whole, narrow] = [null, [identity.namespace]].map((only) => planner(signal, { namespace: identity.namespace, only }));
  return signal.kind !== 'Inline' && whole?.ok === true && narrow?.ok === true && whole.value.text !== narrow.value.text;
}

/** A reason that holds for every series of the answer. The provider doesn't say whose samples it dropped, so nobody's number can be trusted. */
export function unusableAnswer(answer: QueryAnswer): Missing | null {
  if (answer.kind === 'NotAVector')
    return { cause: 'NotAVector', message: `the provider answered with a ${answer.resultType}, not with a vector` };
  if (!answer.samplesDropped) return null;
  return {
    cause: 'DroppedSamples',
    message: `the provider says samples are missing from its answer: ${answer.notices[0] ?? 'partial response'}`,
  };
}

interface AnsweredShape {
  readonly answer: Demultiplexed;
  readonly askedAtMs: EpochMs;
  readonly chiSquareLimit: ChiSquareLimit;
  readonly samples: ComparisonSamples;
}

function observationOf(request: SignalRequest<QueriedSignal>, answered: AnsweredShape, source: ObservationSource): Observation {
  const reading = readSignal(request, answered);
  if (reading.ok) return { kind: 'Value', windowSeconds: request.signal.windowSeconds, ...reading.value, source };
  const { failure } = reading;
  if (failure.cause !== 'Insufficient') return noData({ cause: failure.cause, message: failure.message }, source);
  const { message, sampleCount, computation } = failure;
  return { kind: 'Insufficient', message: message.slice(0, maxMessageLength), sampleCount, computation, source };
}

function readSignal(request: SignalRequest<QueriedSignal>, answered: AnsweredShape): Result<Reading, StatisticGap> {
  const { signal, identity, served } = request;
  const { answer, askedAtMs, chiSquareLimit } = answered;
  if (signal.kind === 'Statistic') {
    const { identityLabels, statistic } = signal;
    const own = identityValues(identityLabels, identity, served);
    // A candidate may answer in shadow; the version it is compared to answers callers.
    const seriesOf = (version: string | undefined) =>
      version === undefined ? own : identityValues(identityLabels, { ...identity, version }, 'Live');
    const rows = (part: string, version?: string) => answer.series(part, seriesOf(version));
    const sample = statistic.kind === 'Comparison' ? growSample(request, statistic, { ...answered, rows, own }) : success(null);
    if (!sample.ok) return sample;
    const reading = computeStatistic(statistic, { version: identity.version, askedAtMs, rows, sample: sample.value }, chiSquareLimit);
    return reading.ok ? withDataTime(reading.value, answer, own) : reading;
  }
  const owner = signal.kind === 'Inline' ? [] : identityValues(signal.identityLabels, identity, served);
  const value = readNumber(answer.series('value', owner), 'value');
  if (!value.ok) return value;
  if (signal.kind === 'Template' && signal.activityQuery !== null) {
    const activity = readActivity(answer, owner);
    if (!activity.ok) return activity;
  }
  const count = signal.countQuery === null ? success(null) : readCount(answer, owner);
  if (!count.ok) return count;
  return withDataTime({ value: value.value, sampleCount: count.value, noiseFloor: null, interval: null, computation: null }, answer, owner);
}

function growSample(
  request: SignalRequest,
  rule: SampleRule,
  { answer, askedAtMs, samples, rows, own }: AnsweredShape & Pick<PolledWindow, 'rows'> & { readonly own: readonly string[] },
): Result<ComparisonSample | null, StatisticGap> {
  const time = readDataTime(answer, own);
  if (!time.ok) return time;
  return samples.grow(request, { askedAtMs, dataTimeMs: time.value, evidenceFromMs: request.evidenceFromMs ?? null, rows }, rule);
}

/** Counts that say how old they are can be older than their newest sample, never newer. */
function withDataTime(
  reading: Omit<Reading, 'dataTimeMs'> & { readonly dataTimeMs?: EpochMs },
  answer: Demultiplexed,
  owner: readonly string[],
): Result<Reading, Missing> {
  const newest: Result<EpochMs, Missing> = readDataTime(answer, owner);
  return newest.ok ? success({ ...reading, dataTimeMs: Math.min(newest.value, reading.dataTimeMs ?? newest.value) }) : newest;
}

/** Whole rows behind the value. No series means that no row was counted, which is 0, not "unknown". */
function readCount(answer: Demultiplexed, owner: readonly string[]): Result<number, Missing> {
  const count = readNumber(answer.series('count', owner), 'count');
  if (!count.ok) return count.failure.cause === 'Empty' ? success(0) : count;
  return success(Math.max(0, Math.floor(count.value)));
}

/** A gauge that froze keeps its value and looks fresh; only activity shows that somebody still feeds it. */
function readActivity(answer: Demultiplexed, owner: readonly string[]): Result<number, Missing> {
  const activity = readNumber(answer.series('activity', owner), 'activity');
  if (activity.ok && activity.value > 0) return activity;
  if (!activity.ok && activity.failure.cause !== 'Empty') return activity;
  return missing('Inactive', 'the activity query shows nothing for this model: whatever feeds the value has stopped');
}

function recordOf(answer: Result<QueryAnswer, ProviderFailure>, provider: string, durationMs: number): QueryRecord {
  if (!answer.ok) {
    const result = answer.failure.crowded === true ? 'Crowded' : answer.failure.cause;
    return { provider, result, durationMs, series: 0, notices: [] };
  }
  const vector = answer.value.kind === 'Vector' ? answer.value : { samples: [], notices: [] };
  return { provider, result: 'Success', durationMs, series: vector.samples.length, notices: vector.notices };
}
