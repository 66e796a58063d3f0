import type { APIRequest, Transport } from '../../src/kube/transport.ts';
import { createPushEndpoint, type EndpointOptions, type PushRequest } from '../../src/server/push/endpoint.ts';
import type { Reply } from '../../src/server/push/reply.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { createNews } from '../../src/telemetry/news.ts';
import { answer, scriptedTransport } from './scripted-transport.ts';

interface Review {
  readonly spec: {
    readonly token?: string;
    readonly user?: string;
    readonly resourceAttributes?: { readonly namespace: string };
  };
}

/** Token `anna` is user anna. Who may push where is said by name; `''` among the namespaces is all of them. */
export function reviewingTransport(
  may: Readonly<Record<string, readonly string[]>>,
): Transport & { readonly requests: readonly APIRequest[] } {
  return scriptedTransport({
    request: ({ resource, body }) => {
      const { token = '', user = '', resourceAttributes } = (body as unknown as Review).spec;
      if (resource === 'tokenreviews')
        return answer({ status: token in may ? { authenticated: true, user: { username: token, groups: ['all'] } } : {} });
      const namespaces = may[user] ?? [];
      return answer({ status: { allowed: namespaces.includes('') || namespaces.includes(resourceAttributes?.namespace ?? '') } });
    },
  });
}

export function pushRequest(path: string, body: unknown, changes: Partial<PushRequest> = {}): PushRequest {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const readBody = (maxBytes: number) => Promise.resolve(text.length > maxBytes ? null : text);
  return { method: 'POST', path, authorization: 'Bearer anna', readBody, ...changes };
}

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** The endpoint with everything in memory. */
export function sender(
  options: Partial<EndpointOptions> & Pick<EndpointOptions, 'inbox' | 'uses' | 'clock'>,
): (request: PushRequest) => Promise<Reply> {
  return createPushEndpoint({
    ...{ transport: reviewingTransport({ anna: ['lending', 'fraud'] }), log: silent, news: createNews(16), metrics: createMetrics() },
    ...{ isLeading: () => true, onKept: () => undefined, findRisk: () => undefined },
    ...options,
  });
}

export type NotifiedPair = readonly [status: 'firing' | 'resolved', labels: Readonly<Record<string, string>>];

/** One notification of an Alertmanager, in its own words. */
export function notification(...alerts: readonly NotifiedPair[]): object {
  return {
    version: '4',
    groupKey: '{}:{alertname="x"}',
    truncatedAlerts: 0,
    status: 'firing',
    receiver: 'modelrisk',
    groupLabels: {},
    commonLabels: {},
    commonAnnotations: null,
    externalURL: 'http://alertmanager:9093',
    alerts: alerts.map(([status, labels]) => ({
      ...{ status, labels, annotations: {}, generatorURL: '', fingerprint: '1a30ba71cca2921f' },
      startsAt: '2026-06-01T11:00:00Z',
      endsAt: '0001-01-01T00:00:00Z',
    })),
  };
}
