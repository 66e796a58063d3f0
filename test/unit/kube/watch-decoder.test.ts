import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createLineSplitter, decodeLine } from '../../../src/kube/watch-decoder.ts';
import { testObject } from '../../builders/kube-object.ts';

describe('line splitter', () => {
  it('gives back the lines of any text, however it is cut into chunks', () => {
    const line = fc.string({ unit: 'binary', minLength: 1 }).filter((text) => !text.includes('\n'));
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.nat(200), { maxLength: 30 }), (lines, cuts) => {
        const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''));
        const splitter = createLineSplitter();
        const found: string[] = [];
        let from = 0;
        for (const length of [...cuts, bytes.length]) {
          found.push(...splitter.push(bytes.subarray(from, from + length)));
          from = Math.min(bytes.length, from + length);
        }
        expect(found).toEqual(lines);
        expect(splitter.pending()).toBe(0);
      }),
    );
  });

  it('counts the bytes of a line that has not ended', () => {
    const splitter = createLineSplitter();
    expect(splitter.push(Buffer.from('a\nhal'))).toEqual(['a']);
    expect(splitter.push(Buffer.from('f'))).toEqual([]);
    expect(splitter.pending()).toBe(4);
    expect(splitter.push(Buffer.from('\n\n'))).toEqual(['half']);
    expect(splitter.pending()).toBe(0);
  });
});

describe('decodeLine', () => {
  it('never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc
            .record({ type: fc.constantFrom('ADDED', 'BOOKMARK', 'ERROR', 'X'), object: fc.jsonValue() })
            .map((event) => JSON.stringify(event)),
        ),
        (line) => {
          expect(decodeLine(line).kind).toMatch(/^(Put|Removed|Bookmark|Error|Unreadable)$/);
        },
      ),
    );
  });

  it.each([
    ['ADDED', 'Put'],
    ['MODIFIED', 'Put'],
    ['DELETED', 'Removed'],
  ])('reads %s as %s', (type, kind) => {
    expect(decodeLine(JSON.stringify({ type, object: testObject() }))).toEqual({ kind, object: testObject() });
  });

  it('reads an error without a code as the server being at fault', () => {
    expect(decodeLine('{"type":"ERROR","object":{}}')).toMatchObject({ kind: 'Error', status: 500 });
  });

  it('does not believe a bookmark without a resourceVersion', () => {
    expect(decodeLine('{"type":"BOOKMARK","object":{"metadata":{}}}')).toMatchObject({ kind: 'Unreadable' });
  });
});
