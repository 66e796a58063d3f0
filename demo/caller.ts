import { Pool } from 'undici';

import type { Clock } from '../src/shared/clock.ts';
import { startOpenLoop } from '../testbed/open-loop.ts';
import { toRequestBody } from './census/row.ts';
import type { CensusRow } from './census/row.ts';
import type { CallRecord } from './calling/ledger.ts';

/** What a caller asks and what it got; `version` says who answered. */
export type Send = (row: CensusRow, askForSafe: boolean) => Promise<{ readonly status: number; readonly version: string | null }>;

export interface CallerOptions {
  readonly clock: Clock;
  readonly send: Send;
  readonly requestsPerSecond: number;
  /** Evaluated before each request, as an application does; false makes the caller ask for the safe version. */
  readonly useCandidate: (row: CensusRow) => boolean;
  /** Next row to ask about; null ends the replay. */
  readonly nextRow: () => CensusRow | null;
}

export interface Caller {
  /** Requests that are over, in the order they ended. Grows while the caller runs. */
  readonly records: readonly CallRecord[];
  /** Answers when the rows have run out or `stop` was called, and the last request is over. */
  readonly finished: Promise<void>;
  stop(): void;
}

/** Sends one row every 1/rate seconds; a slow answer delays nobody. */
export function startCaller(options: CallerOptions): Caller {
  const { clock, requestsPerSecond: perSecond } = options;
  const records: CallRecord[] = [];
  const begin = (): Promise<void> | null => {
    const row = options.nextRow();
    return row === null ? null : sendOne(options, row).then((record) => void records.push(record));
  };
  return { records, ...startOpenLoop({ clock, perSecond, begin }) };
}

async function sendOne({ clock, send, useCandidate }: CallerOptions, row: CensusRow): Promise<CallRecord> {
  const askedForSafe = !useCandidate(row);
  const sentAtMs = clock.nowMs();
  const base = { rowId: row.id, sentAtMs, askedForSafe };
  try {
    const { status, version } = await send(row, askedForSafe);
    const answeredAtMs = clock.nowMs();
    if (status === 200) return { ...base, answeredAtMs, version, failure: null };
    return { ...base, answeredAtMs, version: null, failure: `HTTP ${String(status)}` };
  } catch (error) {
    return { ...base, answeredAtMs: clock.nowMs(), version: null, failure: error instanceof Error ? error.message : String(error) };
  }
}

export interface GatewayAddress {
  /** `http://10.244.0.1:8080` */
  readonly origin: string;
  /** What the route listens for. */
  readonly host: string;
}

const connections = 16;
const timeoutMs = 5_000;

/** Keep-alive connections through the gateway. */
export function sendThroughGateway({ origin, host }: GatewayAddress): { readonly send: Send; readonly close: () => Promise<void> } {
  const pool = new Pool(origin, { connections, allowH2: false, headersTimeout: timeoutMs, bodyTimeout: timeoutMs });
  const send: Send = async (row, askForSafe) => {
    const { statusCode, headers, body } = await pool.request({
      method: 'POST',
      path: '/score',
      headers: { host, 'content-type': 'application/json', ...(askForSafe ? { 'x-model-version': 'safe' } : {}) },
      body: toRequestBody(row),
    });
    await body.dump();
    const version = headers['x-model-version'];
    return { status: statusCode, version: typeof version === 'string' ? version : null };
  };
  return { send, close: () => pool.close() };
}
