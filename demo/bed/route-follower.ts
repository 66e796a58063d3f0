import { Pool } from 'undici';

import type { KubeObject } from '../../testbed/api-client.ts';
import type { Send } from '../caller.ts';
import { toRequestBody } from '../census/row.ts';
import { rulesOf } from '../watching/route-state.ts';
import type { BackendRef, RouteRule } from '../watching/route-state.ts';

/** What a gateway would do with one request. */
export interface Routing {
  /** Service that answers; null where the route sends it nowhere. */
  readonly service: string | null;
  /** Services that get a copy. */
  readonly mirrors: readonly string[];
}

/** The first rule whose headers match, a backend of it by weight. `chance` is in [0, 1). */
export function routeRequest(route: KubeObject, headers: Readonly<Record<string, string>>, chance: number): Routing {
  const rule = rulesOf(route).find((each) => matches(each, headers));
  if (rule === undefined) return { service: null, mirrors: [] };
  const mirrors = (rule.filters ?? []).flatMap(({ requestMirror }) => requestMirror?.backendRef?.name ?? []);
  return { service: pick(rule.backendRefs ?? [], chance), mirrors };
}

function matches({ matches: alternatives = [] }: RouteRule, sent: Readonly<Record<string, string>>): boolean {
  return alternatives.length === 0 || alternatives.some(({ headers = [] }) => headers.every(({ name, value }) => sent[name] === value));
}

function pick(backends: readonly BackendRef[], chance: number): string | null {
  const total = backends.reduce((sum, { weight = 1 }) => sum + weight, 0);
  let left = chance * total;
  for (const { name, weight = 1 } of backends) {
    if (weight > 0 && left < weight) return name ?? null;
    left -= weight;
  }
  return null;
}

export interface RouteFollowerOptions {
  /** The route as the watch shows it now. */
  readonly route: () => KubeObject | null;
  /** Origin of each Service, `http://127.0.0.1:40001`. */
  readonly origins: ReadonlyMap<string, string>;
  readonly host: string;
  readonly random: () => number;
}

/**
 * Stands in for a gateway where a machine allows none: requests follow the route object, weights and mirrors included.
 * Nothing of a gateway is proven by it, and the demo says so.
 */
export function followRoute(options: RouteFollowerOptions): { readonly send: Send; readonly close: () => Promise<void> } {
  const pools = new Map([...options.origins].map(([service, origin]) => [service, new Pool(origin, { connections: 8, allowH2: false })]));
  const post = async (
    service: string,
    host: string,
    body: string,
  ): Promise<{ readonly status: number; readonly version: string | null }> => {
    const pool = pools.get(service);
    if (pool === undefined) return { status: 503, version: null };
    const answer = await pool.request({ method: 'POST', path: '/score', headers: { host, 'content-type': 'application/json' }, body });
    await answer.body.dump();
    const version = answer.headers['x-model-version'];
    return { status: answer.statusCode, version: typeof version === 'string' ? version : null };
  };
  const send: Send = async (row, askForSafe) => {
    const route = options.route();
    const { service, mirrors } =
      route === null
        ? { service: null, mirrors: [] }
        : routeRequest(route, askForSafe ? { 'x-model-version': 'safe' } : {}, options.random());
    const body = toRequestBody(row);
    // Nobody waits for a copy, and nobody hears when it fails: so do gateways.
    for (const mirror of mirrors) void post(mirror, `${options.host}-shadow`, body).catch(() => undefined);
    return service === null ? { status: 500, version: null } : post(service, options.host, body);
  };
  const close = async (): Promise<void> => {
    await Promise.all([...pools.values()].map((pool) => pool.close()));
  };
  return { send, close };
}
