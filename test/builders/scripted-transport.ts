import type { APIFailure } from '../../src/kube/api-failure.ts';
import type { KubeObject } from '../../src/kube/kube-object.ts';
import type { APIRequest, APIResponse, APIStream, Transport } from '../../src/kube/transport.ts';
import type { JSONValue } from '../../src/shared/json.ts';
import { failure, success } from '../../src/shared/result.ts';
import type { Result } from '../../src/shared/result.ts';

/** A watch whose other end the test holds. */
export interface ScriptedStream extends APIStream {
  readonly cancelled: () => boolean;
  send(text: string): void;
  sendBytes(bytes: Uint8Array): void;
  event(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: KubeObject): void;
  bookmark(resourceVersion: string): void;
  error(code: number): void;
  /** Clean end by the server. */
  end(): void;
  /** Connection reset. */
  cut(): void;
}

export type Answer<Value> = Result<Value, APIFailure> | Promise<Result<Value, APIFailure>>;

export interface ScriptedTransport extends Transport {
  readonly requests: APIRequest[];
  readonly opened: APIRequest[];
}

/** Answers by the given functions and keeps what was asked. */
export function scriptedTransport(script: {
  readonly request?: (request: APIRequest) => Answer<APIResponse>;
  readonly open?: (request: APIRequest) => Answer<APIStream>;
}): ScriptedTransport {
  const requests: APIRequest[] = [];
  const opened: APIRequest[] = [];
  return {
    requests,
    opened,
    async request(request) {
      requests.push(request);
      return script.request === undefined ? unavailable() : script.request(request);
    },
    async open(request) {
      opened.push(request);
      return script.open === undefined ? unavailable() : script.open(request);
    },
    close: () => Promise.resolve(),
  };
}

export function answer(body: JSONValue, status = 200): Result<APIResponse, APIFailure> {
  return success({ status, body });
}

export function unavailable(): Result<never, APIFailure> {
  return failure({ kind: 'Unavailable', landed: 'Unknown', status: 500, message: 'not now' });
}

export function gone(): Result<never, APIFailure> {
  return failure({ kind: 'Gone', status: 410, message: 'too old resource version' });
}

export function throttled(retryAfterMs: number | null): Result<never, APIFailure> {
  return failure({ kind: 'Throttled', retryAfterMs, landed: 'No', status: 429, message: 'slow down' });
}

export function notFound(): Result<never, APIFailure> {
  return failure({ kind: 'NotFound', status: 404, message: 'no such object' });
}

export function conflict(): Result<never, APIFailure> {
  return failure({ kind: 'Conflict', cause: 'ResourceVersion', status: 409, message: 'the object has been modified' });
}

export function listOf(objects: readonly KubeObject[], resourceVersion: string, continueToken?: string): Result<APIResponse, APIFailure> {
  return answer({
    metadata: { resourceVersion, ...(continueToken === undefined ? {} : { continue: continueToken }) },
    items: objects as unknown as JSONValue,
  });
}

type Item = { readonly kind: 'Bytes'; readonly bytes: Uint8Array } | { readonly kind: 'End' } | { readonly kind: 'Cut' };

export function scriptedStream(): ScriptedStream {
  const items: Item[] = [];
  let wake: () => void = () => undefined;
  let cancelled = false;
  const push = (item: Item): void => {
    items.push(item);
    wake();
  };
  async function* read(): AsyncGenerator<Uint8Array> {
    for (;;) {
      if (cancelled) throw new Error('cancelled');
      const item = items.shift();
      if (item === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      if (item.kind === 'End') return;
      if (item.kind === 'Cut') throw new Error('other side closed');
      yield item.bytes;
    }
  }
  const sendBytes = (bytes: Uint8Array): void => {
    push({ kind: 'Bytes', bytes });
  };
  const line = (value: JSONValue): void => {
    sendBytes(Buffer.from(`${JSON.stringify(value)}\n`));
  };
  return {
    chunks: read(),
    cancelled: () => cancelled,
    cancel() {
      cancelled = true;
      wake();
    },
    sendBytes,
    send: (text) => {
      sendBytes(Buffer.from(text));
    },
    event: (type, object) => {
      line({ type, object: object as unknown as JSONValue });
    },
    bookmark: (resourceVersion) => {
      line({ type: 'BOOKMARK', object: { kind: 'Thing', metadata: { resourceVersion } } });
    },
    error: (code) => {
      line({ type: 'ERROR', object: { kind: 'Status', code, message: `watch error ${String(code)}` } });
    },
    end: () => {
      push({ kind: 'End' });
    },
    cut: () => {
      push({ kind: 'Cut' });
    },
  };
}
