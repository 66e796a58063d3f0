import { createHash } from 'node:crypto';

import { canonicalJSON } from '../../shared/canonical-json.ts';
import type { JSONValue } from '../../shared/json.ts';
import { asList, asNumber, asObject, asText, isList } from '../json-reading.ts';
import type { JSONObject } from '../json-reading.ts';
import { namespaceOf } from '../metadata.ts';
import type { TargetObject } from '../port.ts';

/** One entry of a rule's backendRefs. */
export interface RouteBackend {
  readonly index: number;
  /** What traffic goes to; entries of one rule that name the same Service and port share it. */
  readonly backend: string;
  /** Unique within the rule. */
  readonly id: string;
  /** Null = absent, which counts as 1. */
  readonly weight: number | null;
  readonly reference: JSONObject;
}

/** One RequestMirror filter of a rule. */
export interface RouteMirror {
  readonly index: number;
  readonly backend: string;
  /** Null = no percent and no fraction: all requests. */
  readonly percent: number | null;
  readonly fraction: boolean;
}

export interface RouteRule {
  readonly index: number;
  readonly name: string | null;
  /** Its name, or a digest of its matches. */
  readonly identity: string;
  /** How many rules of the same identity stand before it. */
  readonly ordinal: number;
  readonly matches: JSONValue;
  readonly backends: readonly RouteBackend[];
  /** Null = the rule has no list of filters. */
  readonly filters: readonly JSONValue[] | null;
  readonly mirrors: readonly RouteMirror[];
}

/** An absent weight is 1 (Gateway API). */
export function effectiveWeight(weight: number | null): number {
  return weight ?? 1;
}

/** The id of a Service and port in the route's own namespace. */
export function serviceID({ service, port }: { readonly service: string; readonly port: number }): string {
  return `${service}:${port}`;
}

export function rulesOf(live: TargetObject): readonly RouteRule[] {
  const namespace = namespaceOf(live);
  const seen = new Map<string, number>();
  return asList(asObject(live.spec).rules).map((item, index) => {
    const rule = readRule(asObject(item), index, namespace);
    const ordinal = seen.get(rule.identity) ?? 0;
    seen.set(rule.identity, ordinal + 1);
    return { ...rule, ordinal };
  });
}

function readRule(rule: JSONObject, index: number, namespace: string): Omit<RouteRule, 'ordinal'> {
  const filters = isList(rule.filters) ? rule.filters : null;
  const name = asText(rule.name);
  const matches = rule.matches ?? null;
  return {
    index,
    name,
    matches,
    identity: name === null ? `matches:${digestOfMatches(matches)}` : `name:${name}`,
    backends: readBackends(asList(rule.backendRefs).map(asObject), namespace),
    filters,
    mirrors: (filters ?? []).flatMap((filter, position) => readMirror(asObject(filter), position, namespace)),
  };
}

function readBackends(references: readonly JSONObject[], namespace: string): readonly RouteBackend[] {
  const seen = new Map<string, number>();
  return references.map((reference, index) => {
    const backend = backendID(reference, namespace);
    const ordinal = seen.get(backend) ?? 0;
    seen.set(backend, ordinal + 1);
    return { index, backend, id: ordinal === 0 ? backend : `${backend}#${ordinal}`, weight: asNumber(reference.weight), reference };
  });
}

function readMirror(filter: JSONObject, index: number, namespace: string): readonly RouteMirror[] {
  if (filter.type !== 'RequestMirror') return [];
  const mirror = asObject(filter.requestMirror);
  const backend = backendID(asObject(mirror.backendRef), namespace);
  return [{ index, backend, percent: asNumber(mirror.percent), fraction: mirror.fraction !== undefined }];
}

/** `service:port` for a Service of the route's own namespace; whatever differs from that stands before it. */
function backendID(reference: JSONObject, routeNamespace: string): string {
  const group = asText(reference.group) ?? '';
  const kind = asText(reference.kind) ?? 'Service';
  const namespace = asText(reference.namespace) ?? routeNamespace;
  const local = `${asText(reference.name) ?? ''}:${asNumber(reference.port) ?? ''}`;
  if (group !== '' || kind !== 'Service') return `${group}/${kind}/${namespace}/${local}`;
  return namespace === routeNamespace ? local : `${namespace}/${local}`;
}

/** Order of keys and of matches means nothing to a gateway, so it means nothing here. */
function digestOfMatches(matches: JSONValue): string {
  const texts = asList(matches).map(canonicalJSON).sort();
  return createHash('sha256').update(texts.join('\n')).digest('hex').slice(0, 16);
}
