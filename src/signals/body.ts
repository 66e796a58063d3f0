import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { networkErrorCode } from './network-error.ts';

export type BodyRead = { readonly kind: 'Text'; readonly text: string } | { readonly kind: 'TooLarge' } | { readonly kind: 'Undecodable' };

export interface BodyHead {
  /** Value of `content-encoding`. */
  readonly encoding: string | undefined;
  /** Bytes after decompression, beyond which reading stops. */
  readonly maxBytes: number;
}

class TooLarge extends Error {}

/**
 * Reads a whole body, plain or gzip, holding at most `maxBytes` of what comes out of the decompressor: a small body that
 * unpacks to a huge one is cut at the same size. Throws what the connection throws; the stream is always ended.
 */
export async function readBody(body: Readable, { encoding = 'identity', maxBytes }: BodyHead): Promise<BodyRead> {
  const isGzip = encoding.toLowerCase() === 'gzip';
  if (!isGzip && encoding.toLowerCase() !== 'identity') {
    // Ending a body early makes it emit an error, which nobody else listens for.
    body.on('error', () => undefined).destroy();
    return { kind: 'Undecodable' };
  }
  const chunks: Buffer[] = [];
  const collect = async (source: AsyncIterable<Buffer>): Promise<void> => {
    let bytes = 0;
    for await (const chunk of source) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw new TooLarge();
      chunks.push(chunk);
    }
  };
  try {
    if (isGzip) await pipeline(body, createGunzip(), collect);
    else await pipeline(body, collect);
  } catch (error) {
    if (error instanceof TooLarge) return { kind: 'TooLarge' };
    if (isZlibError(error)) return { kind: 'Undecodable' };
    throw error;
  }
  return { kind: 'Text', text: Buffer.concat(chunks).toString('utf8') };
}

function isZlibError(error: unknown): boolean {
  return networkErrorCode(error)?.startsWith('Z_') === true;
}
