import { asNumber, asObject, asText } from '../json-reading.ts';
import type { JSONObject } from '../json-reading.ts';
import type { MirrorReading, RouteGrammar } from '../weighted-route/grammar.ts';

/** Rules as HTTPRoute and GRPCRoute have them alike: weights are relative, an absent one is 1; a mirror is a filter. */
export const gatewayGrammar: RouteGrammar = {
  rules: '/spec/rules',
  holds: 'Rules',
  matches: 'matches',
  backends: 'backendRefs',
  mirrors: 'filters',
  minWeight: 0,
  maxWeight: 1_000_000,
  maxBackends: 16,
  maxMirrors: 16,
  bounds: 'the Gateway API allows 16',
  weigh: (weights) => weights.map((weight) => weight ?? 1),
  readBackend: backendID,
  readMirror,
  readFixedMirror: () => null,
  // Group, kind and namespace present or absent alike.
  writeBackend: ({ written }, beside) => ({ ...pick(beside, ['group', 'kind', 'namespace']), ...written }),
  writeMirror: (id, _candidate, percent) => {
    const [name = '', port = ''] = id.split(':');
    const share = percent === null ? {} : { percent };
    return { type: 'RequestMirror', requestMirror: { backendRef: { name, port: Number(port) }, ...share } };
  },
};

/** The id of a Service and port in the route's own namespace. */
export function serviceID({ service, port }: { readonly service: string; readonly port: number }): string {
  return `${service}:${port}`;
}

function readMirror(filter: JSONObject, namespace: string): MirrorReading | null {
  if (filter.type !== 'RequestMirror') return null;
  const mirror = asObject(filter.requestMirror);
  const backend = backendID(asObject(mirror.backendRef), namespace);
  return { backend, percent: asNumber(mirror.percent), fraction: mirror.fraction !== undefined };
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

function pick(object: JSONObject, keys: readonly string[]): JSONObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => keys.includes(key)));
}
