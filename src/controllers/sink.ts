import { Buffer } from 'node:buffer';
import type { DeliveryFailure } from '../notifications/sender.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import { hashText } from './evidence.ts';
import type { NoticeWays } from './notices.ts';

/** An append-only store outside the cluster, reached by a webhook. */
export interface AuditSink {
  readonly url: string;
  /** Bearer token, in the operator's own namespace. */
  readonly secretRef: { readonly name: string; readonly key: string } | null;
}

export interface SinkLine {
  /** The same for each attempt, and of no other line. */
  readonly id: string;
  /** Without the line break. */
  readonly text: string;
}

const timeoutMs = 10_000;
const mostLines = 200;
/** What receivers take by default; a line that is longer by itself goes alone. */
const mostBytes = 1_000_000;

/** How many of these lines leave in one request: at least one. */
export function fitting(lines: Iterable<SinkLine>): readonly SinkLine[] {
  const taken: SinkLine[] = [];
  let bytes = 0;
  for (const line of lines) {
    bytes += Buffer.byteLength(line.text) + 1;
    if (taken.length > 0 && (taken.length === mostLines || bytes > mostBytes)) break;
    taken.push(line);
  }
  return taken;
}

/** One request; a success means that the sink has all of these lines for good. */
export async function sendToSink(
  { url, secretRef }: AuditSink,
  { sender, readSecret }: NoticeWays,
  lines: readonly SinkLine[],
): Promise<Result<null, DeliveryFailure>> {
  const secret = secretRef === null ? success(null) : await readSecret(secretRef.name, secretRef.key);
  if (!secret.ok) return failure({ message: secret.failure, retryAfterMs: null, isAnswer: true });
  const credential = secret.value === null ? null : ({ use: 'Bearer', secret: secret.value } as const);
  const id = `audit-${hashText(lines.map((line) => line.id).join('\n'))}`;
  const message = { path: '', contentType: 'application/x-ndjson', body: lines.map(({ text }) => `${text}\n`).join('') };
  return sender.send({ url, timeoutMs, urlPlace: 'the flag --audit-sink-url', credential, id, message });
}
