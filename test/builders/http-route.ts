import type { Actuation, ActuationInput, Actuator, Claim, Roller, Surroundings, TargetObject } from '../../src/actuators/port.ts';
import { httpRouteActuator } from '../../src/actuators/http-route/actuator.ts';
import type { Constraint, Holder } from '../../src/core/model/constraint.ts';
import type { Target } from '../../src/core/model/target.ts';
import type { JSONValue } from '../../src/shared/json.ts';
import { success } from '../../src/shared/result.ts';
import { applyPatch } from './json-patch.ts';

type Fields = { readonly [key: string]: JSONValue };
type RouteTarget = Extract<Target, { kind: 'HTTPRoute' | 'GRPCRoute' }>;

/** 2026-01-01T00:00:00Z. */
export const nowMs = 1_767_225_600_000;
export const envoyGateway = 'gateway.envoyproxy.io/gatewayclass-controller';
export const contour = 'projectcontour.io/gateway-controller';

export const parentRefs = [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'edge' }];

/** One reference; a null weight is absent, as in a manifest that leaves it out. */
export function backend(name: string, weight: number | null, more: Fields = {}): Fields {
  return { name, port: 8080, ...(weight === null ? {} : { weight }), ...more };
}

export function rule(backendRefs: readonly Fields[], more: Fields = {}): Fields {
  return { matches: [{ path: { type: 'PathPrefix', value: '/' } }], backendRefs, ...more };
}

/** A rule of its own path, so that several in one route differ. */
export function ruleAt(path: string, backendRefs: readonly Fields[], more: Fields = {}): Fields {
  return rule(backendRefs, { matches: [{ path: { type: 'PathPrefix', value: path } }], ...more });
}

export function mirrorTo(name: string, more: Fields = {}): Fields {
  return { type: 'RequestMirror', requestMirror: { backendRef: { name, port: 8080 }, ...more } };
}

interface RouteOptions {
  readonly metadata?: Fields;
  readonly spec?: Fields;
  /** Who reports on the route, as its status says; none = no status. */
  readonly controllers?: readonly string[];
}

/** HTTPRoute lending/credit, generation 1, as a watch would deliver it. */
export function aRoute(
  rules: readonly Fields[],
  { metadata = {}, spec = {}, controllers = [envoyGateway] }: RouteOptions = {},
): TargetObject {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: {
      name: 'credit',
      namespace: 'lending',
      uid: 'route-uid',
      generation: 1,
      annotations: { team: 'lending' },
      ...metadata,
    },
    spec: { parentRefs, rules, ...spec },
    ...(controllers.length === 0 ? {} : { status: { parents: controllers.map((name) => parentStatus(name)) } }),
  };
}

interface ParentOptions {
  readonly generation?: number;
  readonly accepted?: string;
  readonly resolved?: string;
  readonly message?: string;
  readonly parentRef?: Fields;
}

export function parentStatus(controllerName: string, options: ParentOptions = {}): Fields {
  const { generation = 1, accepted = 'True', resolved = 'True', message = '', parentRef = { name: 'edge' } } = options;
  const condition = (type: string, status: string): Fields => ({
    type,
    status,
    reason: status === 'True' ? type : `Not${type}`,
    message,
    observedGeneration: generation,
  });
  return { parentRef, controllerName, conditions: [condition('Accepted', accepted), condition('ResolvedRefs', resolved)] };
}

/** credit-v2 half and half with credit-v1: the route most tests start from. */
export function halfAndHalf(options: RouteOptions = {}): TargetObject {
  return aRoute([rule([backend('credit-v2', 50), backend('credit-v1', 50)])], options);
}

interface ClaimOptions {
  readonly holder?: Partial<Holder>;
  readonly target?: Partial<RouteTarget>;
}

export function aHolder(changes: Partial<Holder> = {}): Holder {
  const plan = changes.plan ?? 'credit';
  return {
    plan,
    planUID: `${plan}-uid`,
    planGeneration: 1,
    planDigest: 'sha256:plan',
    engagement: 1,
    stage: 0,
    stageSinceMs: nowMs,
    planCreatedAtMs: nowMs - 1000,
    triggeredBy: ['score-drift'],
    readings: [],
    unrecorded: [],
    ...changes,
  };
}

export function aRouteTarget(changes: Partial<RouteTarget> = {}): RouteTarget {
  return {
    kind: 'HTTPRoute',
    name: 'traffic',
    object: 'credit',
    candidate: { service: 'credit-v2', port: 8080 },
    safe: { service: 'credit-v1', port: 8080, minReadyEndpoints: 1 },
    whenPercentUnsupported: 'Refuse',
    ...changes,
  };
}

export function aRouteClaim(constraints: readonly Constraint[], { holder = {}, target = {} }: ClaimOptions = {}): Claim {
  return { holder: aHolder(holder), target: aRouteTarget(target), constraints };
}

export function cap(maxPercent: number, options: ClaimOptions = {}): Claim {
  return aRouteClaim([{ kind: 'Cap', maxPercent }], options);
}

export function shadow(mirrorPercent: number, options: ClaimOptions = {}): Claim {
  return aRouteClaim([{ kind: 'Shadow', mirrorPercent }], options);
}

interface AroundOptions {
  readonly missing?: readonly string[];
  readonly unready?: readonly string[];
  readonly rollers?: readonly Roller[];
}

/** Every Service exists on port 8080 with two ready endpoints, but for those named; nobody else moves requests, but for `rollers`. */
export function surroundings(except: AroundOptions = {}): Surroundings {
  return {
    servicePorts: (_namespace, service) => (except.missing?.includes(service) === true ? null : [8080]),
    workload: () => success({ revisions: [], autoscaler: null }),
    readyEndpoints: (_namespace, service) => (except.unready?.includes(service) === true ? 0 : 2),
    rollersOf: () => except.rollers ?? [],
  };
}

export function inputFor(live: TargetObject, claims: readonly Claim[], changes: Partial<ActuationInput> = {}): ActuationInput {
  return { live, claims, epoch: 1, nowMs, actor: 'operator', surroundings: surroundings(), ...changes };
}

/** One pass of the controller: plan, and apply the patch to the object if there is one. */
export function pass(
  live: TargetObject,
  claims: readonly Claim[],
  changes: Partial<ActuationInput> & { readonly actuator?: Actuator } = {},
): { readonly live: TargetObject; readonly actuation: Actuation } {
  const { actuator = httpRouteActuator, ...input } = changes;
  const actuation = actuator.plan(inputFor(live, claims, input));
  return { live: actuation.kind === 'Patch' ? applyPatch(live, actuation.operations) : live, actuation };
}

/** The object after a pass; throws when the pass refused. */
export function settled(live: TargetObject, claims: readonly Claim[], changes: Parameters<typeof pass>[2] = {}): TargetObject {
  const result = pass(live, claims, changes);
  if (result.actuation.kind === 'Refused') throw new Error(JSON.stringify(result.actuation.rejected));
  return result.live;
}

/** Both patches of a release. */
export function released(live: TargetObject, changes: Parameters<typeof pass>[2] = {}): TargetObject {
  const first = settled(live, [], changes);
  const operations = (changes.actuator ?? httpRouteActuator).finish(first);
  return operations === null ? first : applyPatch(first, operations);
}

export function rulesOf(live: TargetObject): readonly Fields[] {
  return (live.spec as { readonly rules: readonly Fields[] }).rules;
}

function nameOf(reference: Fields): string {
  return typeof reference.name === 'string' ? reference.name : '';
}

/** `{name: weight}` of one rule, undefined where the weight is absent. */
export function weightsOf(live: TargetObject, index = 0): Readonly<Record<string, JSONValue | undefined>> {
  const references = (rulesOf(live)[index]?.backendRefs ?? []) as readonly Fields[];
  return Object.fromEntries(references.map((reference) => [nameOf(reference), reference.weight]));
}

export function annotationsOf(live: TargetObject): Readonly<Record<string, string>> | undefined {
  return (live.metadata as { readonly annotations?: Readonly<Record<string, string>> }).annotations;
}

/** The journal as written; what a reader without the codec sees. */
export function journalOf(live: TargetObject): Record<string, unknown> {
  return JSON.parse(annotationsOf(live)?.['modelrisk.dev/journal'] ?? 'null') as Record<string, unknown>;
}

/** Someone else's edit: the rules as `change` returns them. */
export function editRules(live: TargetObject, change: (rules: readonly Fields[]) => readonly Fields[]): TargetObject {
  return { ...live, spec: { ...(live.spec as Fields), rules: change(structuredClone(rulesOf(live))) } };
}

/** Someone else sets weights by backend name in one rule (null = takes the weight away). */
export function editWeights(live: TargetObject, weights: Readonly<Record<string, number | null>>, index = 0): TargetObject {
  return editRules(live, (rules) =>
    rules.map((each, position) =>
      position === index ? { ...each, backendRefs: (each.backendRefs as readonly Fields[]).map(reweigh) } : each,
    ),
  );
  function reweigh(reference: Fields): Fields {
    const wanted = weights[nameOf(reference)];
    if (wanted === undefined) return reference;
    const { weight: _weight, ...rest } = reference;
    return wanted === null ? rest : { ...rest, weight: wanted };
  }
}

export function withAnnotations(live: TargetObject, annotations: Readonly<Record<string, string>>): TargetObject {
  const metadata = live.metadata as Fields;
  return { ...live, metadata: { ...metadata, annotations: { ...(metadata.annotations as Fields | undefined), ...annotations } } };
}
