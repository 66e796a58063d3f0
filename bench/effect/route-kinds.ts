import type { KubeObject, Resource } from '../../testbed/api-client.ts';
import type { Wire } from './wire.ts';

/** A kind of route a gateway of the bed serves. */
export interface RouteKind {
  readonly kind: 'HTTPRoute' | 'GRPCRoute';
  readonly resource: Resource;
  readonly wire: Wire;
  /** Key of the target in a plan. */
  readonly target: 'httpRoute' | 'grpcRoute';
  readonly match: object;
  /** Whether copies through this gateway reach a server; where they do not, shadow is refused. */
  readonly copies: boolean;
}

const group = 'gateway.networking.k8s.io';

export const routeKinds: readonly RouteKind[] = [
  {
    kind: 'HTTPRoute',
    resource: { group, version: 'v1', plural: 'httproutes' },
    wire: 'HTTP/1.1',
    target: 'httpRoute',
    match: { path: { type: 'PathPrefix', value: '/credit.Scoring' } },
    copies: true,
  },
  {
    kind: 'GRPCRoute',
    resource: { group, version: 'v1', plural: 'grpcroutes' },
    wire: 'gRPC',
    target: 'grpcRoute',
    match: { method: { type: 'Exact', service: 'credit.Scoring', method: 'Score' } },
    copies: false,
  },
];

/** Weights of the two versions, as users write them. */
export interface Split {
  readonly safe: number;
  readonly candidate: number;
}

export interface RouteOptions {
  readonly namespace: string;
  readonly parentRef: object;
  readonly ports: { readonly safe: number; readonly candidate: number };
}

export const safeService = 'credit-v1';
export const candidateService = 'credit-v2';

export function hostOf({ kind }: RouteKind): string {
  return `${kind.toLowerCase()}.example`;
}

export function aRoute(kind: RouteKind, { namespace, parentRef, ports }: RouteOptions, split: Split): KubeObject {
  const backend = (name: string, port: number, weight: number): object => ({ group: '', kind: 'Service', name, port, weight });
  const backendRefs = [backend(safeService, ports.safe, split.safe), backend(candidateService, ports.candidate, split.candidate)];
  return {
    apiVersion: `${group}/v1`,
    kind: kind.kind,
    metadata: { namespace, name: 'credit' },
    spec: { parentRefs: [parentRef], hostnames: [hostOf(kind)], rules: [{ matches: [kind.match], backendRefs }] },
  };
}

interface RouteView {
  readonly spec: {
    readonly rules: readonly {
      readonly filters?: readonly { readonly type: string }[];
      readonly backendRefs: readonly { readonly name: string; readonly weight: number }[];
    }[];
  };
  readonly status?: {
    readonly parents?: readonly {
      readonly conditions?: readonly { readonly type: string; readonly status: string; readonly observedGeneration?: number }[];
    }[];
  };
}

/** What the candidate is given by the object, in percent. */
export function shareOn(route: KubeObject): number {
  const backends = (route as unknown as RouteView).spec.rules[0]?.backendRefs ?? [];
  const total = backends.reduce((sum, { weight }) => sum + weight, 0);
  return (100 * (backends.find(({ name }) => name === candidateService)?.weight ?? 0)) / total;
}

export function isMirroring(route: KubeObject): boolean {
  const [rule] = (route as unknown as RouteView).spec.rules;
  return rule?.filters?.some(({ type }) => type === 'RequestMirror') ?? false;
}

/** The gateway's controller says that it took the object as it is. */
export function isTaken(route: KubeObject): boolean {
  const { generation } = route.metadata;
  const conditions = (route as unknown as RouteView).status?.parents?.[0]?.conditions ?? [];
  return ['Accepted', 'ResolvedRefs'].every((wanted) =>
    conditions.some(({ type, status, observedGeneration }) => type === wanted && status === 'True' && observedGeneration === generation),
  );
}
