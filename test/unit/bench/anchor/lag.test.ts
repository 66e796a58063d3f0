import { describe, expect, it } from '@jest/globals';
import { factLagsOf, lagsOf, oldestAge } from '../../../../bench/anchor/lag.ts';
import { anchorRows } from '../../../../bench/anchor/table.ts';
import { formatRows } from '../../../../bench/tables.ts';

const beganMs = Date.parse('2026-06-01T12:00:00.000Z');
const record = (uid: string, ...hashes: readonly string[]) => ({
  metadata: { uid },
  status: { entries: hashes.map((hash, seq) => ({ seq, hash, at: new Date(beganMs + seq * 1000).toISOString() })) },
});
const line = (id: string, afterMs: number) => ({ text: JSON.stringify({ id }), receivedAtMs: beganMs + afterMs });

describe('lagsOf', () => {
  it('is from when an entry happened to the first line that holds it', () => {
    const lines = [line('u/0/a', 2000), line('u/1/b', 2000), line('u/0/a', 9000)];
    expect(lagsOf([record('u', 'a', 'b')], lines)).toEqual({ lagsMs: [2000, 1000], missing: 0 });
  });

  it('counts entries no line holds: another hash is another entry', () => {
    expect(lagsOf([record('u', 'a', 'b'), record('v', 'c')], [line('u/0/a', 5), line('u/1/other', 5)])).toEqual({
      lagsMs: [5],
      missing: 2,
    });
    expect(lagsOf([{ metadata: { uid: 'new' } }], [])).toEqual({ lagsMs: [], missing: 0 });
  });
});

describe('factLagsOf', () => {
  it('is from when a fact was seen to the first line that holds it, and of no entry', () => {
    const fact = (id: string, afterMs: number) => ({
      text: JSON.stringify({ id, fact: { at: new Date(beganMs).toISOString() } }),
      receivedAtMs: beganMs + afterMs,
    });
    expect(factLagsOf([fact('run/0/a', 2000), line('u/0/a', 1), fact('run/1/b', 2500), fact('run/0/a', 9000)])).toEqual([2000, 2500]);
    expect(factLagsOf([])).toEqual([]);
  });
});

describe('oldestAge', () => {
  it('is the largest of all namespaces, and 0 without a series', () => {
    const text = [
      '# HELP modelrisk_audit_unanchored_age_seconds Age.',
      'modelrisk_audit_unanchored_age_seconds{namespace="a"} 1.25',
      'modelrisk_audit_unanchored_age_seconds{namespace="b"} 3.5',
      'modelrisk_other{namespace="a"} 99',
    ].join('\n');
    expect(oldestAge(text)).toBe(3.5);
    expect(oldestAge('modelrisk_other 1')).toBe(0);
  });
});

it('the table says whether the promise holds', () => {
  const figures = {
    ...{ incidents: 60, entries: 480, missing: 0, lagMs: { p50: 2100, p99: 2900, max: 3000 } },
    ...{ facts: 90, factLagMs: { p50: 1900, p99: 2300, max: 2400 } },
    ...{ unanchoredAgeMaxSeconds: 3.2, looks: 100, load: [1, 2], broken: [] },
  };
  const table = formatRows(anchorRows(figures));
  expect(table).toContain('2100 / 2900 / 3000 ms');
  expect(table).toContain('1900 / 2300 / 2400 ms');
  expect(table.match(/met: /g)).toHaveLength(2);
  expect(formatRows(anchorRows({ ...figures, missing: 1, unanchoredAgeMaxSeconds: 61 })).match(/MISSED: /g)).toHaveLength(2);
});
