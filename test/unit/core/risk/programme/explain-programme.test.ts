import { describe, expect, it } from '@jest/globals';
import { explainFigure } from '../../../../../src/core/risk/programme/explain-programme.ts';
import type { ProgrammeFigure } from '../../../../../src/core/risk/programme/figure.ts';

type Of<Kind extends ProgrammeFigure['kind']> = Extract<ProgrammeFigure, { readonly kind: Kind }>;

const hour = 3_600_000;
const about = { name: 'timeToClose', population: 'incidents of the window' };
const time = (figures: Partial<Of<'Time'>>) =>
  explainFigure({ ...about, kind: 'Time', n: 3, censored: 1, unknown: 0, medianMs: hour, p90Ms: null, ...figures });
const share = (figures: Partial<Of<'Share'>>) =>
  explainFigure({
    ...{ ...about, kind: 'Share', count: 1, n: 3, value: 1 / 3, interval: { low: 0.0084, high: 0.9057 }, note: '', gaps: [] },
    ...figures,
  });
const trend = (figures: Partial<Of<'Trend'>>) =>
  explainFigure({ ...about, kind: 'Trend', before: 10, now: 5, ratio: 0.5, interval: { low: 0.13, high: 1.6 }, ...figures });

describe('a time', () => {
  it('says how many are not over, and that 9 of 10 were not reached', () => {
    expect(time({})).toBe('timeToClose: median 1 h, 90 % within not reached (n 3, of these 1 not over; incidents of the window)');
  });

  it('says how many nobody knows, only where there are such', () => {
    expect(time({ unknown: 2 })).toContain('1 not over, 2 unknown;');
    expect(time({})).not.toContain('unknown');
  });

  it('of nothing is none, never zero', () => {
    expect(time({ n: 0, censored: 0, medianMs: null })).toContain('timeToClose: none (n 0');
  });

  it.each([
    [0, '0 s'],
    [59_000, '59 s'],
    [60_000, '1 min'],
    [hour - 60_000, '59 min'],
    [hour, '1 h'],
    [24 * hour, '1 d'],
    [36 * hour, '1.5 d'],
  ])('of %d ms is told as %s: the largest unit it fills', (ms, text) => {
    expect(time({ medianMs: ms })).toContain(`median ${text},`);
  });
});

describe('a share', () => {
  it('comes with its interval and what it is a share of', () => {
    expect(share({})).toBe('timeToClose: 33.3 %, 95 % interval 0.84 % to 90.6 % (1 of 3; incidents of the window)');
  });

  it('that has no value is unknown and claims no count', () => {
    const said = share({ value: null, interval: null, n: 0 });
    expect(said).toBe('timeToClose: unknown (n 0; incidents of the window)');
  });

  it('ends with its note', () => {
    expect(share({ interval: null })).toBe('timeToClose: 33.3 % (1 of 3; incidents of the window)');
    expect(share({ note: 'of 9 that nobody looked at' })).toContain('window; of 9 that nobody looked at)');
  });
});

describe('a trend', () => {
  it('names both counts, their ratio and its interval', () => {
    expect(trend({})).toBe('timeToClose: 5, before 10: ratio 0.5, 95 % interval 0.13 to 1.6 (n 15 in both; incidents of the window)');
  });

  it('from nothing is infinite in words', () => {
    expect(trend({ before: 0, ratio: Infinity, interval: { low: 2, high: Infinity } })).toContain(
      'ratio infinity, 95 % interval 2 to infinity',
    );
  });

  it('of too few is none, and says how many it takes', () => {
    expect(trend({ before: 1, now: 2, ratio: null, interval: null })).toContain('2, before 1: no trend below 10 in both');
  });
});

it('a count is told with its population and n', () => {
  expect(explainFigure({ ...about, kind: 'Count', count: 4, n: 9 })).toBe('timeToClose: 4 (n 9; incidents of the window)');
});
