import { Readable } from 'node:stream';
import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { readBody } from '../../../src/signals/body.ts';

const streamOf = (...chunks: readonly (string | Buffer)[]): Readable => Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
/** Its last eight bytes say what it holds. */
const withoutChecksum = (packed: Buffer): Buffer => packed.fill(0, packed.length - 8);
const plain = (maxBytes: number) => ({ encoding: undefined, maxBytes });
const gzip = (maxBytes: number) => ({ encoding: 'gzip', maxBytes });

describe('readBody', () => {
  it('puts chunks together, also where one ends inside a character', async () => {
    const bytes = Buffer.from('für 3 €');
    expect(await readBody(streamOf(bytes.subarray(0, 2), bytes.subarray(2)), plain(100))).toEqual({ kind: 'Text', text: 'für 3 €' });
  });

  it.each([undefined, 'identity', 'IDENTITY'])('takes encoding %s for none', async (encoding) => {
    expect(await readBody(streamOf('text'), { encoding, maxBytes: 100 })).toEqual({ kind: 'Text', text: 'text' });
  });

  it.each(['gzip', 'GZIP'])('unpacks %s', async (encoding) => {
    expect(await readBody(streamOf(gzipSync('text')), { encoding, maxBytes: 100 })).toEqual({ kind: 'Text', text: 'text' });
  });

  it('of nothing is an empty text', async () => {
    expect(await readBody(streamOf(), plain(0))).toEqual({ kind: 'Text', text: '' });
  });

  it('takes as many bytes as it may and not one more, plain or packed', async () => {
    const text = 'x'.repeat(1000);
    expect(await readBody(streamOf(text), plain(1000))).toEqual({ kind: 'Text', text });
    expect(await readBody(streamOf(text), plain(999))).toEqual({ kind: 'TooLarge' });
    expect(await readBody(streamOf(gzipSync(text)), gzip(1000))).toEqual({ kind: 'Text', text });
    expect(await readBody(streamOf(gzipSync(text)), gzip(999))).toEqual({ kind: 'TooLarge' });
  });

  it('stops unpacking a small body that becomes a huge one, and ends the stream', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    expect(bomb.length).toBeLessThan(100_000);
    const body = streamOf(bomb);
    expect(await readBody(body, gzip(10_000))).toEqual({ kind: 'TooLarge' });
    expect(body.destroyed).toBe(true);
  });

  it('does not wait for the rest of a body that is too large', async () => {
    let taken = 0;
    async function* endless(): AsyncGenerator<Buffer> {
      for (;;) {
        taken += 1;
        yield await Promise.resolve(Buffer.alloc(1000));
      }
    }
    expect(await readBody(Readable.from(endless()), plain(10_000))).toEqual({ kind: 'TooLarge' });
    expect(taken).toBeLessThan(50);
  });

  it.each(['br', 'deflate', 'zstd', 'gzip, gzip', ''])('does not guess at encoding %p, and ends the stream', async (encoding) => {
    const body = streamOf(deflateSync('text'));
    expect(await readBody(body, { encoding, maxBytes: 100 })).toEqual({ kind: 'Undecodable' });
    expect(body.destroyed).toBe(true);
  });

  it.each([
    ['plain text', Buffer.from('text')],
    ['half a gzip', gzipSync('x'.repeat(1000)).subarray(0, 15)],
    ['a gzip with a wrong checksum', withoutChecksum(gzipSync('text'))],
  ])('that says gzip and is %s cannot be decoded', async (_what, bytes) => {
    expect(await readBody(streamOf(bytes), gzip(10_000))).toEqual({ kind: 'Undecodable' });
  });

  it.each([plain(100), gzip(100)])('throws what the connection throws (%j): an answer that broke off is not a short one', async (head) => {
    async function* broken(): AsyncGenerator<Buffer> {
      yield await Promise.resolve(head.encoding === 'gzip' ? gzipSync('x'.repeat(1000)).subarray(0, 12) : Buffer.from('half'));
      throw Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' });
    }
    await expect(readBody(Readable.from(broken()), head)).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
  });
});
