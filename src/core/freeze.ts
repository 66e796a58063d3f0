import { canonicalJSON } from '../shared/canonical-json.ts';
import type { JSONValue } from '../shared/json.ts';
import type { Assessment } from './model/assessment.ts';
import type { FrozenReading } from './model/frozen-reading.ts';

/** The most the readings of one stage may take on a target, in characters of JSON: it shares the object's annotations with others. */
export const maxFrozenLength = 2048;

/** Texts are cut to one of these until all readings fit; the value and its limits never are. */
const textLimits = [1024, 512, 256, 128, 64, 0];

export function freezeReading({ indicator, observation, verdict }: Assessment): FrozenReading {
  const { name, windowSeconds, threshold } = indicator;
  const { provider, query } = observation.source;
  const reading = { indicator: name, verdict, provider, query, windowSeconds, threshold };
  if (observation.kind !== 'Value')
    return {
      ...reading,
      ...{ value: null, sampleCount: null, noiseFloor: null, interval: null, dataTimeMs: null, message: observation.message },
      computation: observation.kind === 'Insufficient' ? observation.computation : null,
    };
  const { value, sampleCount, noiseFloor, interval, computation, dataTimeMs } = observation;
  return { ...reading, value, sampleCount, noiseFloor, interval, computation, dataTimeMs, message: observation.detail ?? '' };
}

/** As much of the readings as fits beside the journal: first their counts are left out, then their texts cut, then the last ones left out. */
export function boundReadings(readings: readonly FrozenReading[]): readonly FrozenReading[] {
  if (lengthOf(readings) <= maxFrozenLength) return readings;
  return boundTexts(readings.map((reading) => ({ ...reading, computation: null })));
}

function boundTexts(readings: readonly FrozenReading[]): readonly FrozenReading[] {
  for (const limit of textLimits) {
    const shortened = readings.map((reading) => ({
      ...reading,
      query: cutText(reading.query, limit),
      message: cutText(reading.message, limit),
    }));
    if (lengthOf(shortened) <= maxFrozenLength) return shortened;
  }
  return boundTexts(readings.slice(0, -1));
}

/** At most `limit` characters; a cut text says so by its last one. */
export function cutText(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, Math.max(0, limit - 1))}…`;
}

function lengthOf(readings: readonly FrozenReading[]): number {
  // Interfaces have no index signature, so TypeScript can't see that they are JSON.
  return canonicalJSON(readings as unknown as JSONValue).length;
}
