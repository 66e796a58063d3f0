import { describe, expect, it } from '@jest/globals';
import { judge } from '../../../../src/core/judge.ts';
import type { Observation } from '../../../../src/core/model/observation.ts';
import { breachChance } from '../../../../src/core/statistics/breach-chance.ts';
import { maxFeatures } from '../../../../src/core/statistics/feature-drift.ts';
import { recompute } from '../../../../src/core/statistics/recompute.ts';
import type { StatisticReading } from '../../../../src/core/statistics/reading.ts';
import { indicatorOf } from '../../../../bench/statistics/verdicts.ts';
import { driftOf, readingOf, readRows } from '../../../builders/drift.ts';
import { featureDrift, featureRows, readFeatureCounts, type FeatureCounts } from '../../../builders/features.ts';

const even = [1000, 1000, 1000];
const season: FeatureCounts = { age: even, income: even, region: even };

const threshold = (breach: number) => ({ direction: 'Above', warn: null, breach, clear: breach, severe: null }) as const;

const verdictOf = (reading: StatisticReading, breach: number, minSamples: number | null) => assessed(reading, breach, minSamples).verdict;

function assessed(reading: StatisticReading, breach: number, minSamples: number | null = null) {
  const source = { provider: 'p', query: 'q', queriedAtMs: 0 };
  const observation: Observation = { kind: 'Value', ...reading, dataTimeMs: 0, windowSeconds: 60, source };
  const indicator = { ...indicatorOf(threshold(breach), 0), minSamples };
  return judge({ indicator, identity: { namespace: 'n', model: 'm', version: '2' }, served: 'Live', observation, nowMs: 0 });
}

describe('drift of many features', () => {
  it('shows the largest distance that is beyond chance, names all of them and is a breach', () => {
    const reading = readingOf(readFeatureCounts({ age: [1500, 900, 600], income: even, region: [1300, 900, 800] }, season));
    const one = driftOf({ counted: { kind: 'Categories', label: 'purpose' }, reference: featureDrift().reference });
    const alone = readingOf(readRows(one, featureRows({ age: [1500, 900, 600] }), { season: featureRows({ age: even }) }));
    expect(reading.detail).toMatch(/^2 of 3 features drifted: age by 0\.\d+, region by 0\.\d+$/);
    expect(reading.value).toBeCloseTo(alone.value, 12);
    expect(reading.computation.parameters).toMatchObject({ features: 3, rejected: 2, 'p/income': 1 });
    expect(reading.sampleCount).toBe(3000);
    expect([0.05, 0.5].map((breach) => verdictOf(reading, breach, null))).toEqual(['Breach', 'Ok']);
  });

  it('is no breach where none is beyond chance, however low the limit is', () => {
    const reading = readingOf(readFeatureCounts({ age: [1010, 1000, 990], income: even, region: [990, 1000, 1010] }, season));
    expect(reading.detail).toMatch(/^none of 3 features is beyond chance; the farthest is (age|region)$/);
    expect(reading.noiseFloor).toBeGreaterThanOrEqual(reading.value);
    expect(verdictOf(reading, 0, 0)).toBe('Warn');
    expect(verdictOf(reading, 0.1, null)).toBe('Ok');
  });

  it('never reads a window as Ok in which one feature has too few rows to show a breach', () => {
    const [thin, drifted] = [
      [12, 10, 11],
      [1150, 1000, 850],
    ];
    const quiet = readingOf(readFeatureCounts({ age: thin, income: even, region: even }, season));
    expect(quiet.sampleCount).toBe(33);
    expect(verdictOf(quiet, 0.2, null)).toBe('Insufficient');
    // A small drift that is sure of another feature proves nothing about the thin one.
    const other = readingOf(readFeatureCounts({ age: thin, income: drifted, region: even }, season));
    expect(other.detail).toContain('1 of 3 features drifted: income');
    for (const minSamples of [null, 0, 1000]) expect(verdictOf(other, 0.2, minSamples)).toBe('Insufficient');
    expect(verdictOf(other, 0.001, 0)).toBe('Breach');
  });

  it('compares the features of a version with those of the champion', () => {
    const champion = featureDrift({ reference: { kind: 'Window', part: 'value', version: '1', what: 'version 1' } });
    const reading = readingOf(readRows(champion, featureRows({ ...season, age: [1500, 900, 600] }), { '1': featureRows(season) }));
    expect(reading.detail).toContain('1 of 3 features drifted: age');
    const itself = { ...champion, reference: { kind: 'Window', part: 'value', version: '2', what: 'version 2' } } as const;
    const refused = readRows(itself, featureRows(season), { '2': featureRows(season) });
    expect(refused).toMatchObject({
      ok: false,
      failure: { cause: 'Incomparable', message: expect.stringContaining('is the reference itself') },
    });
  });

  it('keeps what audit verify takes to compute the distance again, and the declared chance of a false alarm', () => {
    const reading = readingOf(
      readFeatureCounts({ ...season, ['x'.repeat(100)]: [1500, 900, 600] }, { ...season, ['x'.repeat(100)]: even }),
    );
    const computation = JSON.parse(JSON.stringify(reading.computation)) as typeof reading.computation;
    expect(recompute(computation)).toBeCloseTo(reading.value, 12);
    expect(Object.keys(computation.parameters).filter((name) => name.startsWith('p/'))).toHaveLength(4);
    expect(Math.max(...Object.keys(computation.parameters).map((name) => name.length))).toBeLessThanOrEqual(63);
    expect(breachChance(threshold(0.1), reading)).toEqual({
      atLeast: 0,
      atMost: 0.01,
      hypothesis: 'NoDrift',
      windowsAreIndependent: false,
    });
  });
});

describe('a feature without a distance', () => {
  const many = (count: number): FeatureCounts =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`f${String(index)}`, even]));

  it.each([
    ['gone', { age: even, income: even }, season, 'Incomparable', 'region: gone'],
    ['new', { ...season, device: even }, season, 'Incomparable', 'device: new'],
    ['without rows', { ...season, age: [0, 0, 0] }, season, 'Incomparable', 'age: no rows in the window'],
    ['not counted', { ...season, age: [NaN, 1, 1] }, season, 'Incomparable', 'age: the count of purpose="a" is NaN'],
    ['negative', { ...season, age: [-1, 1, 1] }, season, 'Incomparable', 'age: the count'],
    ['without a name', { ...season, '': even }, season, 'Incomparable', 'without the label feature'],
    ['one of none', {}, {}, 'Empty', 'no features'],
    ['one of none left', {}, season, 'Empty', '3 of 3 features'],
    ['one too many', many(maxFeatures + 1), many(maxFeatures + 1), 'Incomparable', 'write a signal for each part'],
  ] as const)('that is %s is named, and is no value', (_what, live, reference, cause, message) => {
    expect(readFeatureCounts(live, reference)).toMatchObject({ ok: false, failure: { cause, message: expect.stringContaining(message) } });
  });

  it('of too few rows for the chi-square test makes the reading Insufficient', () => {
    const read = readFeatureCounts({ ...season, age: [1, 1, 1] }, season, { metric: 'CramersV' });
    expect(read).toMatchObject({
      ok: false,
      failure: { cause: 'Insufficient', message: expect.stringContaining('age: not even two bins') },
    });
  });

  it('is none of fifty', () => {
    expect(readFeatureCounts(many(maxFeatures), many(maxFeatures)).ok).toBe(true);
  });
});

describe('a feature without a distance beside one that drifted', () => {
  const drifted = [1500, 900, 600];
  const vanished: FeatureCounts = { age: drifted, income: even };

  it.each<[string, FeatureCounts, FeatureCounts, string]>([
    ['gone', vanished, season, 'region: gone'],
    ['new', { ...season, age: drifted, device: even }, season, 'device: new'],
    ['without rows', { ...season, age: drifted, income: [0, 0, 0] }, season, 'income: no rows in the window'],
    ['malformed', { ...season, age: drifted, income: [-1, 1, 1] }, season, 'income: the count'],
  ])('regression: that is %s hides no breach, and is said with it', (_what, live, reference, message) => {
    const reading = readingOf(readFeatureCounts(live, reference));
    expect(verdictOf(reading, 0.05, null)).toBe('Breach');
    expect(reading.detail).toMatch(/^1 of [34] features drifted: age by 0\.\d+; 1 of [34] features can't be measured: /);
    expect(reading.detail).toContain(message);
  });

  it('leaves no data where what drifted is within the limit, as if nothing had', () => {
    const reading = readingOf(readFeatureCounts(vanished, season));
    for (const minSamples of [null, 0, 1_000_000]) expect(verdictOf(reading, 0.5, minSamples)).toBe('NoData');
    expect(verdictOf(reading, 0.05, 1_000_000)).toBe('NoData');
    expect(assessed(reading, 0.5).observation).toMatchObject({
      kind: 'NoData',
      cause: 'Incomparable',
      message: expect.stringContaining("1 of 3 features can't be measured: region: gone"),
    });
  });

  it('of too few rows makes what is no breach Insufficient', () => {
    const read = readFeatureCounts({ ...season, age: [2000, 700, 300], income: [1, 1, 1] }, season, { metric: 'CramersV' });
    const reading = readingOf(read);
    expect(verdictOf(reading, 0.15, null)).toBe('Breach');
    expect(verdictOf(reading, 0.9, null)).toBe('Insufficient');
  });

  it('counts among those that are tested: the fewer can be measured the surer nothing is', () => {
    const slight = [1110, 1000, 890];
    const alone = readFeatureCounts({ age: slight }, { age: even }, { falseAlarmProbability: 0.01 });
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`gone-${String(index)}`, even]));
    expect(readingOf(alone).computation.parameters).toMatchObject({ features: 1, rejected: 1 });
    const beside = readFeatureCounts({ age: slight }, { age: even, ...many }, { falseAlarmProbability: 0.01 });
    expect(beside).toMatchObject({ ok: false, failure: { cause: 'Incomparable', message: expect.stringContaining('30 of 31 features') } });
  });

  it('is not recorded with a p-value, and the distance shown can be computed again', () => {
    const reading = readingOf(readFeatureCounts(vanished, season));
    expect(reading.computation.parameters).toMatchObject({ features: 3, rejected: 1, 'p/income': 1 });
    expect(reading.computation.parameters['p/region']).toBeUndefined();
    expect(recompute(reading.computation)).toBeCloseTo(reading.value, 12);
  });
});
