import { describe, expect, it } from '@jest/globals';
import { decodeStringLiteral, encodeStringLiteral } from '../../../../../src/signals/prometheus/promql/string-literal.ts';

describe('decodeStringLiteral', () => {
  it.each([
    ['"plain"', 'plain'],
    [String.raw`"a\"b\\c\n"`, 'a"b\\c\n'],
    [String.raw`'it\'s'`, "it's"],
    ['`raw \\n "x"`', 'raw \\n "x"'],
    [String.raw`"\x41\102\u00e9\U0001F600"`, 'ABé😀'],
    [String.raw`"\a\b\f\r\t\v"`, '\x07\b\f\r\t\v'],
  ])('reads %s', (literal, text) => {
    expect(decodeStringLiteral(literal)).toBe(text);
  });

  it.each([
    ['not closed', '"abc'],
    ['closed by an escaped quote', String.raw`"abc\"`],
    ['a single quote mark', '"'],
    ['a line break', '"a\nb"'],
    ['the other quote escaped', String.raw`"it\'s"`],
    ['an unknown escape', String.raw`"\d"`],
    ['a name every object has', String.raw`"\constructor"`],
    ['a byte above ASCII', String.raw`"\377"`],
    ['a surrogate', String.raw`"\ud800"`],
    ['beyond Unicode', String.raw`"\U00110000"`],
    ['a raw string with a carriage return', '`a\rb`'],
    ['no quote at all', 'abca'],
  ])('refuses %s', (_why, literal) => {
    expect(decodeStringLiteral(literal)).toBeNull();
  });
});

describe('encodeStringLiteral', () => {
  it('escapes what would end the literal and what cannot be seen', () => {
    expect(encodeStringLiteral('a"b\\c\nd\u0000e\u007f')).toBe(String.raw`"a\"b\\c\nd\u0000e\u007f"`);
  });

  it('keeps braces, other quotes and characters beyond ASCII', () => {
    expect(encodeStringLiteral("{}'`é😀\u200d")).toBe('"{}\'`é😀\u200d"');
  });

  it('replaces half characters, as UTF-8 would', () => {
    expect(encodeStringLiteral('a\ud800b')).toBe('"a\ufffdb"');
  });
});
