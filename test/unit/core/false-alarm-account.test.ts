import { describe, expect, it } from '@jest/globals';
import { explainFalseAlarms, judgeFalseAlarms, recordFalseAlarms, type FalseAlarmRecord } from '../../../src/core/false-alarm-account.ts';
import { breachChance, hypotheses, type CountedReading } from '../../../src/core/statistics/breach-chance.ts';
import { anIndicator } from '../../builders/core.ts';

const record = (monthlyAtLeast: number, monthlyAtMost: number): FalseAlarmRecord => ({
  ...{ assuming: 'NoDrift', lookChance: 0.01, monthlyAtLeast, monthlyAtMost },
});
const bins = Array.from({ length: 10 }, () => 1);
const psi = (rows: number) => ({
  ...{ value: 0.01, noiseFloor: 0.001, interval: null },
  computation: {
    statistic: 'PSI',
    parameters: { falseAlarmProbability: 0.01, designEffect: 1 },
    counts: { upperBounds: [1], reference: bins.map(() => 1e6), live: bins.map(() => rows / 10) },
  },
});

describe('recordFalseAlarms', () => {
  const looking = { intervalSeconds: 5, dataSeconds: 600 };
  const threshold = { direction: 'Above', warn: null, breach: 0.1, clear: 0.1, severe: null } as const;
  const recordOf = (reading: CountedReading, forSeconds = 0) => {
    const chance = breachChance(threshold, reading);
    return chance && recordFalseAlarms(anIndicator({ forSeconds }), chance, looking);
  };

  it('rounds to two digits, and to none what is less than a millionth', () => {
    const few = recordOf(psi(200));
    expect(few).toMatchObject({ assuming: 'NoDrift', lookChance: 0.018 });
    expect(few?.monthlyAtMost).toBe(Number(few?.monthlyAtMost.toPrecision(2)));
    expect(recordOf(psi(20_000))).toEqual({
      assuming: 'NoDrift',
      lookChance: 0,
      monthlyAtLeast: 0,
      monthlyAtMost: 0,
    });
  });

  it('falls as a breach must hold longer', () => {
    const [at0, at300] = [0, 300].map((forSeconds) => recordOf(psi(200), forSeconds)?.monthlyAtMost ?? NaN);
    expect(at300).toBeLessThan((at0 ?? NaN) / 10);
  });
});

describe('judgeFalseAlarms', () => {
  it('is within the limit when even the most is', () => {
    expect(judgeFalseAlarms([{ name: 'drift', record: record(0.001, 0.08) }], 1)).toEqual({
      status: 'True',
      reason: 'WithinLimit',
      message: 'Expected false alarms a year: 0.012 to 0.97; falseEngagementsPerModelYear of the policy allows 1 (drift 0.012 to 0.97).',
    });
  });

  it('is not when even the least is above it: which indicator contributes what, the worst first, and what to change', () => {
    const { status, reason, message } = judgeFalseAlarms(
      [
        { name: 'drift', record: record(0.1, 0.2) },
        { name: 'parity', record: record(0.3, 4) },
      ],
      1,
    );
    expect({ status, reason }).toEqual({ status: 'False', reason: 'TooManyFalseAlarms' });
    expect(message).toContain('(parity 3.6 to 49, drift 1.2 to 2.4). Most come from parity: move its threshold.breach away from clear');
  });

  it('is not known between the bounds, nor while nobody knows what an indicator does', () => {
    expect(judgeFalseAlarms([{ name: 'drift', record: record(0.001, 2) }], 1)).toMatchObject({
      status: 'Unknown',
      reason: 'BoundsTooWide',
    });
    const blind = judgeFalseAlarms(
      [
        { name: 'drift', record: record(0, 0) },
        { name: 'gauge', record: null },
      ],
      1,
    );
    expect(blind).toMatchObject({ status: 'Unknown', reason: 'NotKnown' });
    expect(blind.message).toContain('Expected false alarms a year: as good as no;');
    expect(blind.message).toContain('Nothing is known of the false alarms of gauge');
    expect(judgeFalseAlarms([{ name: 'gauge', record: null }], 1).message).toMatch(/^Nothing is known/);
  });

  it('does not let what nobody knows hide what is too much', () => {
    const both = [
      { name: 'drift', record: record(5, 6) },
      { name: 'gauge', record: null },
    ];
    expect(judgeFalseAlarms(both, 1).status).toBe('False');
  });

  it('finds nothing to say of a model without indicators', () => {
    expect(judgeFalseAlarms([], 1)).toEqual({ status: 'True', reason: 'WithinLimit', message: '' });
  });

  it('turns only at the limit: what the policy allows more of is calibrated', () => {
    for (const [limit, status] of [
      [11, 'False'],
      [13, 'True'],
    ] as const)
      expect(judgeFalseAlarms([{ name: 'drift', record: record(1, 1) }], limit).status).toBe(status);
  });
});

describe('explainFalseAlarms', () => {
  it('says what is supposed, once for each hypothesis', () => {
    const said = hypotheses.map((assuming) =>
      explainFalseAlarms({ ...record(0, 0), assuming, lookChance: 0 }, { intervalSeconds: 5, forSeconds: 30 }),
    );
    expect(new Set(said).size).toBe(hypotheses.length);
    expect(said[0]).toBe(
      'as good as no false alarms in 30 days while live and reference rows come from one distribution: one look breaches with a chance of less than a millionth, there is one every 5 s, and a breach must hold for 30 s',
    );
  });
});
