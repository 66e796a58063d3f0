import type { Observation, ObservationSource, SignalErrorCause } from '../../core/model/observation.ts';
import type { Clock, EpochMs } from '../../shared/clock.ts';
import { success, type Result } from '../../shared/result.ts';
import type { SignalAnswer, SignalRequest } from '../port.ts';
import type { QueryAnswer } from './answer.ts';
import { maxMessageLength, type PrometheusClient, type QueryFailure } from './client.ts';
import { demultiplex, identityValues, type Demultiplexed } from './demultiplex.ts';
import { readDrift } from './drift.ts';
import { planQuery } from './query-plan.ts';
import { missing, readDataTime, readNumber, type Missing, type Reading } from './reading.ts';

/** Requests that one query answers: same provider, same shape, and for inline queries the same namespace. */
export type Shape = readonly [SignalRequest, ...SignalRequest[]];

/** What became of one query, for metrics and logs; `result` is `Success`, the cause of the failure, or `Crowded` where it waited for its turn for too long. */
export interface QueryRecord {
  readonly provider: string;
  readonly result: 'Success' | 'Crowded' | SignalErrorCause;
  readonly durationMs: number;
  readonly series: number;
  /** Warnings and infos of the provider about its own answer. */
  readonly notices: readonly string[];
}

export interface ShapeQuery {
  readonly client: PrometheusClient;
  readonly clock: Clock;
  readonly onQuery: (record: QueryRecord) => void;
  readonly abort: AbortSignal;
}

/** Answers every request of one shape with one query. Nothing the provider does makes it throw, and nothing one model's series do touches another's answer. */
export async function observeShape(shape: Shape, { client, clock, onQuery, abort }: ShapeQuery): Promise<readonly SignalAnswer[]> {
  const { signal, identity } = shape[0];
  const queriedAtMs = clock.nowMs();
  const plan = planQuery(signal, identity.namespace);
  const source: ObservationSource = { provider: signal.provider, query: plan.ok ? plan.value.text : signal.query, queriedAtMs };
  if (!plan.ok) {
    const { cause, message } = plan.failure;
    return answerAll(shape, cause === 'NotAVector' ? noData({ cause, message }, source) : error(cause, message, source));
  }
  // What answers all models goes before what one namespace asks for itself.
  const owner = signal.kind === 'Inline' ? identity.namespace : null;
  const answer = await client.query(plan.value.text, { owner, abort });
  onQuery(recordOf(answer, signal.provider, clock.nowMs() - queriedAtMs));
  if (!answer.ok) return answerAll(shape, error(answer.failure.cause, `provider ${signal.provider} ${answer.failure.message}`, source));
  const unusable = unusableAnswer(answer.value);
  if (unusable !== null) return answerAll(shape, noData(unusable, source));
  const series = answer.value.kind === 'Vector' ? answer.value.samples : [];
  const demultiplexed = demultiplex(series, plan.value);
  return shape.map((request) => ({ key: request.key, observation: observationOf(request, demultiplexed, source) }));
}

/** The same failure for every request of a shape, without asking anyone. */
export function answerAll(shape: Shape, observation: Observation): readonly SignalAnswer[] {
  return shape.map(({ key }) => ({ key, observation }));
}

export function error(cause: SignalErrorCause, message: string, source: ObservationSource): Observation {
  return { kind: 'Error', cause, message: message.slice(0, maxMessageLength), source };
}

function noData({ cause, message }: Missing, source: ObservationSource): Observation {
  return { kind: 'NoData', cause, message: message.slice(0, maxMessageLength), source };
}

/** A reason that holds for every series of the answer. The provider doesn't say whose samples it dropped, so nobody's number can be trusted. */
function unusableAnswer(answer: QueryAnswer): Missing | null {
  if (answer.kind === 'NotAVector')
    return { cause: 'NotAVector', message: `the provider answered with a ${answer.resultType}, not with a vector` };
  if (!answer.samplesDropped) return null;
  return {
    cause: 'DroppedSamples',
    message: `the provider says samples are missing from its answer: ${answer.notices[0] ?? 'partial response'}`,
  };
}

function observationOf(request: SignalRequest, answer: Demultiplexed, source: ObservationSource): Observation {
  const reading = readSignal(request, answer);
  if (!reading.ok) return noData(reading.failure, source);
  return { kind: 'Value', ...reading.value, windowSeconds: request.signal.windowSeconds, source };
}

function readSignal({ signal, identity, served }: SignalRequest, answer: Demultiplexed): Result<Reading, Missing> {
  const owner = signal.kind === 'Inline' ? [] : identityValues(signal.identityLabels, identity, served);
  const series = answer.series('value', owner);
  if (signal.kind === 'Drift') {
    const drift = readDrift(series, signal.reference, signal.falseAlarmProbability);
    return drift.ok ? withDataTime(drift.value, answer, owner) : drift;
  }
  const value = readNumber(series, 'value');
  if (!value.ok) return value;
  if (signal.kind === 'Template' && signal.activityQuery !== null) {
    const activity = readActivity(answer, owner);
    if (!activity.ok) return activity;
  }
  const count = signal.countQuery === null ? success(null) : readCount(answer, owner);
  if (!count.ok) return count;
  return withDataTime({ value: value.value, sampleCount: count.value, noiseFloor: null }, answer, owner);
}

function withDataTime(reading: Omit<Reading, 'dataTimeMs'>, answer: Demultiplexed, owner: readonly string[]): Result<Reading, Missing> {
  const dataTimeMs: Result<EpochMs, Missing> = readDataTime(answer, owner);
  return dataTimeMs.ok ? success({ ...reading, dataTimeMs: dataTimeMs.value }) : dataTimeMs;
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

function recordOf(answer: Result<QueryAnswer, QueryFailure>, provider: string, durationMs: number): QueryRecord {
  if (!answer.ok) {
    const result = answer.failure.crowded === true ? 'Crowded' : answer.failure.cause;
    return { provider, result, durationMs, series: 0, notices: [] };
  }
  const vector = answer.value.kind === 'Vector' ? answer.value : { samples: [], notices: [] };
  return { provider, result: 'Success', durationMs, series: vector.samples.length, notices: vector.notices };
}
