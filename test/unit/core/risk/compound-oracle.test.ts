import { describe, expect, it } from '@jest/globals';
import { annualLoss, annualQuantile, compound } from '../../../../src/core/risk/annual-loss.ts';
import type { Amount } from '../../../../src/core/risk/amount.ts';
import { convolve } from '../../../../src/core/risk/grid.ts';
import type { IncidentRate } from '../../../../src/core/risk/incident-rate.ts';
import { createScoreMesh } from '../../../../src/core/risk/score-mesh.ts';
import { expectRelative, loadGolden } from '../../../builders/golden.ts';
import { component, impactOf, lognormal, pert } from '../../../builders/risk.ts';

const mesh = createScoreMesh();
const masses = loadGolden('compound', 'masses');
const sums = loadGolden('compound', 'sum-of-parts');
type Frequency = (typeof masses)[number]['input']['frequency'];
type Year = (typeof masses)[number]['expected'];

/** A count that is Poisson is one whose rate is known for certain. */
function rateOf(frequency: Frequency): IncidentRate {
  if (frequency.kind === 'Poisson') return { shape: frequency.rate * 1e13, years: 1e13 };
  return { shape: frequency.shape, years: frequency.exposureYears };
}

function onGrid(values: readonly number[], size: number): Float64Array {
  const grid = new Float64Array(size);
  grid.set(values.slice(0, size));
  return grid;
}

function expectExactly(year: Float64Array, step: number, expected: Year): void {
  expectRelative(year[0], expected.massAtZero, 1e-9);
  const within = (loss: number) => year.slice(0, Math.floor(loss / step) + 1).reduce((sum, each) => sum + each, 0);
  // Taken from 1, as the oracle does: the digits left are those of 1.
  for (const { above, probability } of expected.exceedances) expect(Math.abs(1 - within(above) - probability)).toBeLessThanOrEqual(1e-9);
  for (const [share, quantile] of [
    [0.9, expected.quantiles.p90],
    [0.95, expected.quantiles.p95],
    [0.99, expected.quantiles.p99],
  ] as const)
    expect(annualQuantile({ grid: { step, size: year.length }, masses: year }, share)).toBe(quantile);
}

describe('the recursion against R actuar, given masses', () => {
  it.each(masses)('$name', ({ input: { frequency, severity, step }, expected }) => {
    const size = 2000;
    expectExactly(compound([{ rate: rateOf(frequency), masses: onGrid(severity.masses, size) }]), step, expected);
  });

  it.each(sums)('$name', ({ input: { frequency, severity, step }, expected }) => {
    const size = 500;
    const parts = severity.parts.map((part) => onGrid(part, size)).reduce(convolve);
    expectExactly(compound([{ rate: rateOf(frequency), masses: parts }]), step, expected);
  });
});

/** Masses kept to the mean instead of rounded differ by less than a step, and the probability beyond a loss by what lies in one. */
function expectToOneStep(amount: Amount, frequency: Frequency, step: number, expected: Year): void {
  const size = Math.ceil((expected.quantiles.p99 * 1.2) / step) + 2;
  const year = annualLoss([{ rate: rateOf(frequency), impact: impactOf(component(amount)) }], mesh, { step, size });
  for (const [share, quantile] of [
    [0.9, expected.quantiles.p90],
    [0.95, expected.quantiles.p95],
    [0.99, expected.quantiles.p99],
  ] as const)
    expect(Math.abs(annualQuantile(year, share) - quantile)).toBeLessThanOrEqual(step);
}

describe('the year against R actuar, to one step of the grid', () => {
  it.each(loadGolden('compound', 'lognormal'))('lognormal, $name', ({ input: { frequency, severity, step }, expected }) => {
    expectToOneStep(lognormal(severity.low, severity.high), frequency, step, expected);
  });

  it.each(loadGolden('compound', 'pert'))('PERT, $name', ({ input: { frequency, severity, step }, expected }) => {
    expectToOneStep(pert(severity.min, severity.mode, severity.max), frequency, step, expected);
  });
});
