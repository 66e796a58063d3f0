import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isUsableValue, largestValue, readDataTime } from '../../../src/signals/data-time.ts';
import { someTimeMs } from '../../builders/manual-clock.ts';

describe('readDataTime', () => {
  it.each([
    ['2026-06-01T12:00:00Z', 0],
    ['2026-06-01T12:00:00.5Z', 500],
    ['2026-06-01T12:00:00.123456789Z', 123],
    ['2026-06-01T14:00:00+02:00', 0],
    ['2026-06-01T00:30:00-11:30', 0],
    ['2026-06-01T23:59:59Z', 11 * 3_600_000 + 3_599_000],
  ])('reads %s', (text, afterMs) => {
    expect(readDataTime(text)).toBe(someTimeMs + afterMs);
  });

  it.each([
    ['a date alone', '2026-06-01'],
    ['no zone, which each reader would take for its own', '2026-06-01T12:00:00'],
    ['a blank for the T', '2026-06-01 12:00:00Z'],
    ['a month that is none', '2026-13-01T12:00:00Z'],
    ['a second that is none', '2026-06-01T12:00:60Z'],
    ['a zone that is none', '2026-06-01T12:00:00+24:00'],
    ['ten digits of a second', '2026-06-01T12:00:00.1234567890Z'],
    ['what people write', '1 June 2026 12:00:00 GMT'],
    ['seconds in a text', '1780315200'],
    ['an empty text', ''],
  ])('takes %s for no time', (_what, text) => {
    expect(readDataTime(text)).toBeNull();
  });

  it.each(['2026-02-29T12:00:00Z', '2026-02-31T12:00:00Z', '2026-04-31T12:00:00+02:00', '2026-06-00T12:00:00Z', '2026-06-01T24:00:00Z'])(
    'regression: takes %s, which no calendar has, for no time: it was read as a later day, and the data for younger',
    (text) => {
      expect(readDataTime(text)).toBeNull();
    },
  );

  it('reads the leap days there are', () => {
    expect(readDataTime('2028-02-29T00:00:00Z')).toBe(Date.UTC(2028, 1, 29));
    expect(readDataTime('2000-02-29T00:00:00Z')).toBe(Date.UTC(2000, 1, 29));
    expect(readDataTime('1900-02-29T00:00:00Z')).toBeNull();
  });

  it('reads back every time it could have been told, as text and in seconds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 253_402_300_799_999 }), (atMs) => {
        expect(readDataTime(new Date(atMs).toISOString())).toBe(atMs);
        expect(readDataTime(atMs / 1000)).toBeCloseTo(atMs, 0);
      }),
    );
  });

  it.each([
    [0, 0],
    [0.5, 500],
    [253_402_300_799, 253_402_300_799_000],
  ])('reads %d seconds', (seconds, atMs) => {
    expect(readDataTime(seconds)).toBe(atMs);
  });

  it.each([-0.001, -1, 253_402_300_800, someTimeMs, Infinity, NaN])(
    'takes the number %d for no time: milliseconds are a later age',
    (seconds) => {
      expect(readDataTime(seconds)).toBeNull();
    },
  );

  it.each([[null], [undefined], [true], [[]], [{}], [[1_780_315_200]], [new Date(someTimeMs)], [1_780_315_200n]])(
    'takes %p for no time',
    (written) => {
      expect(readDataTime(written)).toBeNull();
    },
  );
});

describe('isUsableValue', () => {
  it.each([0, -0, 1, -1, 1e-300, largestValue - 1, 1 - largestValue])('%d may stand for a reading', (value) => {
    expect(isUsableValue(value)).toBe(true);
  });

  it.each([[largestValue], [-largestValue], [Infinity], [-Infinity], [NaN], ['1'], [null], [true], [[1]], [1n]])('%p may not', (value) => {
    expect(isUsableValue(value)).toBe(false);
  });
});
