import { describe, expect, it } from '@jest/globals';
import { explainFigure } from '../../../../../src/core/risk/programme/explain-programme.ts';
import type { HandledIncident } from '../../../../../src/core/risk/programme/facts.ts';
import { measureProgramme } from '../../../../../src/core/risk/programme/figures.ts';
import type { ProgrammeFigure } from '../../../../../src/core/risk/programme/figure.ts';
import { rateRatio } from '../../../../../src/core/risk/programme/rate-ratio.ts';
import { survivalOf } from '../../../../../src/core/risk/programme/survival.ts';
import { agrees, loadGolden } from '../../../../builders/golden.ts';

const hourMs = 3_600_000;
const window = { fromMs: 1000 * hourMs, toMs: 2000 * hourMs };

function anIncident(changes: Partial<HandledIncident> = {}): HandledIncident {
  return {
    origin: 'Operator',
    severity: 'High',
    onsetMs: null,
    detectedMs: 1500 * hourMs,
    acknowledgedMs: null,
    mitigatedMs: null,
    remediatedMs: null,
    closedMs: null,
    verdict: null,
    harmConfirmed: null,
    ...changes,
  };
}

function figuresOf(...incidents: readonly HandledIncident[]): ReadonlyMap<string, ProgrammeFigure> {
  const figures = measureProgramme({ incidents, models: [], decisions: [], actions: [] }, window);
  return new Map(figures.map((figure) => [figure.name, figure]));
}

describe('the golden vectors of the programme', () => {
  it.each(loadGolden('programme', 'survival'))('survival: $name', ({ input, expected }) => {
    expect(survivalOf(input.spells)).toEqual(expected);
  });

  it.each(loadGolden('programme', 'rate-ratio'))('rate ratio: $name', ({ input: { before, now }, expected }) => {
    expect(agrees(rateRatio(before, now), expected, 1e-9)).toBe(true);
  });

  it.each(loadGolden('programme', 'programme'))('$name', ({ input: { facts, window: span }, expected }) => {
    const figures = measureProgramme(facts, span);
    expect(figures.map(({ name }) => name).sort()).toEqual(Object.keys(expected).sort());
    for (const { name, population, kind: _, ...figure } of figures) {
      expect(population).not.toBe('');
      // Notes are words.
      const { note: __, ...numbers } = { note: '', ...figure };
      if (!agrees(numbers, expected[name], 1e-9)) expect(numbers).toEqual(expected[name]);
    }
  });
});

describe('escaped events', () => {
  it('are unknown, never 0, while nobody reports', () => {
    for (const incidents of [[], [anIncident()], [anIncident({ verdict: 'TruePositive', harmConfirmed: 'RuledOut' })]]) {
      const figure = figuresOf(...incidents).get('escapedHighRisk');
      expect(figure).toMatchObject({
        value: null,
        interval: null,
        note: 'nobody reported an incident in the window: what escaped is unknown',
      });
    }
  });

  it('are 0 of n once somebody reports, if only of something small', () => {
    expect(figuresOf(anIncident(), anIncident({ origin: 'Reported', severity: 'Low' })).get('escapedHighRisk')).toMatchObject({
      value: 0,
      count: 0,
      n: 1,
    });
  });

  it('are those people told of, and those that did harm before the constraint held', () => {
    const figure = figuresOf(
      anIncident(),
      anIncident({ verdict: 'TruePositive', harmConfirmed: 'Confirmed' }),
      anIncident({ origin: 'Reported' }),
      anIncident({ origin: 'Reported', verdict: 'FalsePositive' }),
    ).get('escapedHighRisk');
    expect(figure).toMatchObject({ count: 2, n: 3 });
  });
});

describe('times', () => {
  it('count what is open for as long as it has lasted, and what closed without it up to then', () => {
    const figure = figuresOf(
      anIncident({ acknowledgedMs: 1501 * hourMs }),
      anIncident({ closedMs: 1510 * hourMs }),
      anIncident({ acknowledgedMs: 2001 * hourMs }),
    ).get('timeToAcknowledge');
    expect(figure).toMatchObject({ n: 3, censored: 2, medianMs: null });
  });

  it('of detection say of how many the onset is not known', () => {
    expect(figuresOf(anIncident(), anIncident({ onsetMs: 1400 * hourMs })).get('timeToDetect')).toMatchObject({
      n: 1,
      unknown: 1,
      medianMs: 100 * hourMs,
    });
  });

  it('are of the window only', () => {
    expect(
      figuresOf(anIncident({ detectedMs: window.toMs }), anIncident({ detectedMs: window.fromMs - 1 })).get('timeToMitigate'),
    ).toMatchObject({
      n: 0,
      medianMs: null,
    });
    expect(figuresOf(anIncident({ detectedMs: window.fromMs })).get('timeToMitigate')).toMatchObject({ n: 1 });
  });
});

describe('explainFigure', () => {
  const explained = (name: string, ...incidents: readonly HandledIncident[]): string => {
    const figure = figuresOf(...incidents).get(name);
    return figure === undefined ? '' : explainFigure(figure);
  };

  it('says population and n of each, and what is not known', () => {
    expect(explained('timeToMitigate', anIncident({ mitigatedMs: 1500 * hourMs + 2500 }))).toBe(
      'timeToMitigate: median 2.5 s, 90 % within 2.5 s (n 1, of these 0 not over; incidents of the operator not judged false, from detection to the first constraint in effect)',
    );
    expect(explained('timeToAcknowledge', anIncident())).toContain(
      'median not reached, 90 % within not reached (n 1, of these 1 not over;',
    );
    expect(explained('timeToDetect', anIncident())).toContain('none (n 0, of these 0 not over, 1 unknown;');
    expect(explained('escapedHighRisk', anIncident())).toContain('unknown (n 1; incidents of severity High or Critical');
    expect(explained('alertPrecision', anIncident(), anIncident({ verdict: 'TruePositive' }))).toMatch(
      /^alertPrecision: 100 %, 95 % interval 20\.7 % to 100 % \(1 of 1; .*; 1 of 2 are not judged yet\)$/,
    );
    expect(explained('incidentsHigh', anIncident())).toContain('1, before 0: no trend below 10 in both');
    expect(explained('incidentsHigh', ...Array.from({ length: 10 }, () => anIncident()))).toContain(
      'ratio infinity, 95 % interval 2.24 to infinity',
    );
    expect(explained('nearMisses')).toMatch(/^nearMisses: 0 \(n 0; of n incidents judged TruePositive/);
  });

  it('say of how many: near misses of incidents judged true, overrides beside the operator’s incidents, minutes of Reviews', () => {
    const figures = figuresOf(
      anIncident(),
      anIncident({ verdict: 'TruePositive', harmConfirmed: 'RuledOut' }),
      anIncident({ verdict: 'TruePositive', harmConfirmed: 'Confirmed', origin: 'Reported' }),
      anIncident({ verdict: 'FalsePositive', harmConfirmed: 'RuledOut' }),
    );
    expect(figures.get('nearMisses')).toMatchObject({ count: 1, n: 2 });
    expect(figures.get('overridesRelease')).toMatchObject({ count: 0, n: 3 });
    expect(figures.get('reviewMinutes')).toMatchObject({ count: 0, n: 0 });
  });
});
