import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { Agent, request as requestOverTLS } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';

import { createEffectiveWrites } from './effective-writes.ts';
import type { EffectiveWrites } from './effective-writes.ts';
import { createFaultRules, statusBody } from './fault.ts';
import type { ActiveRule, Fault, FaultRule, FaultRules } from './fault.ts';
import { lineSplitter, parseEvent, watchFilter } from './faulty-watch.ts';
import { listenHTTP, readBody } from './http-server.ts';
import { isWrite, matches, parseKubeRequest } from './kube-request.ts';
import type { KubeRequest, RequestMatch } from './kube-request.ts';
import { wallClockMs } from './wall-clock.ts';

/** One request as it passed. Filled in as it goes on. */
export interface ProxyRecord extends KubeRequest {
  readonly arrivedAtMs: number;
  /** When the client was answered; for a watch, when its headers were. Null while it waits and where it never was. */
  answeredAtMs: number | null;
  /** What the server answered; null when it was never asked. The client may have seen something else. */
  upstreamStatus: number | null;
  /** What the client saw; null when it saw none. */
  status: number | null;
  /** A write that changed an object. */
  effective: boolean;
  /** Kind of the fault that happened to it. */
  readonly fault: Fault['kind'] | null;
  /** Of a write. */
  readonly body: string | null;
}

/** A plain HTTP/1.1 door to one API server; credentials pass through. All faults are rules; without rules it only records. */
export interface FaultProxy {
  /** `http://127.0.0.1:port`, for a kubeconfig with `caFile: null`. */
  readonly url: string;
  /** In order of arrival; grows. */
  readonly records: readonly ProxyRecord[];
  addRule(rule: FaultRule): ActiveRule;
  clearRules(): void;
  /** Holds back the events of matching watches, open and new, until the function it answers is called; nothing is lost. */
  freezeWatches(match: RequestMatch): () => void;
  /** Ends all connections. */
  stop(): Promise<void>;
}

export interface FaultProxyOptions {
  readonly server: string;
  readonly caFile: string;
}

interface Freezer {
  readonly match: RequestMatch;
  readonly held: (() => void)[];
}

interface ProxyState {
  readonly upstream: URL;
  readonly agent: Agent;
  readonly rules: FaultRules;
  readonly writes: EffectiveWrites;
  readonly freezers: Set<Freezer>;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: Buffer;
  readonly record: ProxyRecord;
  readonly fault: Fault | null;
}

export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const state: ProxyState = {
    upstream: new URL(options.server),
    agent: new Agent({ ca: readFileSync(options.caFile), keepAlive: true }),
    rules: createFaultRules(),
    writes: createEffectiveWrites(),
    freezers: new Set(),
  };
  const records: ProxyRecord[] = [];
  const listening = await listenHTTP((request, response) => {
    handle(state, records, { request, response }).catch(() => response.destroy());
  });
  return {
    url: `http://127.0.0.1:${listening.port}`,
    records,
    addRule: (rule) => state.rules.add(rule),
    clearRules: () => {
      state.rules.clear();
    },
    freezeWatches: (match) => {
      const freezer: Freezer = { match, held: [] };
      state.freezers.add(freezer);
      return () => {
        state.freezers.delete(freezer);
        for (const deliver of freezer.held.splice(0)) deliver();
      };
    },
    stop: async () => {
      state.agent.destroy();
      await listening.close();
    },
  };
}

async function handle(state: ProxyState, records: ProxyRecord[], io: Pick<Exchange, 'request' | 'response'>): Promise<void> {
  const kubeRequest = parseKubeRequest(io.request.method ?? 'GET', io.request.url ?? '/');
  const fault = state.rules.decide(kubeRequest);
  const arrivedAtMs = wallClockMs();
  const body = await readBody(io.request);
  const record: ProxyRecord = {
    ...kubeRequest,
    arrivedAtMs,
    answeredAtMs: null,
    upstreamStatus: null,
    status: null,
    effective: false,
    fault: fault?.kind ?? null,
    body: isWrite(kubeRequest) ? body.toString('utf8') : null,
  };
  records.push(record);
  const exchange: Exchange = { ...io, body, record, fault };
  if (await answeredInPlace(exchange)) return;
  if (record.verb === 'watch') await passWatch(state, exchange);
  else await passRequest(state, exchange);
}

/** Faults that keep the request from the server. True when the client has all it will get. */
async function answeredInPlace({ fault, response, record }: Exchange): Promise<boolean> {
  switch (fault?.kind) {
    case 'DropRequest':
      await fault.then?.();
      response.socket?.resetAndDestroy();
      return true;
    case 'Reply': {
      const retry = fault.retryAfterSeconds === undefined ? {} : { 'retry-after': String(fault.retryAfterSeconds) };
      answer({ response, record }, fault.status, { ...retry, 'content-type': 'application/json' });
      response.end(JSON.stringify(statusBody(fault.status, fault.message)));
      return true;
    }
    case 'Hang':
      return true;
    case 'Delay':
      await delay(fault.delayMs);
      return response.destroyed;
    default:
      return false;
  }
}

function answer({ response, record }: Pick<Exchange, 'response' | 'record'>, status: number, headers: IncomingHttpHeaders): void {
  record.status = status;
  record.answeredAtMs = wallClockMs();
  response.writeHead(status, headers);
}

async function passRequest(state: ProxyState, exchange: Exchange): Promise<void> {
  const { fault, record, response } = exchange;
  const judge = state.writes.begin();
  const upstream = await ask(state, exchange);
  const body = await readBody(upstream);
  const parsed = parseJSON(body);
  record.upstreamStatus = upstream.statusCode ?? 0;
  record.effective = judge(record, record.upstreamStatus, parsed);
  if (!isWrite(record)) state.writes.observe(parsed);
  const spared = fault !== null && 'onlyEffective' in fault && fault.onlyEffective && !record.effective;
  if (fault?.kind === 'DropAnswer' && !spared) {
    await fault.then?.();
    response.socket?.resetAndDestroy();
    return;
  }
  answer(exchange, record.upstreamStatus, withoutHops(upstream.headers));
  await new Promise<void>((resolve) => {
    response.on('close', resolve);
    response.end(body, resolve);
  });
  if (fault?.kind === 'AfterAnswer' && !spared) await fault.then();
}

async function passWatch(state: ProxyState, exchange: Exchange): Promise<void> {
  const { fault, record, response } = exchange;
  const upstream = await ask(state, exchange);
  record.upstreamStatus = upstream.statusCode ?? 0;
  if (fault?.kind === 'DropAnswer') {
    upstream.destroy();
    await fault.then?.();
    response.socket?.resetAndDestroy();
    return;
  }
  answer(exchange, record.upstreamStatus, withoutHops(upstream.headers));
  response.flushHeaders();
  // A client that goes away ends the server's side; the server's end, or loss, ends the client's.
  response.on('close', () => upstream.destroy());
  upstream.on('error', () => response.destroy());
  if (record.upstreamStatus >= 300) {
    upstream.pipe(response);
    return;
  }
  const filter = watchFilter(fault);
  const deliver = (line: string): void => {
    if (response.writableEnded || response.destroyed) return;
    const step = filter(line);
    if (step.send !== '') response.write(step.send);
    if (step.end) response.end();
  };
  const inOrder = (deliverLine: () => void): void => {
    const freezer = [...state.freezers].find(({ match }) => matches(match, record));
    if (freezer === undefined) deliverLine();
    else freezer.held.push(deliverLine);
  };
  const split = lineSplitter((line) => {
    state.writes.observe(parseEvent(line).object);
    inOrder(() => {
      deliver(line);
    });
  });
  upstream.on('data', split);
  upstream.on('end', () => {
    inOrder(() => response.end());
  });
}

function ask(state: ProxyState, { request, response, body, record }: Exchange): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { ...withoutHops(request.headers), host: state.upstream.host };
    // Plain text, because answers are read here.
    Reflect.deleteProperty(headers, 'accept-encoding');
    const length = body.length === 0 ? {} : { 'content-length': String(body.length) };
    const { hostname, port } = state.upstream;
    const target = { hostname, port, method: request.method, path: request.url, agent: state.agent };
    const upstream = requestOverTLS({ ...target, headers: { ...headers, ...length } }, resolve);
    upstream.on('error', reject);
    // A write goes on when its client goes away, as it does at the real server.
    if (record.verb === 'watch') response.on('close', () => upstream.destroy());
    upstream.end(body);
  });
}

const hopHeaders = ['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'upgrade', 'host'];

function withoutHops(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !hopHeaders.includes(name)));
}

function parseJSON(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    return null;
  }
}
