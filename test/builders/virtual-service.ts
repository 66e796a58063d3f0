import type { Claim, TargetObject } from '../../src/actuators/port.ts';
import { virtualServiceActuator } from '../../src/actuators/virtual-service/actuator.ts';
import type { Constraint } from '../../src/core/model/constraint.ts';
import type { Target } from '../../src/core/model/target.ts';
import type { JSONValue } from '../../src/shared/json.ts';
import { aHolder, pass, released, settled } from './http-route.ts';

type Fields = { readonly [key: string]: JSONValue };
type VirtualServiceTarget = Extract<Target, { kind: 'VirtualService' }>;
type Changes = Parameters<typeof pass>[2];

export const actuator = virtualServiceActuator;

/** One destination; a null weight is absent. */
export function to(host: string, weight: number | null, { subset, port, ...more }: Fields = {}): Fields {
  const destination = {
    host,
    ...(subset === undefined ? {} : { subset }),
    ...(port === undefined ? {} : { port: { number: port } }),
  };
  return { destination, ...(weight === null ? {} : { weight }), ...more };
}

export function http(route: readonly Fields[], more: Fields = {}): Fields {
  return { match: [{ uri: { prefix: '/score' } }], route, ...more };
}

export function httpAt(prefix: string, route: readonly Fields[], more: Fields = {}): Fields {
  return http(route, { match: [{ uri: { prefix } }], ...more });
}

/** VirtualService lending/credit, generation 1. */
export function aVirtualService(rules: readonly Fields[], more: { readonly metadata?: Fields; readonly spec?: Fields } = {}): TargetObject {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'credit', namespace: 'lending', uid: 'vs-uid', generation: 1, annotations: { team: 'lending' }, ...more.metadata },
    spec: { hosts: ['credit'], http: rules, ...more.spec },
  };
}

export function halfAndHalf(): TargetObject {
  return aVirtualService([http([to('credit-v2', 50), to('credit-v1', 50)])]);
}

interface ClaimOptions {
  readonly holder?: Parameters<typeof aHolder>[0];
  readonly target?: Partial<VirtualServiceTarget>;
}

export function aClaim(constraints: readonly Constraint[], { holder = {}, target = {} }: ClaimOptions = {}): Claim {
  return {
    holder: aHolder(holder),
    target: {
      kind: 'VirtualService',
      name: 'traffic',
      object: 'credit',
      candidate: { host: 'credit-v2', subset: null },
      safe: { host: 'credit-v1', subset: null, minReadyEndpoints: 1 },
      settleSeconds: 10,
      ...target,
    },
    constraints,
  };
}

export function cap(maxPercent: number, options: ClaimOptions = {}): Claim {
  return aClaim([{ kind: 'Cap', maxPercent }], options);
}

export function shadow(mirrorPercent: number, options: ClaimOptions = {}): Claim {
  return aClaim([{ kind: 'Shadow', mirrorPercent }], options);
}

export function passed(live: TargetObject, claims: readonly Claim[], changes: Changes = {}): ReturnType<typeof pass> {
  return pass(live, claims, { actuator, ...changes });
}

export function standing(live: TargetObject, claims: readonly Claim[], changes: Changes = {}): TargetObject {
  return settled(live, claims, { actuator, ...changes });
}

export function givenBack(live: TargetObject): TargetObject {
  return released(live, { actuator });
}

export function httpOf(live: TargetObject): readonly Fields[] {
  return (live.spec as { readonly http: readonly Fields[] }).http;
}

export function edited(live: TargetObject, change: (rules: readonly Fields[]) => readonly Fields[]): TargetObject {
  return { ...live, spec: { ...(live.spec as Fields), http: change(structuredClone(httpOf(live))) } };
}

/** `{host or host/subset: weight}` of one rule, undefined where the weight is absent. */
export function weightsOf(live: TargetObject, index = 0): Readonly<Record<string, JSONValue | undefined>> {
  const route = (httpOf(live)[index]?.route ?? []) as readonly { readonly destination: Fields; readonly weight?: number }[];
  return Object.fromEntries(
    route.map(({ destination: { host, subset }, weight }) => [
      typeof subset === 'string' ? `${nameOf(host)}/${subset}` : nameOf(host),
      weight,
    ]),
  );
}

function nameOf(host: JSONValue | undefined): string {
  return typeof host === 'string' ? host : '';
}
