import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { listenHTTP, readBody } from '../../testbed/http-server.ts';

/** What becomes of one request on its way to the API server. */
export type ProxyAction =
  | { readonly kind: 'Forward' }
  /** Answered here, never forwarded. */
  | { readonly kind: 'Reply'; readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: object }
  /** Forwarded with another path and query. */
  | { readonly kind: 'Rewrite'; readonly path: string }
  /** Forwarded; headers come back, then nothing, and the connection stays: half-open. */
  | { readonly kind: 'Mute' }
  /** Forwarded; the connection is reset after that many bytes of the answer's body. */
  | { readonly kind: 'CutAfter'; readonly bytes: number }
  /** Forwarded and stored, but the answer is lost. */
  | { readonly kind: 'LoseAnswer' };

export interface ProxiedRequest {
  readonly method: string;
  readonly url: URL;
  readonly watch: boolean;
}

/** A plain HTTP door to the API server that does with each request what the test says. */
export interface APIProxy {
  readonly address: string;
  /** Every request that came, in order. */
  readonly seen: readonly ProxiedRequest[];
  /** Asked for each request; what it does not name is forwarded. */
  act(rule: (request: ProxiedRequest) => ProxyAction | null): void;
  /** Answers to the client that have not ended. */
  open(): number;
  close(): Promise<void>;
}

const forward: ProxyAction = { kind: 'Forward' };

export async function startAPIProxy(upstream: { readonly server: string; readonly caFile: string }): Promise<APIProxy> {
  const agent = new Agent({ ca: readFileSync(upstream.caFile), keepAlive: true });
  const seen: ProxiedRequest[] = [];
  const open = new Set<ServerResponse>();
  let rule: (request: ProxiedRequest) => ProxyAction | null = () => null;

  async function handle(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    const url = new URL(incoming.url ?? '/', upstream.server);
    const proxied = { method: incoming.method ?? 'GET', url, watch: url.searchParams.get('watch') === 'true' };
    seen.push(proxied);
    const action = rule(proxied) ?? forward;
    const body = await readBody(incoming);
    if (action.kind === 'Reply') {
      answer.writeHead(action.status, { 'content-type': 'application/json', ...action.headers });
      answer.end(JSON.stringify(action.body ?? {}));
      return;
    }
    const target = action.kind === 'Rewrite' ? new URL(action.path, upstream.server) : url;
    const headers = { ...incoming.headers, host: target.host };
    const sent = httpsRequest(target, { method: proxied.method, headers, agent }, (upstreamAnswer) => {
      relay(action, upstreamAnswer, answer);
    });
    sent.on('error', () => {
      answer.destroy();
    });
    answer.on('close', () => {
      sent.destroy();
    });
    sent.end(body);
  }

  const listening = await listenHTTP((incoming, answer) => {
    open.add(answer);
    answer.on('close', () => open.delete(answer));
    void handle(incoming, answer);
  });
  return {
    address: `http://127.0.0.1:${String(listening.port)}`,
    seen,
    act: (next) => {
      rule = next;
    },
    open: () => open.size,
    async close() {
      await listening.close();
      agent.destroy();
    },
  };
}

function relay(action: ProxyAction, from: IncomingMessage, to: ServerResponse): void {
  if (action.kind === 'LoseAnswer') {
    from.resume().on('end', () => {
      to.destroy();
    });
    return;
  }
  to.writeHead(from.statusCode ?? 502, from.headers);
  to.flushHeaders();
  if (action.kind === 'Mute') {
    from.resume();
    return;
  }
  if (action.kind !== 'CutAfter') {
    from.pipe(to);
    return;
  }
  let left = action.bytes;
  from.on('data', (chunk: Buffer) => {
    if (left <= 0) return;
    const part = chunk.subarray(0, left);
    left -= part.length;
    to.write(part, () => {
      // Written first, so that the reset really comes in the middle of an object.
      if (left <= 0) setImmediate(() => to.destroy());
    });
  });
}

/** The next request that `match` picks gets the action; all others pass. */
export function once(action: ProxyAction, match: (request: ProxiedRequest) => boolean): (request: ProxiedRequest) => ProxyAction | null {
  let used = false;
  return (request) => {
    if (used || !match(request)) return null;
    used = true;
    return action;
  };
}
