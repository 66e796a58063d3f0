import type { Observation, ObservationSource } from '../../core/model/observation.ts';
import type { Clock } from '../../shared/clock.ts';
import { failure, success, type Result } from '../../shared/result.ts';
import { answerAll, error, noData, type Missing, type QueryRecord } from '../answers.ts';
import { isUsableValue, readDataTime } from '../data-time.ts';
import type { HTTPJSONSignal, SignalAnswer, SignalRequest } from '../port.ts';
import type { HTTPJSONClient } from './client.ts';
import { climbs, fillPath } from './path.ts';
import { followPointer } from './pointer.ts';

/** Requests that one answer serves: same provider and, once filled in, same path. */
export type Page = readonly [SignalRequest<HTTPJSONSignal>, ...SignalRequest<HTTPJSONSignal>[]];

export interface PageQuery {
  readonly client: HTTPJSONClient;
  readonly clock: Clock;
  readonly onQuery: (record: QueryRecord) => void;
  readonly abort: AbortSignal;
}

const misleading: Missing = {
  cause: 'Incomparable',
  message: 'name and version of the model, written into the path, lead to another one',
  remedy: 'Call neither of them . or .., nor anything with such a step in it.',
};

/** Answers every request of one page with one request; nothing the provider does makes it throw. */
export async function askPage(page: Page, { client, clock, onQuery, abort }: PageQuery): Promise<readonly SignalAnswer[]> {
  const { signal, identity } = page[0];
  const path = fillPath(signal.query, identity);
  const queriedAtMs = clock.nowMs();
  const source: ObservationSource = { provider: signal.provider, query: `GET ${path}`, queriedAtMs };
  if (climbs(path)) return answerAll(page, noData(misleading, source));
  const answer = await client.read(path, { owner: identity.namespace, abort });
  const result = answer.ok ? 'Success' : answer.failure.crowded === true ? 'Crowded' : answer.failure.cause;
  onQuery({ provider: signal.provider, result, durationMs: clock.nowMs() - queriedAtMs, series: answer.ok ? 1 : 0, notices: [] });
  return page.map((request) => ({
    key: request.key,
    observation: answer.ok
      ? observationOf(request.signal, answer.value, source)
      : error(answer.failure.cause, `provider ${signal.provider} ${answer.failure.message}`, source),
  }));
}

function observationOf(signal: HTTPJSONSignal, document: unknown, source: ObservationSource): Observation {
  const reading = readPage(signal, document);
  if (!reading.ok) return noData(reading.failure, source);
  const rest = { noiseFloor: null, interval: null, computation: null, windowSeconds: signal.windowSeconds, source };
  return { kind: 'Value', ...reading.value, ...rest };
}

type PageReading = Pick<Extract<Observation, { kind: 'Value' }>, 'value' | 'sampleCount' | 'dataTimeMs'>;

/** The time is that of the data: a service that froze goes on answering, and its answers grow old all the same. */
function readPage({ pointers }: HTTPJSONSignal, document: unknown): Result<PageReading, Missing> {
  const value = followPointer(document, pointers.value);
  if (!isUsableValue(value)) return failure(unusable('value', pointers.value, value));
  const written = followPointer(document, pointers.time);
  const dataTimeMs = readDataTime(written);
  if (dataTimeMs === null) {
    if (written === undefined) return failure(unusable('time', pointers.time, written));
    return failure({ cause: 'Stale', message: `time (${pointers.time}) is ${typeOf(written)}, not RFC 3339 text or seconds since 1970` });
  }
  if (pointers.sampleCount === null) return success({ value, sampleCount: null, dataTimeMs });
  const count = followPointer(document, pointers.sampleCount);
  if (!isUsableValue(count) || count < 0) return failure(unusable('sampleCount', pointers.sampleCount, count));
  return success({ value, sampleCount: Math.floor(count), dataTimeMs });
}

function unusable(what: string, pointer: string, found: unknown): Missing {
  if (found === undefined) return { cause: 'Empty', message: `the answer has no ${what} (${pointer})` };
  if (typeof found === 'number' && Number.isFinite(found)) return { cause: 'NotANumber', message: `${what} (${pointer}) is out of range` };
  // JSON has no infinity, but 1e999 reads as one.
  const cause = typeof found === 'number' ? 'Infinite' : 'NotANumber';
  return { cause, message: `${what} (${pointer}) is ${typeOf(found)}, not a finite number` };
}

/** Never the text itself: what a provider writes there may end up in a status that tenants read. */
function typeOf(found: unknown): string {
  if (found === null) return 'null';
  if (Array.isArray(found)) return 'an array';
  switch (typeof found) {
    case 'string':
      return 'text';
    case 'number':
      return 'a number no time is written as';
    case 'object':
      return 'an object';
    default:
      return typeof found;
  }
}
