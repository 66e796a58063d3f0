import type { EpochMs } from '../shared/clock.ts';
import type { Assessment } from './model/assessment.ts';
import type { Threshold } from './model/indicator.ts';
import type { Observation } from './model/observation.ts';

type ValueObservation = Extract<Observation, { readonly kind: 'Value' }>;

/** Name of the provider in the readings of a quorum: they come from its members. */
export const quorumProvider = 'quorum';

/** At least `atLeast` members in Breach are a breach, and whatever the others turn out to be, fewer are within the limit. */
export function quorumThreshold(atLeast: number): Threshold {
  return { direction: 'Above', warn: null, breach: atLeast - 1, clear: atLeast - 1, severe: null };
}

/** Name of the statistic in its record. */
export const quorumStatistic = 'Quorum';

/**
 * How many members are in Breach, as a reading: the value counts them, and the interval reaches as far as those could that have no usable verdict
 * (Insufficient, NoData, Error). Judged as intervals are, that is the law of k of n: Breach when so many are in it, Ok only when even the unknown
 * ones could not make it so, else Insufficient. Data is as old as the oldest that was counted, and the window begins with the earliest.
 */
export function countQuorum(members: readonly Assessment[], nowMs: EpochMs): Observation {
  const known = members.filter(isKnown);
  const inBreach = known.filter(({ verdict }) => verdict === 'Breach').length;
  const dataTimeMs = earliest(
    known.flatMap(({ observation }) => (observation.kind === 'Value' ? [observation.dataTimeMs] : [])),
    nowMs,
  );
  const windowStartMs = earliest(
    known.flatMap((member) => member.windowStartMs ?? []),
    dataTimeMs,
  );
  const counts = members.map((member) => [member.indicator.name, [Number(member.verdict === 'Breach'), Number(isKnown(member))]] as const);
  return {
    kind: 'Value',
    value: inBreach,
    sampleCount: null,
    noiseFloor: null,
    interval: { low: inBreach, high: inBreach + members.length - known.length },
    computation: { statistic: quorumStatistic, parameters: {}, counts: Object.fromEntries(counts) },
    dataTimeMs,
    windowSeconds: (dataTimeMs - windowStartMs) / 1000,
    source: { provider: quorumProvider, query: members.map(say).join('; '), queriedAtMs: nowMs },
  };
}

/** The end of a sentence about a quorum: how many there are, how many it takes, which member says what. */
export function explainQuorum({ indicator, verdict }: Assessment, { value, interval, computation, source }: ValueObservation): string {
  const members = Object.keys(computation?.counts ?? {}).length;
  const unknown = (interval?.high ?? value) - value;
  const open = unknown === 0 ? '' : `, ${String(unknown)} without a usable verdict`;
  const needed = indicator.threshold.breach + 1;
  const remedy = verdict === 'Insufficient' ? '; see to the members without one' : '';
  return `counts ${String(value)} of ${String(members)} members in Breach${open}, and breaches at ${String(needed)} (${source.query})${remedy}`;
}

function isKnown({ verdict }: Assessment): boolean {
  return verdict === 'Ok' || verdict === 'Warn' || verdict === 'Breach';
}

function earliest(times: readonly EpochMs[], otherwise: EpochMs): EpochMs {
  return times.length === 0 ? otherwise : Math.min(...times);
}

/** Which member said what: the record has no other place for it. */
function say({ indicator: { name }, verdict, observation }: Assessment): string {
  switch (observation.kind) {
    case 'Value': {
      const rows = observation.sampleCount === null ? '' : ` of ${String(observation.sampleCount)} rows`;
      return `${name}: ${verdict} at ${String(Number(observation.value.toPrecision(6)))}${rows}`;
    }
    case 'NoData':
    case 'Error':
      return `${name}: ${verdict} (${observation.cause})`;
    case 'Insufficient':
      return `${name}: ${verdict}`;
  }
}
