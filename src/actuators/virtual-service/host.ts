import { asObject, asText } from '../json-reading.ts';
import type { JSONObject } from '../json-reading.ts';

/**
 * One name for the Service behind a host: the short one for a Service of the namespace of the VirtualService, the host itself for any
 * other. Istio completes a name without a dot with that namespace and takes a name with a dot as it is.
 */
export function hostName(host: string, namespace: string): string {
  return localService(host, namespace) ?? host;
}

/** The Service of this namespace behind a host; null when it is none, be it of another namespace or outside of the cluster. */
export function localService(host: string, namespace: string): string | null {
  if (!host.includes('.')) return host;
  const [service = '', ...rest] = host.split('.');
  const [owner, svc] = rest;
  return owner === namespace && svc === 'svc' ? service : null;
}

/** What traffic goes to: the Service, and the subset where one is named. Ports of one Service share it. */
export function destinationID(host: string, subset: string | null, namespace: string): string {
  return subset === null ? hostName(host, namespace) : `${hostName(host, namespace)}/${subset}`;
}

export function readDestination(destination: JSONObject, namespace: string): string {
  return destinationID(asText(destination.host) ?? '', asText(destination.subset), namespace);
}

/** Of an entry of `http[].route`, `tcp[].route` or `tls[].route`. */
export function routedTo(entry: JSONObject, namespace: string): string {
  return readDestination(asObject(entry.destination), namespace);
}
