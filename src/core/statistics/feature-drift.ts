import { failure, success, type Result } from '../../shared/result.ts';
import type { ChiSquareLimit } from './chi-square-limit.ts';
import { driftChance } from './drift-chance.ts';
import type { Comparison, VersionedRows } from './drift-comparison.ts';
import { measureDivergence, type DriftMeasure } from './drift-metric.ts';
import { adjustByBenjaminiHochberg } from './multiplicity.ts';
import type { StatisticGap, StatisticReading } from './reading.ts';
import { gap, labelOf, type Row } from './row.ts';

/** More are more p-values than a record holds. */
export const maxFeatures = 50;
/** Features named in one sentence. */
const maxNamed = 5;
/** Longest name of a parameter in an incident is 63. */
const maxNameLength = 56;

/** One feature, measured by itself. */
export interface FeatureReading {
  readonly compared: Comparison;
  readonly reading: StatisticReading;
}

interface Features {
  readonly label: string;
  readonly measure: DriftMeasure;
  /** Part of the query and version that the reference is read from. */
  readonly reference: { readonly part: string; readonly version: string | null };
  readonly limit: ChiSquareLimit;
  /** Drift of one feature from its own reference. */
  readonly measureOne: (from: VersionedRows) => Result<FeatureReading, StatisticGap>;
}

interface Tested extends FeatureReading {
  readonly name: string;
  readonly p: number;
}

/**
 * Every feature from its own reference, with Benjamini and Hochberg over all: the largest distance of those that drifted; where none did, the
 * largest of all under a noise floor that no feature is beyond. A feature without a distance leaves no value where no other drifted, and where one did
 * a value that counts as a breach only: the others can't speak for it, and it can't hide what they say.
 */
export function readFeatures(features: Features, from: VersionedRows): Result<StatisticReading, StatisticGap> {
  const { label, reference } = features;
  const [live, then] = [from.rows('value'), from.rows(reference.part, reference.version ?? undefined)].map((rows) => groupBy(rows, label));
  if (live === undefined || then === undefined || live.size + then.size === 0)
    return gap('Empty', 'the drift query has no features for this model');
  if (live.has('') || then.has(''))
    return gap(
      'Incomparable',
      `series without the label ${label}, which tells features apart; aggregate by it, or leave out what has none`,
    );
  const names = [...new Set([...live.keys(), ...then.keys()])].sort();
  if (names.length > maxFeatures) {
    const message = `${String(names.length)} features, at most ${String(maxFeatures)} are tested together; select fewer in the query, or write a signal for each part of them`;
    return gap('Incomparable', message);
  }
  const read = names.map((name) => {
    const rows = (part: string, version?: string): readonly Row[] =>
      (part === 'value' && (version === undefined || version === from.version) ? live : then).get(name) ?? [];
    if (!live.has(name)) return { name, measured: gap('Empty', 'gone, the reference has it and the window has not') };
    if (!then.has(name)) return { name, measured: gap('Empty', 'new, the window has it and the reference has not') };
    return { name, measured: features.measureOne({ version: from.version, rows }) };
  });
  const problems = read.flatMap(({ name, measured }) => (measured.ok ? [] : [{ name, failure: measured.failure }]));
  const tested = read.flatMap(({ name, measured }) =>
    measured.ok ? [{ name, ...measured.value, p: chanceOf(features, measured.value) }] : [],
  );
  if (problems.length === 0) return pick(features, tested, []);
  const open = gapOf(problems, names.length);
  const picked = pick(
    features,
    tested,
    problems.map(({ name }) => name),
  );
  // Nothing is beyond chance where nothing was rejected: then the value says no more than the gap.
  if (!picked.ok || picked.value.computation.parameters['rejected'] === 0) return open;
  return success({ ...picked.value, detail: `${picked.value.detail ?? ''}; ${open.failure.message}`, unless: open.failure });
}

function groupBy(rows: readonly Row[], label: string): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const name = labelOf(row, label);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [row]);
    else group.push(row);
  }
  return groups;
}

/** At most: of some distances only a bound is known, and a bound rejects too rarely, never too often. */
function chanceOf({ measure }: Features, { compared, reading: { value } }: FeatureReading): number {
  return value > 0 ? driftChance(measure, compared, value).atMost : 1;
}

function gapOf(
  problems: readonly { readonly name: string; readonly failure: StatisticGap }[],
  count: number,
): { readonly ok: false; readonly failure: StatisticGap } {
  const [first] = problems;
  if (first === undefined) return gap('Incomparable', 'there are no features');
  const said = problems.map(({ name, failure: { message } }) => `${name}: ${message}`);
  const message = `${String(problems.length)} of ${String(count)} features can't be measured: ${named(said)}`;
  if (
    problems.every((each) => each.failure.cause === first.failure.cause) &&
    (first.failure.cause === 'Insufficient' || problems.length === count)
  )
    return failure({ ...first.failure, message });
  return gap('Incomparable', message);
}

/** `unmeasured` are tested with the others and prove nothing: fewer that can be measured make none of them surer. */
function pick(
  { measure, limit }: Features,
  tested: readonly Tested[],
  unmeasured: readonly string[],
): Result<StatisticReading, StatisticGap> {
  const alpha = measure.falseAlarmProbability;
  const count = tested.length + unmeasured.length;
  const adjusted = adjustByBenjaminiHochberg([...tested.map(({ p }) => p), ...unmeasured.map(() => 1)]);
  const drifted = tested.filter((_, index) => (adjusted[index] ?? 1) <= alpha).sort(byDistance);
  const quiet = tested.filter((each) => !drifted.includes(each));
  const floorOf = ({ compared }: Tested, rejected: number): number => {
    const floored = measureDivergence({ ...measure, falseAlarmProbability: (alpha * rejected) / count }, compared, limit);
    return floored.ok ? floored.value.noiseFloor : Infinity;
  };
  const [shown] = drifted.length > 0 ? drifted : [...quiet].sort(byDistance);
  if (shown === undefined) return gap('Empty', 'the drift query has no features for this model');
  const { value } = shown.reading;
  const hidden = quiet.reduce((most, each) => Math.max(most, each.reading.value, floorOf(each, 1)), value);
  const record = recordOf(shown, tested, { features: count, rejected: drifted.length });
  if (drifted.length === 0) {
    const fewest = tested.reduce((least, { reading }) => Math.min(least, reading.sampleCount), Infinity);
    const detail = `none of ${String(tested.length)} features is beyond chance; the farthest is ${shown.name}`;
    return success({ ...record, sampleCount: fewest, noiseFloor: hidden, detail });
  }
  const detail = `${String(drifted.length)} of ${String(count)} features drifted: ${named(drifted.map((each) => `${each.name} by ${each.reading.value.toPrecision(3)}`))}`;
  return success({
    ...record,
    // Rejected is beyond the floor at its rank; the last digit of the quantile must not say otherwise.
    noiseFloor: Math.min(floorOf(shown, drifted.length), value * (1 - 1e-12)),
    // What a feature that was not rejected may hide: it keeps a small drift of another one from being read as Ok for all.
    interval: { low: value, high: hidden },
    detail,
  });
}

function recordOf(
  { reading }: Tested,
  tested: readonly Tested[],
  figures: { readonly features: number; readonly rejected: number },
): StatisticReading {
  const chances = tested.map(({ name, p }, index) => [`p/${recordName(name, index)}`, p] as const);
  const parameters = { ...reading.computation.parameters, ...figures, ...Object.fromEntries(chances) };
  return { ...reading, computation: { ...reading.computation, parameters } };
}

/** Largest first; by name where equal, so that the order of the answer never matters. */
function byDistance(one: Tested, other: Tested): number {
  return other.reading.value - one.reading.value || (one.name < other.name ? -1 : 1);
}

function recordName(name: string, index: number): string {
  return name.length <= maxNameLength ? name : `${name.slice(0, maxNameLength - 4)}…#${String(index)}`;
}

function named(items: readonly string[]): string {
  const rest = items.length - maxNamed;
  return `${items.slice(0, maxNamed).join(', ')}${rest > 0 ? ` and ${String(rest)} more` : ''}`;
}
