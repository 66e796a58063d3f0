import { describe, expect, it } from '@jest/globals';
import { followPointer } from '../../../../src/signals/http-json/pointer.ts';

/** The document of RFC 6901, section 5. */
const document = { foo: ['bar', 'baz'], '': 0, 'a/b': 1, 'c%d': 2, 'e^f': 3, 'g|h': 4, 'i\\j': 5, 'k"l': 6, ' ': 7, 'm~n': 8 };

describe('followPointer', () => {
  it.each([
    ['', document],
    ['/foo', ['bar', 'baz']],
    ['/foo/0', 'bar'],
    ['/', 0],
    ['/a~1b', 1],
    ['/c%d', 2],
    ['/e^f', 3],
    ['/g|h', 4],
    ['/i\\j', 5],
    ['/k"l', 6],
    ['/ ', 7],
    ['/m~0n', 8],
  ])('finds what RFC 6901 says %j leads to', (pointer, found) => {
    expect(followPointer(document, pointer)).toEqual(found);
  });

  it.each([
    '/nothing',
    '/foo/2',
    '/foo/-',
    '/foo/01',
    '/foo/-1',
    '/foo/length',
    '/constructor',
    '/__proto__',
    '/foo/0/length',
    'foo',
    '/a~2b',
    '/a~',
  ])('finds nothing at %j', (pointer) => {
    expect(followPointer(document, pointer)).toBeUndefined();
  });

  it('reads ~01 as ~1 and not as a slash', () => {
    expect(followPointer({ '~1': 'tilde', '/': 'slash' }, '/~01')).toBe('tilde');
  });
});
