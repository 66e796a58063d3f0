import type { KubeObject } from '../../testbed/api-client.ts';

/** What the rule for callers with the flag on says of the candidate. */
export interface RouteState {
  /** 0 to 1, by weight. */
  readonly candidateShare: number;
  readonly mirrored: boolean;
}

export interface BackendRef {
  readonly name?: string;
  readonly weight?: number;
}

export interface RouteRule {
  readonly matches?: readonly { readonly headers?: readonly { readonly name: string; readonly value: string }[] }[];
  readonly backendRefs?: readonly BackendRef[];
  readonly filters?: readonly { readonly type?: string; readonly requestMirror?: { readonly backendRef?: BackendRef } }[];
}

export const candidateService = 'employment-v2';
export const safeService = 'employment-v1';

export function rulesOf(route: KubeObject): readonly RouteRule[] {
  const spec: { readonly rules?: readonly RouteRule[] } = route['spec'] ?? {};
  return spec.rules ?? [];
}

/** Of the first rule without a header match; null when the object has none. */
export function routeStateOf(route: KubeObject): RouteState | null {
  const rule = rulesOf(route).find(({ matches = [] }) => matches.every(({ headers = [] }) => headers.length === 0));
  if (rule === undefined) return null;
  const weightOf = ({ weight = 1 }: BackendRef): number => weight;
  const backends = rule.backendRefs ?? [];
  const total = backends.reduce((sum, backend) => sum + weightOf(backend), 0);
  const candidate = backends.filter(({ name }) => name === candidateService).reduce((sum, backend) => sum + weightOf(backend), 0);
  const mirrored = (rule.filters ?? []).some(
    ({ type, requestMirror }) => type === 'RequestMirror' && requestMirror?.backendRef?.name === candidateService,
  );
  return { candidateShare: total === 0 ? 0 : candidate / total, mirrored };
}

/** `50 % live`, `0 % live and a mirrored copy of every request`. */
export function describeRoute({ candidateShare, mirrored }: RouteState): string {
  return `${String(Math.round(candidateShare * 1000) / 10)} % of live traffic${mirrored ? ' and a mirrored copy of every request' : ''}`;
}
