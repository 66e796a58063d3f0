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

export function ruleSpecs(route: KubeObject): readonly RouteRuleSpec[] {
  return (route['spec'] as { readonly rules?: readonly RouteRuleSpec[] } | undefined)?.rules ?? [];
}

/** The rules as the Gateway API reads them: an absent weight is 1. */
export function rulesOf(route: KubeObject): readonly RuleView[] {
  return ruleSpecs(route).map(({ backendRefs = [], filters = [] }) => ({
    backends: backendRefs.map(({ name, weight = 1 }) => ({ name, weight })),
    filters,
  }));
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
