import type { JSONValue } from '../shared/json.ts';
import type { Result } from '../shared/result.ts';
import type { Clock } from '../shared/clock.ts';
import type { APIFailure } from './api-failure.ts';
import type { ClusterAccess } from './cluster-access.ts';

/** Separate connections, so that a burst of requests can starve neither watches nor lease renewals. */
export type PoolName = 'Watch' | 'Request' | 'Lease';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface APIRequest {
  readonly method: Method;
  /** Absolute path without the server, e.g. `/api/v1/namespaces`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: JSONValue;
  /** Default `application/json`. */
  readonly contentType?: string;
  /** Default: the transport's `requestTimeoutMs`. */
  readonly timeoutMs?: number;
  /** Default `Request`. */
  readonly pool?: PoolName;
  readonly abort?: AbortSignal;
}

export interface APIResponse {
  readonly status: number;
  readonly body: JSONValue;
}

/** A response whose body keeps coming. Iteration ends when the server closes, throws when the connection breaks. */
export interface APIStream {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Closes the connection; iteration then ends or throws. */
  cancel(): void;
}

/** One request as it went over the wire; `status` is null when no answer came. Streams report when their headers arrive. */
export interface RequestRecord {
  readonly method: Method;
  readonly path: string;
  readonly watch: boolean;
  readonly pool: PoolName;
  readonly status: number | null;
  readonly durationMs: number;
}

/** Never throws for what the server or the network does: failures are values. */
export interface Transport {
  request(request: APIRequest): Promise<Result<APIResponse, APIFailure>>;
  /** Resolves when the headers arrived with a 2xx status; `timeoutMs` bounds only that wait. */
  open(request: APIRequest): Promise<Result<APIStream, APIFailure>>;
  /** Ends every connection, streams included. */
  close(): Promise<void>;
}

export interface TransportOptions {
  readonly access: ClusterAccess;
  readonly clock: Clock;
  /** Bounds connect, headers and body of one request. */
  readonly requestTimeoutMs: number;
  /** Concurrent requests of the `Request` pool. */
  readonly connections: number;
  readonly userAgent: string;
  readonly onRequest: (record: RequestRecord) => void;
}

export function createTransport(_options: TransportOptions): Transport {
  throw new Error('not built yet');
}
