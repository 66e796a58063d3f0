import type { ModelIdentity, Served } from '../../core/model/observation.ts';
import type { IdentityLabels } from '../port.ts';
import type { Sample } from './answer.ts';
import { evaluateDataTime } from './promql/data-time.ts';
import { partLabel, type QueryPlan } from './query-plan.ts';

/** The answer of one combined query, indexed so that each model finds its series without looking at the others. */
export interface Demultiplexed {
  /** Series of one part that belong to exactly this identity. */
  series(part: string, identity: readonly string[]): readonly Sample[];
  /** Time of the newest data behind the value of this identity; null where a series it needs has no current sample. */
  dataTimeMs(identity: readonly string[]): number | null;
}

/** How `served` is spelled in metrics. */
const servedLabel: Readonly<Record<Served, string>> = { Live: 'live', Shadow: 'shadow' };

/** Values of the identity labels that the series of a model carry, in the order of `labelNames`. */
export function identityValues(labels: IdentityLabels, identity: ModelIdentity, served: Served): readonly string[] {
  const version = labels.version === null ? [] : [identity.version];
  return [identity.namespace, identity.model, ...version, ...(labels.served === null ? [] : [servedLabel[served]])];
}

export function demultiplex(samples: readonly Sample[], { identityLabels, time }: QueryPlan): Demultiplexed {
  const byKey = new Map<string, Sample[]>();
  for (const sample of samples) {
    const key = keyOf(
      labelOf(sample, partLabel),
      identityLabels.map((label) => labelOf(sample, label)),
    );
    const known = byKey.get(key);
    if (known === undefined) byKey.set(key, [sample]);
    else known.push(sample);
  }

  const series = (part: string, identity: readonly string[]): readonly Sample[] => byKey.get(keyOf(part, identity)) ?? [];

  /** A series that lacks an identity label (a global limit, a join partner) speaks for every model; one that has them all speaks first. */
  const leafTimeMs = (index: number, identity: readonly string[]): number | null => {
    for (const candidates of generalizations(identity)) {
      const times = candidates.flatMap((candidate) => series(`time${index}`, candidate)).map(({ value }) => value * 1000);
      if (times.length > 0) return Math.max(...times);
    }
    return null;
  };

  return { series, dataTimeMs: (identity) => evaluateDataTime(time, (index) => leafTimeMs(index, identity)) };
}

/** The identity, then with one label absent, with two, ...: each step a list of equals. Nearly always the first step is the last. */
function* generalizations(identity: readonly string[]): Generator<readonly (readonly string[])[]> {
  yield [identity];
  const byAbsent: string[][][] = Array.from({ length: identity.length + 1 }, () => []);
  for (let mask = 0; mask < 2 ** identity.length; mask++) {
    const candidate = identity.map((value, position) => (mask & (1 << position) ? '' : value));
    const absent = identity.filter((_value, position) => mask & (1 << position)).length;
    byAbsent[absent]?.push(candidate);
  }
  yield* byAbsent.slice(1);
}

/** An absent label and an empty one are the same to Prometheus. */
function labelOf({ labels }: Sample, name: string): string {
  return Object.hasOwn(labels, name) ? (labels[name] ?? '') : '';
}

function keyOf(part: string, identity: readonly string[]): string {
  return JSON.stringify([part, ...identity]);
}
