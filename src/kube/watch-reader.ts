import type { KubeObject } from './kube-object.ts';
import type { APIStream } from './transport.ts';
import { createLineSplitter, decodeLine } from './watch-decoder.ts';
import type { UsableLine } from './watch-decoder.ts';

export type WatchEnd =
  | { readonly kind: 'ServerClosed' }
  /** The connection ended in the middle of an event. */
  | { readonly kind: 'Truncated'; readonly message: string }
  | { readonly kind: 'Broken'; readonly message: string }
  | { readonly kind: 'ServerError'; readonly status: number; readonly message: string };

export interface WatchSink<T extends KubeObject> {
  /** False once nothing more of this stream may be used. */
  readonly live: () => boolean;
  readonly onBytes: () => void;
  readonly onLine: (line: UsableLine<T>) => void;
}

/**
 * Reads one watch to its end, which it cancels in every case. Errors of the stream are part of the answer;
 * errors thrown by the sink are bugs and pass through.
 */
export async function readWatch<T extends KubeObject>(stream: APIStream, sink: WatchSink<T>): Promise<WatchEnd> {
  const splitter = createLineSplitter();
  const chunks = stream.chunks[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await nextChunk(chunks);
      if (!sink.live()) return { kind: 'Broken', message: 'cancelled' };
      if (next.kind === 'Failed') return endOf(splitter.pending(), next.message);
      if (next.kind === 'Ended') return endOf(splitter.pending(), null);
      sink.onBytes();
      for (const text of splitter.push(next.chunk)) {
        const line = decodeLine<T>(text);
        if (line.kind === 'Error') return { kind: 'ServerError', status: line.status, message: line.message };
        if (line.kind === 'Unreadable') return { kind: 'Broken', message: line.message };
        sink.onLine(line);
      }
    }
  } finally {
    stream.cancel();
  }
}

function endOf(pendingBytes: number, message: string | null): WatchEnd {
  if (pendingBytes > 0) return { kind: 'Truncated', message: `${message ?? 'closed by the server'}, ${pendingBytes} bytes into an event` };
  return message === null ? { kind: 'ServerClosed' } : { kind: 'Broken', message };
}

type NextChunk =
  | { readonly kind: 'Chunk'; readonly chunk: Uint8Array }
  | { readonly kind: 'Ended' }
  | { readonly kind: 'Failed'; readonly message: string };

async function nextChunk(chunks: AsyncIterator<Uint8Array>): Promise<NextChunk> {
  try {
    const next = await chunks.next();
    return next.done === true ? { kind: 'Ended' } : { kind: 'Chunk', chunk: next.value };
  } catch (error) {
    return { kind: 'Failed', message: error instanceof Error ? error.message : String(error) };
  }
}
