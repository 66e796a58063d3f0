import type { KubeObject } from '../api-client.ts';

export interface BackendView {
  readonly name: string;
  readonly weight: number;
}

export interface RuleView {
  readonly backends: readonly BackendView[];
  readonly filters: readonly FilterView[];
}

export interface FilterView {
  readonly type?: string;
  readonly requestMirror?: { readonly backendRef?: { readonly name?: string } };
}

export interface RouteRuleSpec {
  readonly backendRefs?: readonly { readonly name: string; readonly weight?: number }[];
  readonly filters?: readonly FilterView[];
  readonly [field: string]: unknown;
}

/** As Istio has it: the same by other words. */
export interface MeshRuleSpec {
  readonly route?: readonly { readonly destination: { readonly host: string; readonly subset?: string }; readonly weight?: number }[];
  readonly mirrors?: readonly unknown[];
  readonly [field: string]: unknown;
}

/** Kinds whose rules share requests out by weight. */
export const routeResources: readonly string[] = ['httproutes', 'grpcroutes', 'virtualservices'];

export function ruleSpecs(route: KubeObject): readonly RouteRuleSpec[] {
  return (route['spec'] as { readonly rules?: readonly RouteRuleSpec[] } | undefined)?.rules ?? [];
}

export function isMesh(route: KubeObject): boolean {
  return route.kind === 'VirtualService';
}

export function meshRuleSpecs(route: KubeObject): readonly MeshRuleSpec[] {
  return (route['spec'] as { readonly http?: readonly MeshRuleSpec[] } | undefined)?.http ?? [];
}

/** The rules as their API reads them: for the Gateway API an absent weight is 1; for Istio 0, but for a destination that is alone. */
export function rulesOf(route: KubeObject): readonly RuleView[] {
  if (isMesh(route))
    return meshRuleSpecs(route).map(({ route: entries = [] }) => ({
      backends: entries.map(({ destination, weight }) => ({ name: nameOf(destination), weight: entries.length === 1 ? 1 : (weight ?? 0) })),
      filters: [],
    }));
  return ruleSpecs(route).map(({ backendRefs = [], filters = [] }) => ({
    backends: backendRefs.map(({ name, weight = 1 }) => ({ name, weight })),
    filters,
  }));
}

export function nameOf({ host, subset }: { readonly host: string; readonly subset?: string }): string {
  return subset === undefined ? host : `${host}/${subset}`;
}

export function totalOf({ backends }: RuleView): number {
  return backends.reduce((total, { weight }) => total + weight, 0);
}

/** Percent of a rule's requests one service answers. */
export function shareIn(rule: RuleView, service: string): number {
  const total = totalOf(rule);
  const own = rule.backends.filter(({ name }) => name === service).reduce((sum, { weight }) => sum + weight, 0);
  return total === 0 ? 0 : (100 * own) / total;
}

/** The highest share of the service in any rule. */
export function highestShare(route: KubeObject, service: string): number {
  return Math.max(0, ...rulesOf(route).map((rule) => shareIn(rule, service)));
}
