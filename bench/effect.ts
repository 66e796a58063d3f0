import type { Say } from './bed.ts';
import { measureStory } from './effect/bed.ts';
import { brokenBy, falseAlarmChance, judgeChanges } from './effect/judgement.ts';
import type { ChangeFigures } from './effect/judgement.ts';
import { routeKinds } from './effect/route-kinds.ts';
import type { RouteKind } from './effect/route-kinds.ts';
import { insideGateway } from './inside-gateway.ts';
import type { Inside } from './inside-gateway.ts';

export interface EffectOptions {
  /** Requests measured after each change. */
  readonly requests: number;
  readonly requestsPerSecond: number;
  /** How many standard deviations a share may be off. */
  readonly sigmas: number;
  /** Kinds of routes by name; null: all the gateway serves. */
  readonly kinds: readonly string[] | null;
  readonly say: Say;
}

export interface RouteFigures {
  readonly kind: string;
  readonly wire: string;
  /** Of all requests, first to last, and how many failed. */
  readonly requests: number;
  readonly errors: number;
  readonly changes: readonly ChangeFigures[];
}

export interface EffectFigures {
  readonly gateway: string;
  readonly requestsPerSecond: number;
  readonly sigmaLimit: number;
  /** At most how likely this run calls a share astray though all is well. */
  readonly falseAlarmChance: number;
  readonly routes: readonly RouteFigures[];
  /** Each promise that was broken; empty when all held. */
  readonly broken: readonly string[];
  /** Kinds whose traffic nothing here can move, and why. */
  readonly notMeasured: Readonly<Record<string, string>>;
}

/** Shares and errors as callers see them, through Contour and Envoy, for each change of a route. */
export async function benchEffect(options: EffectOptions): Promise<Inside<EffectFigures>> {
  const kinds = chosenKinds(options.kinds);
  return insideGateway(options.say, async (bed) => {
    const routes: RouteFigures[] = [];
    for (const kind of kinds) routes.push(await measureRoute(bed, kind, options));
    return figuresOf(routes, options);
  });
}

function chosenKinds(names: EffectOptions['kinds']): readonly RouteKind[] {
  if (names === null) return routeKinds;
  return names.map((name) => {
    const kind = routeKinds.find((each) => each.kind === name);
    if (kind === undefined) throw new Error(`--kinds ${name}: known are ${routeKinds.map((each) => each.kind).join(', ')}`);
    return kind;
  });
}

async function measureRoute(bed: Parameters<typeof measureStory>[0], kind: RouteKind, options: EffectOptions): Promise<RouteFigures> {
  const { requests: count, requestsPerSecond, sigmas: limit } = options;
  const told = await measureStory(bed, kind, { count, requestsPerSecond });
  const errors = [...told.outcomes.values()].filter((outcome) => outcome.kind === 'Failed');
  for (const why of new Set(errors.map((outcome) => outcome.why))) options.say(`${kind.kind}: a request failed: ${why}`);
  const changes = judgeChanges(told.phases, told, { end: told.end, limit });
  return { kind: kind.kind, wire: kind.wire, requests: told.end, errors: errors.length, changes };
}

function figuresOf(routes: readonly RouteFigures[], { requestsPerSecond, sigmas }: EffectOptions): EffectFigures {
  const chance = falseAlarmChance(
    routes.flatMap(({ changes }) => changes),
    sigmas,
  );
  return {
    gateway: 'Contour and Envoy',
    requestsPerSecond,
    sigmaLimit: sigmas,
    falseAlarmChance: Number(chance.toPrecision(2)),
    routes,
    broken: routes.flatMap(({ kind, changes }) => changes.flatMap(brokenBy).map((sentence) => `${kind}: ${sentence}`)),
    notMeasured: { VirtualService: 'needs Istio, whose proxies get their routes from its control plane alone; it is not part of the bed' },
  };
}
