import type { APIClient } from './api-client.ts';

const services = { group: '', version: 'v1', plural: 'services' };
const endpointSlices = { group: 'discovery.k8s.io', version: 'v1', plural: 'endpointslices' };

export interface Backend {
  readonly name: string;
  readonly namespace: string;
  /** Not loopback: the API server refuses that. Default 10.244.0.1. */
  readonly address?: string;
  /** Of the local process; the Service has the same port. */
  readonly port: number;
  /** Default true; false publishes the Service with an endpoint that is not ready. */
  readonly ready?: boolean;
}

/** A Service without selector and its one EndpointSlice, as kubelet and controllers would leave them. Again = update. */
export async function publishBackend(client: APIClient, backend: Backend): Promise<void> {
  const { name, namespace, port } = backend;
  const ports = [{ name: 'http', protocol: 'TCP', port }];
  await client.apply(services, { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec: { ports } }, { force: true });
  const slice = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name, namespace, labels: { 'kubernetes.io/service-name': name } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [backend.address ?? '10.244.0.1'], conditions: { ready: backend.ready ?? true } }],
    ports,
  };
  await client.apply(endpointSlices, slice, { force: true });
}
