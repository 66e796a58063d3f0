import { describe, expect, it } from '@jest/globals';
import { driftMetrics, measureDivergence, type AlignedCounts, type DriftMetric } from '../../../../src/core/statistics/drift-metric.ts';
import { createDraws } from '../../../builders/drawn-counts.ts';

const reference = [120, 300, 380, 150, 50];
const live = [90, 260, 370, 200, 80];
const edges = [0, 1, 2, 5, 10, 20];

function measured(metric: DriftMetric, counts: AlignedCounts = { reference, live, edges }, designEffect = 1) {
  const value = measureDivergence({ metric, falseAlarmProbability: 0.01, designEffect }, counts);
  if (!value.ok) throw new Error(value.failure.message);
  return value.value;
}

describe('measureDivergence', () => {
  it.each([
    ['JensenShannon', 0.0879500335],
    ['Hellinger', 0.0733133789],
    ['TotalVariation', 0.08],
    ['LInfinity', 0.05],
    ['KolmogorovSmirnov', 0.08],
    ['CramersV', 0.0931364652],
  ] as const)('in %s the published vector is %p', (metric, value) => {
    expect(measured(metric).value).toBeCloseTo(value, 10);
  });

  it('takes off what PSI reads by chance on average', () => {
    // (B-1)(1/n+1/m) is .008 here.
    expect(measured('PSI').figures).toEqual({ excess: expect.closeTo(measured('PSI').value - 0.008, 12) });
  });

  it('gives the Wasserstein distance in ranges that hold 90 % of the reference', () => {
    // p05 lies at .05/.12 of the first bin; the last bin holds exactly .05, so p95 is its lower edge.
    const { value, figures } = measured('Wasserstein');
    expect(figures).toEqual({
      distance: expect.closeTo(0.715, 12),
      referenceRange: expect.closeTo(10 - 0.05 / 0.12, 9),
      lowestBound: 0,
    });
    expect(value).toBeCloseTo(0.715 / (10 - 0.05 / 0.12), 9);
  });

  it('says between which limits the true Kolmogorov-Smirnov distance lies', () => {
    expect(measured('KolmogorovSmirnov').figures).toEqual({ upperBound: expect.closeTo(0.46, 12) });
  });

  it('needs four times the rows for the same noise where rows come in fours', () => {
    const fourfold = { reference: reference.map((count) => count * 4), live: live.map((count) => count * 4), edges };
    for (const metric of driftMetrics) {
      const [plain, designed] = [measured(metric), measured(metric, fourfold, 4)];
      expect(designed.noiseFloor).toBeCloseTo(plain.noiseFloor, metric === 'JensenShannon' || metric === 'Hellinger' ? 4 : 12);
    }
  });

  it('needs bins in order for a distance to travel', () => {
    const nominal = measureDivergence(
      { metric: 'Wasserstein', falseAlarmProbability: 0.01, designEffect: 1 },
      { reference, live, edges: null },
    );
    expect(nominal).toMatchObject({ ok: false, failure: { cause: 'Incomparable' } });
  });

  it('is Insufficient where more than 1 % more rows went beyond the bounds, at an unknown distance', () => {
    const open = { reference: [500, 300, 190, 10], live: [500, 300, 170, 30], edges: [0, 1, 2, 3, Infinity] };
    const beyond = measureDivergence({ metric: 'Wasserstein', falseAlarmProbability: 0.01, designEffect: 1 }, open);
    expect(beyond).toMatchObject({
      ok: false,
      failure: { cause: 'Insufficient', message: expect.stringContaining('2.0 % more of one side') },
    });
    expect(measured('Wasserstein', { ...open, live: [500, 300, 185, 15] }).value).toBeGreaterThan(0);
  });

  it('has no scale where more than 5 % of the reference lies beyond the bounds', () => {
    const open = { reference: [500, 300, 100, 100], live: [500, 300, 100, 100], edges: [0, 1, 2, 3, Infinity] };
    const unknown = measureDivergence({ metric: 'Wasserstein', falseAlarmProbability: 0.01, designEffect: 1 }, open);
    expect(unknown).toMatchObject({ ok: false, failure: { cause: 'Incomparable', message: expect.stringContaining('outermost bounds') } });
  });

  it('is Insufficient for a chi-square test where not even two bins hold enough', () => {
    const thin = { reference: [3, 2, 1], live: [1, 1, 1], edges: null };
    const test = measureDivergence({ metric: 'CramersV', falseAlarmProbability: 0.01, designEffect: 1 }, thin);
    expect(test).toMatchObject({ ok: false, failure: { cause: 'Insufficient' } });
  });
});

/** Shares, rows of the reference (null: known exactly) and of a window. */
const worlds = [
  { what: 'ten equal bins', shares: Array.from({ length: 10 }, () => 1), n: null, m: 500 },
  { what: 'ten equal bins, both sides small', shares: Array.from({ length: 10 }, () => 1), n: 500, m: 500 },
  { what: 'twenty bins with a thin tail', shares: Array.from({ length: 20 }, (_unused, bin) => 0.7 ** bin), n: null, m: 300 },
  {
    what: 'fifty categories, most of them rare',
    shares: Array.from({ length: 50 }, (_unused, bin) => 1 / (bin + 1) ** 2),
    n: 2000,
    m: 300,
  },
];

describe.each(worlds)('over $what, when nothing changed', ({ shares, n, m }) => {
  const windows = 500;
  const alpha = 0.01;
  const sum = shares.reduce((total, share) => total + share, 0);
  const exact = shares.map((share) => share / sum);

  it(`no metric reads more than its noise floor in more windows than it says`, () => {
    const draw = createDraws(20260601);
    const edges = [0, ...shares.map((_share, bin) => bin + 1)];
    const beyond = new Map(driftMetrics.map((metric) => [metric, 0]));
    for (let window = 0; window < windows; window++) {
      const counts = { reference: n === null ? exact.map((share) => share * 1e6) : draw(exact, n), live: draw(exact, m), edges };
      for (const metric of driftMetrics) {
        const read = measureDivergence({ metric, falseAlarmProbability: alpha, designEffect: 1 }, counts);
        if (read.ok && read.value.value > read.value.noiseFloor) beyond.set(metric, (beyond.get(metric) ?? 0) + 1);
      }
    }
    // Three standard deviations of a share of so many windows.
    const most = windows * (alpha + 3 * Math.sqrt((alpha * (1 - alpha)) / windows));
    expect([...beyond].filter(([, count]) => count > most)).toEqual([]);
  });
});
