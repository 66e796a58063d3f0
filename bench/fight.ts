import { readFile } from 'node:fs/promises';
import { loadavg } from 'node:os';

import { riskIncidents } from '../test/builders/guarded-model.ts';
import { isAuditedWrite, requestsOf } from '../testbed/audit-log.ts';
import { eventually } from '../testbed/eventually.ts';
import { operatorAccount } from '../testbed/operator-process.ts';
import { wallClockMs } from '../testbed/wall-clock.ts';
import { watchObjects } from '../testbed/watch-objects.ts';
import type { ObjectWatch } from '../testbed/watch-objects.ts';
import type { Say } from './bed.ts';
import type { EffectBed } from './effect/bed.ts';
import { candidateService, hostOf, isTaken, routeKinds, shareOn } from './effect/route-kinds.ts';
import type { RouteKind } from './effect/route-kinds.ts';
import { startTraffic } from './effect/traffic.ts';
import type { Outcome, Traffic } from './effect/traffic.ts';
import { openClient } from './effect/wire.ts';
import { capPercent, guard } from './fight/guarded.ts';
import type { Guarded } from './fight/guarded.ts';
import { brokenIn, requestsAbove, timesAbove } from './fight/judgement.ts';
import type { Span } from './fight/judgement.ts';
import { startRival } from './fight/rival.ts';
import type { Rival, Writer } from './fight/rival.ts';
import { insideGateway } from './inside-gateway.ts';
import type { Inside } from './inside-gateway.ts';
import { spreadOf, toHundredth } from './percentiles.ts';
import type { Spread } from './percentiles.ts';

export interface FightOptions {
  readonly seconds: number;
  /** Between two times the loop applies Git's manifest. */
  readonly everySeconds: number;
  readonly writer: Writer;
  readonly requestsPerSecond: number;
  readonly say: Say;
}

export interface FightFigures {
  readonly gateway: string;
  readonly writer: Writer;
  readonly seconds: number;
  readonly everySeconds: number;
  readonly capPercent: number;
  readonly edits: { readonly applied: number; readonly refused: number; readonly tookCapOff: number };
  readonly writes: {
    readonly route: number;
    readonly statedRoute: number;
    readonly other: number;
    readonly byResource: Readonly<Record<string, number>>;
  };
  readonly time: { readonly abovePercent: number; readonly statedAbovePercent: number; readonly editStoodMs: Spread | null };
  readonly requests: { readonly served: number; readonly errors: number; readonly candidatePercent: number; readonly abovePercent: number };
  /** Null: never. */
  readonly people: { readonly contestedAfterMs: number | null; readonly contestedToNotifiedMs: number | null };
  readonly load: readonly number[];
  /** Each promise that was broken; empty when all held. */
  readonly broken: readonly string[];
}

/** As `docs/targets.md` states them. */
const statedAbovePercent = 5;
const statedRouteWrites = (seconds: number): number => 2 * (10 + seconds);

/** A loop that applies Git's manifest again and again against one constraint, through Contour and Envoy. */
export function benchFight(options: FightOptions): Promise<Inside<FightFigures>> {
  const [kind] = routeKinds;
  if (kind === undefined) throw new Error('the gateway of the bed serves no kind of route');
  return insideGateway(options.say, (bed) => measureFight(bed, kind, options));
}

async function measureFight(bed: EffectBed, kind: RouteKind, options: FightOptions): Promise<FightFigures> {
  const stops: (() => Promise<unknown>)[] = [];
  try {
    return await fight(bed, kind, { ...options, onStop: (stop) => stops.push(stop) });
  } finally {
    for (const stop of stops.toReversed()) await stop();
  }
}

interface FightParts extends FightOptions {
  readonly onStop: (stop: () => Promise<unknown>) => void;
}

async function fight(bed: EffectBed, kind: RouteKind, parts: FightParts): Promise<FightFigures> {
  const { cluster, clock, gateway } = bed;
  const { say, onStop, seconds } = parts;
  const loadBefore = loadavg()[0] ?? NaN;
  const guarded = await guard(bed, kind, onStop);
  const client = openClient({ wire: kind.wire, origin: gateway.url, host: hostOf(kind) });
  onStop(() => client.close());
  const route = watchObjects({ cluster, resource: kind.resource, namespace: guarded.namespace, clock });
  onStop(() => route.stop());
  const probes = { next: -1 };
  await eventually(() => client.call(probes.next--).then(() => true as const), { timeoutMs: 60_000, everyMs: 100 });
  guarded.breach();
  await eventually(() => Promise.resolve(isCapped(route)), { timeoutMs: 60_000, everyMs: 50 });
  const traffic = startTraffic({ clock, perSecond: parts.requestsPerSecond, client });
  onStop(() => traffic.stop());
  await new Promise<void>((wake) => clock.after(2000, wake));
  say(`The cap is in force; the loop begins, for ${seconds} s.`);
  const from = traffic.begun();
  const fromMs = wallClockMs();
  const rival = startRival({
    ...parts,
    client: cluster.client,
    resource: kind.resource,
    manifest: guarded.manifest,
    everyMs: parts.everySeconds * 1000,
    clock,
  });
  await new Promise<void>((wake) => clock.after(seconds * 1000, wake));
  const span = { fromMs, toMs: wallClockMs() };
  const to = traffic.begun();
  await rival.stop();
  await traffic.stop();
  for (const why of failuresIn(traffic, from, to)) say(`A request failed: ${why}`);
  const people = await peopleIn(bed, guarded, fromMs);
  const writes = await writesIn(bed, kind, span);
  const seen = { requests: requestsIn(traffic, from, to), people, writes: { ...writes, statedRoute: statedRouteWrites(seconds) } };
  return figuresOf(parts, { ...seen, rival, route, span, load: [loadBefore, loadavg()[0] ?? NaN] });
}

function isCapped(route: ObjectWatch): boolean {
  const live = route.latest('credit');
  return live !== null && shareOn(live) <= capPercent && isTaken(live);
}

/** When the record says it was contested, and when that was told. */
async function peopleIn({ cluster }: EffectBed, { namespace, notifiedAtMs }: Guarded, fromMs: number): Promise<FightFigures['people']> {
  const incidents = await cluster.client.list(riskIncidents, { namespace });
  const entries = incidents.flatMap(
    ({ status }) => (status as { readonly entries?: readonly { readonly type: string; readonly at: string }[] }).entries ?? [],
  );
  const contested = entries.find(({ type }) => type === 'Contested');
  const contestedAtMs = contested === undefined ? null : Date.parse(contested.at);
  const toldAtMs = notifiedAtMs();
  return {
    contestedAfterMs: contestedAtMs === null ? null : Math.round(contestedAtMs - fromMs),
    contestedToNotifiedMs: contestedAtMs === null || toldAtMs === null ? null : Math.round(toldAtMs - contestedAtMs),
  };
}

async function writesIn(
  { cluster }: EffectBed,
  kind: RouteKind,
  { fromMs, toMs }: Span,
): Promise<Omit<FightFigures['writes'], 'statedRoute'>> {
  const user = `system:serviceaccount:${operatorAccount.namespace}:${operatorAccount.serviceAccount}`;
  const requests = requestsOf(user, await readFile(cluster.auditLog, 'utf8')).filter(isAuditedWrite);
  const ours = requests.filter(({ resource, receivedAtMs }) => resource !== 'leases' && receivedAtMs >= fromMs && receivedAtMs < toMs);
  const byResource: Record<string, number> = {};
  for (const { resource } of ours) byResource[resource] = (byResource[resource] ?? 0) + 1;
  const route = byResource[kind.resource.plural] ?? 0;
  return { route, other: ours.length - route, byResource };
}

function failuresIn({ outcomes }: Traffic, from: number, to: number): ReadonlySet<string> {
  const numbers = Array.from({ length: to - from }, (_, index) => from + index);
  return new Set(numbers.flatMap((number) => failureOf(outcomes.get(number)) ?? []));
}

function failureOf(outcome: Outcome | undefined): string | null {
  if (outcome === undefined) return 'it was never answered';
  return outcome.kind === 'Failed' ? outcome.why : null;
}

function requestsIn({ outcomes }: Traffic, from: number, to: number): FightFigures['requests'] {
  const measured = Array.from({ length: to - from }, (_, index): Outcome | undefined => outcomes.get(from + index));
  const served = measured.filter((outcome) => outcome?.kind === 'Served');
  const candidate = served.filter((outcome) => outcome.by === candidateService).length;
  return {
    served: served.length,
    errors: measured.length - served.length,
    candidatePercent: toHundredth((100 * candidate) / Math.max(1, served.length)),
    abovePercent: toHundredth(requestsAbove({ served: served.length, candidate }, capPercent)),
  };
}

interface Seen extends Pick<FightFigures, 'requests' | 'people' | 'writes' | 'load'> {
  readonly rival: Rival;
  readonly route: ObjectWatch;
  readonly span: Span;
}

function figuresOf({ writer, seconds, everySeconds }: FightOptions, seen: Seen): FightFigures {
  const { requests, people, writes, load, rival, route, span } = seen;
  const states = route.states.flatMap(({ seenAtMs, object }) => (object === null ? [] : [{ atMs: seenAtMs, percent: shareOn(object) }]));
  const stood = timesAbove(states, capPercent, span);
  const abovePercent = toHundredth((100 * stood.reduce((sum, ms) => sum + ms, 0)) / (span.toMs - span.fromMs));
  return {
    gateway: 'Contour and Envoy',
    ...{ writer, seconds, everySeconds, capPercent, requests, people, writes },
    edits: { ...rival.counts, tookCapOff: stood.length },
    time: { abovePercent, statedAbovePercent, editStoodMs: stood.length === 0 ? null : spreadOf(stood) },
    load: load.map(toHundredth),
    broken: brokenIn({
      routeWrites: writes.route,
      statedRouteWrites: writes.statedRoute,
      timeAbovePercent: abovePercent,
      statedTimeAbovePercent: statedAbovePercent,
      requestErrors: requests.errors,
      contestedToNotifiedMs: people.contestedToNotifiedMs,
    }),
  };
}
