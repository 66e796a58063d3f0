import { createHash } from 'node:crypto';

import type { KubeObject } from '../../testbed/api-client.ts';
import type { KubeRequest } from '../../testbed/kube-request.ts';
import { epochAnnotation, journalAnnotation } from '../../testbed/timeline.ts';
import type { IntentEvent, ObjectEvent, PersonEvent, SignalEvent, TimelineEvent, WriteEvent } from '../../testbed/timeline.ts';

/** Hand-made evidence for the judge: a second of clock and ten revisions of etcd for each step. */
export const stepMs = 1_000;

export interface RouteLook {
  readonly stable?: number;
  readonly candidate?: number;
  /** Stage the journal says is engaged; null = no journal; 'Released' = a tombstone. */
  readonly stage?: number | 'Released' | null;
  /** Merged over the journal's only claim. */
  readonly constraints?: readonly object[];
  readonly epoch?: number;
  readonly engagement?: number;
  readonly mirrored?: boolean;
  readonly hostnames?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly managers?: readonly string[];
  readonly uid?: string;
}

const constraintsOf = [[{ kind: 'Cap', maxPercent: 10 }], [{ kind: 'Shadow', mirrorPercent: 100 }], [{ kind: 'Cap', maxPercent: 0 }]];

function journalText(look: RouteLook, stage: number | 'Released'): string {
  if (stage === 'Released') return JSON.stringify({ state: 'Released', uid: look.uid ?? 'route' });
  const holder = { plan: 'credit', planUID: 'plan', engagement: look.engagement ?? 1, stage };
  return JSON.stringify({ state: 'Engaged', claims: [{ holder, constraints: look.constraints ?? constraintsOf[stage] }] });
}

export function aRouteAt(step: number, look: RouteLook = {}): KubeObject {
  const { stage = null, epoch = 1, mirrored = false } = look;
  const own = stage === null ? {} : { [journalAnnotation]: journalText(look, stage), [epochAnnotation]: String(epoch) };
  const filters = mirrored
    ? { filters: [{ type: 'RequestMirror', requestMirror: { backendRef: { name: 'credit-v2', port: 8080 } } }] }
    : {};
  const backendRefs = [
    { name: 'credit-v1', port: 8080, weight: look.stable ?? 50 },
    { name: 'credit-v2', port: 8080, weight: look.candidate ?? 50 },
  ];
  return {
    metadata: {
      ...{ name: 'credit', namespace: 'lending', uid: look.uid ?? 'route', generation: step, resourceVersion: String(step * 10) },
      labels: look.labels ?? { team: 'lending' },
      annotations: { 'example.com/owner': 'lending', ...own },
      managedFields: (look.managers ?? []).map((manager) => ({ manager, operation: 'Update' })),
    },
    spec: { hostnames: look.hostnames ?? ['credit.example'], rules: [{ ...filters, backendRefs }] },
  };
}

export function seen(step: number, resource: string, object: KubeObject): ObjectEvent {
  return { kind: 'Object', atMs: step * stepMs, change: step === 1 ? 'Added' : 'Modified', resource, object };
}

export const route = (step: number, look: RouteLook = {}): ObjectEvent => seen(step, 'httproutes', aRouteAt(step, look));
export const signal = (step: number, reading: SignalEvent['reading']): SignalEvent => ({ kind: 'Signal', atMs: step * stepMs, reading });
export const person = (step: number): PersonEvent => ({ kind: 'Person', atMs: step * stepMs });
export const intent = (step: number, look: RouteLook = {}): IntentEvent => ({
  kind: 'Intent',
  atMs: step * stepMs,
  resource: 'httproutes',
  object: aRouteAt(step, look),
});

export function endpoints(step: number, service: string, ready: boolean): ObjectEvent {
  const metadata = { name: service, namespace: 'lending', uid: `slice-${service}`, resourceVersion: String(step * 10) };
  const object = { metadata: { ...metadata, labels: { 'kubernetes.io/service-name': service } }, endpoints: [{ conditions: { ready } }] };
  return seen(step, 'endpointslices', object);
}

export function write(step: number, request: Partial<KubeRequest> = {}): WriteEvent {
  const route = { group: 'gateway.networking.k8s.io', resource: 'httproutes', subresource: null, namespace: 'lending', name: 'credit' };
  return { kind: 'Write', atMs: step * stepMs, request: { verb: 'patch', ...route, ...request }, status: 200, effective: true };
}

export function aFlagAt(step: number, defaultVariant: string, stage: number | 'Released' | null = null): ObjectEvent {
  const own =
    stage === null ? {} : { [journalAnnotation]: journalText({ constraints: [{ kind: 'Flag' }] }, stage), [epochAnnotation]: '1' };
  return seen(step, 'featureflags', {
    metadata: { name: 'flags', namespace: 'lending', uid: 'flag', resourceVersion: String(step * 10), annotations: own },
    spec: { flagSpec: { flags: { 'use-v2': { state: 'ENABLED', defaultVariant } } } },
  });
}

export interface EntryLook {
  readonly type: string;
  readonly prevHash: string;
  readonly seq: number;
}

/** Chains entries of those types as the operator does. */
export function chained(types: readonly string[], firstPrevHash = ''): readonly (EntryLook & { readonly hash: string })[] {
  const entries: (EntryLook & { hash: string })[] = [];
  for (const [seq, type] of types.entries()) {
    const entry = { after: '', seq, type, prevHash: entries.at(-1)?.hash ?? firstPrevHash };
    const text = `{${Object.entries(entry)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([field, value]) => `${JSON.stringify(field)}:${JSON.stringify(value)}`)
      .join(',')}}`;
    entries.push({ ...entry, hash: createHash('sha256').update(text).digest('hex') });
  }
  return entries;
}

export function incident(
  step: number,
  entries: readonly object[],
  look: { readonly uid?: string; readonly engagement?: number } = {},
): ObjectEvent {
  const uid = look.uid ?? 'incident';
  return seen(step, 'riskincidents', {
    metadata: { name: uid, namespace: 'lending', uid, resourceVersion: String(step * 10) },
    spec: { planRef: { uid: 'plan' }, engagement: look.engagement ?? 1, firstPrevHash: '' },
    status: { entries },
  });
}

export function planStatus(step: number, target: object): ObjectEvent {
  return seen(step, 'mitigationplans', {
    metadata: { name: 'credit', namespace: 'lending', uid: 'plan', resourceVersion: String(step * 10) },
    status: { targets: [{ ref: { kind: 'HTTPRoute', name: 'credit', uid: 'route' }, ...target }] },
  });
}

/** One engagement told without a fault: capped, shadowed, capped again, given back. */
export function goodStory(): readonly TimelineEvent[] {
  const types = ['Engaged', 'Escalated', 'SteppedDown', 'Released', 'Closed'];
  return [
    route(1),
    endpoints(1, 'credit-v1', true),
    endpoints(1, 'credit-v2', true),
    signal(2, 'Breach'),
    route(3, { stable: 90, candidate: 10, stage: 0, managers: ['modelrisk-operator'] }),
    write(3),
    incident(4, chained(types.slice(0, 1))),
    route(5, { stable: 100, candidate: 0, stage: 1, mirrored: true }),
    planStatus(6, { generation: 5, verified: 'Verified', effective: 'credit-v1 100 %, credit-v2 0 %; copies 100 % to credit-v2' }),
    signal(7, 'Ok'),
    route(9, { stable: 90, candidate: 10, stage: 0 }),
    route(11, { stage: 'Released' }),
    incident(12, chained(types)),
    route(13),
  ];
}
