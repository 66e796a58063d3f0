import type { KubeObject } from '../../testbed/api-client.ts';

interface RouteSpec {
  readonly rules: readonly {
    readonly filters?: readonly { readonly type: string }[];
    readonly backendRefs: readonly { readonly name: string; readonly weight: number }[];
  }[];
}

function firstRule(route: KubeObject) {
  return (route['spec'] as RouteSpec).rules[0];
}

/** Share of the first rule's live traffic a Service gets, in percent. */
export function shareOf(route: KubeObject, service: string): number {
  const backends = firstRule(route)?.backendRefs ?? [];
  const total = backends.reduce((sum, { weight }) => sum + weight, 0);
  return (100 * (backends.find(({ name }) => name === service)?.weight ?? 0)) / total;
}

export function isMirrored(route: KubeObject): boolean {
  return firstRule(route)?.filters?.some(({ type }) => type === 'RequestMirror') ?? false;
}

export function isConstrained({ metadata }: KubeObject): boolean {
  return metadata.annotations?.['modelrisk.dev/journal'] !== undefined;
}

export function defaultVariant(flag: KubeObject): string {
  const { flagSpec } = flag['spec'] as { readonly flagSpec: { readonly flags: Record<string, { readonly defaultVariant: string }> } };
  return flagSpec.flags['use-v2']?.defaultVariant ?? '';
}

/** What users own of an object: everything but what the server counts. */
export function ownedByUsers({ metadata, spec, data }: KubeObject) {
  const managers = (metadata.managedFields ?? []).filter(({ subresource }) => subresource === undefined).map(({ manager }) => manager);
  // Its controller counts revisions there.
  const { 'deployment.kubernetes.io/revision': _revision, ...annotations } = metadata.annotations ?? {};
  return { labels: metadata.labels, annotations, finalizers: metadata.finalizers, managers, spec, data };
}

export function phaseOf({ status }: KubeObject): string | undefined {
  return (status as { readonly phase?: string } | undefined)?.phase;
}

export interface SeenEntry {
  readonly at: string;
  readonly after?: string;
  readonly type: string;
  readonly actor: string;
  readonly reason: string;
}

export function entriesOf({ status }: KubeObject): readonly SeenEntry[] {
  return (status as { readonly entries?: readonly SeenEntry[] } | undefined)?.entries ?? [];
}

/** Steps of a record without the patches between them. */
export function stepsOf(incident: KubeObject): readonly string[] {
  return entriesOf(incident)
    .map(({ type }) => type)
    .filter((type) => type !== 'Applied' && type !== 'Verified');
}

export function conditionOf({ status }: KubeObject, type: string) {
  const { conditions = [] } = (status ?? {}) as {
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason: string; readonly message: string }[];
  };
  return conditions.find((condition) => condition.type === type);
}
