import { connect, createServer as createHTTP2Server } from 'node:http2';
import type { ClientHttp2Session, IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from 'node:http2';

import { Pool } from 'undici';

import { listenHTTP } from '../../testbed/http-server.ts';

/** How requests travel. gRPC is HTTP/2 without TLS, its content type, framing and trailers: what a gateway sees of it. */
export type Wire = 'HTTP/1.1' | 'gRPC';

/** Numbers a request, so that it can be told who got it and who got a copy. */
const numberHeader = 'x-call';
const servedBy = 'x-served-by';
const path = '/credit.Scoring/Score';
/** Far above any answer: a request that takes longer is lost, on a busy machine too. */
const timeoutMs = 30_000;
/** One gRPC message without content: not compressed, length 0. */
const emptyMessage = Buffer.alloc(5);
const grpcHeaders = { ':status': 200, 'content-type': 'application/grpc' };

export interface ModelBackend {
  readonly port: number;
  /** How often each request arrived, by its number; grows. */
  readonly arrivals: ReadonlyMap<number, number>;
  close(): Promise<void>;
}

/** One version of the model: answers everything, says who it is, and remembers what it was asked. */
export async function startModelBackend(wire: Wire, service: string, address: string): Promise<ModelBackend> {
  const arrivals = new Map<number, number>();
  const note = (headers: IncomingHttpHeaders): void => {
    const number = Number(headers[numberHeader]);
    arrivals.set(number, (arrivals.get(number) ?? 0) + 1);
  };
  if (wire === 'gRPC') return { arrivals, ...(await listenGRPC({ service, address, note })) };
  const listening = await listenHTTP((request, response) => {
    note(request.headers);
    request.resume();
    response.setHeader(servedBy, service).end('{}');
  }, address);
  // A gateway keeps idle connections and may send into one that closes in that moment: an error no change of a route caused.
  listening.server.keepAliveTimeout = 0;
  return { arrivals, port: listening.port, close: () => listening.close() };
}

interface GRPCOptions {
  readonly service: string;
  readonly address: string;
  readonly note: (headers: IncomingHttpHeaders) => void;
}

function listenGRPC({ service, address, note }: GRPCOptions): Promise<Pick<ModelBackend, 'port' | 'close'>> {
  const server = createHTTP2Server();
  const sessions = new Set<ServerHttp2Session>();
  server.on('session', (session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
  });
  server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    note(headers);
    // A copy may be broken off by whoever sent it: nobody waits for its answer.
    stream.on('error', () => undefined);
    stream.resume();
    stream.on('wantTrailers', () => {
      stream.sendTrailers({ 'grpc-status': '0' });
    });
    stream.respond({ ...grpcHeaders, [servedBy]: service }, { waitForTrailers: true });
    stream.end(emptyMessage);
  });
  const close = (): Promise<void> =>
    new Promise((done) => {
      server.close(() => {
        done();
      });
      for (const session of sessions) session.destroy();
    });
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(0, address, () => {
      const bound = server.address();
      if (bound === null || typeof bound === 'string') reject(new Error('a TCP server has no port'));
      else resolve({ port: bound.port, close });
    });
  });
}

export interface Client {
  /** Answers which service served the request of that number; rejects with why none did. */
  call(number: number): Promise<string>;
  close(): Promise<void>;
}

export interface ClientOptions {
  readonly wire: Wire;
  /** Of the gateway. */
  readonly origin: string;
  /** What the route listens for. */
  readonly host: string;
}

export function openClient(options: ClientOptions): Client {
  return options.wire === 'gRPC' ? openGRPC(options) : openHTTP(options);
}

function openHTTP({ origin, host }: ClientOptions): Client {
  const pool = new Pool(origin, { connections: 16, allowH2: false, headersTimeout: timeoutMs, bodyTimeout: timeoutMs });
  return {
    call: async (number) => {
      const headers = { host, 'content-type': 'application/json', [numberHeader]: String(number) };
      const answer = await pool.request({ method: 'POST', path, headers, body: '{}' });
      await answer.body.dump();
      return served(answer.statusCode, answer.headers[servedBy], null);
    },
    close: () => pool.close(),
  };
}

/** Throws what went wrong, as a caller would be told. */
function served(status: number, by: string | string[] | undefined, grpcStatus: string | null): string {
  if (status !== 200) throw new Error(`HTTP ${String(status)}`);
  if (grpcStatus !== null && grpcStatus !== '0') throw new Error(`grpc-status ${grpcStatus}`);
  if (typeof by !== 'string') throw new Error(`an answer without ${servedBy}`);
  return by;
}

/** One connection for all calls, opened again when it ends, as gRPC's own channels do. */
function openGRPC({ origin, host }: ClientOptions): Client {
  const state: { session: ClientHttp2Session | null } = { session: null };
  const sessionNow = (): ClientHttp2Session => {
    if (state.session !== null) return state.session;
    const session = connect(origin);
    const leave = (): void => {
      if (state.session === session) state.session = null;
    };
    session.on('goaway', leave).on('close', leave).on('error', leave);
    state.session = session;
    return session;
  };
  return {
    call: (number) => callGRPC(sessionNow(), { host, number }),
    close: () =>
      new Promise((done) => {
        if (state.session === null) done();
        else state.session.close(done);
      }),
  };
}

function callGRPC(session: ClientHttp2Session, { host, number }: { readonly host: string; readonly number: number }): Promise<string> {
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': path,
      ':authority': host,
      'content-type': 'application/grpc',
      te: 'trailers',
      [numberHeader]: String(number),
    });
    const seen = { status: 0, by: undefined as string | string[] | undefined, grpcStatus: null as string | null };
    const readStatus = (headers: IncomingHttpHeaders): void => {
      const status = headers['grpc-status'];
      if (typeof status === 'string') seen.grpcStatus = status;
    };
    stream.on('response', (headers) => {
      seen.status = Number(headers[':status']);
      seen.by = headers[servedBy];
      readStatus(headers);
    });
    stream.on('trailers', readStatus);
    stream.on('error', reject);
    stream.setTimeout(timeoutMs, () => {
      stream.destroy(new Error(`no answer within ${String(timeoutMs / 1000)} s`));
    });
    stream.on('close', () => {
      try {
        resolve(served(seen.status, seen.by, seen.grpcStatus ?? 'missing'));
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
    stream.resume();
    stream.end(emptyMessage);
  });
}
