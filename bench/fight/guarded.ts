import { aModelRisk, aPolicy, mitigationPlans, modelRisks, riskPolicies } from '../../test/builders/guarded-model.ts';
import type { KubeObject } from '../../testbed/api-client.ts';
import { publishBackend } from '../../testbed/backend.ts';
import { listenHTTP, readBody } from '../../testbed/http-server.ts';
import { wallClockMs } from '../../testbed/wall-clock.ts';
import { seriesOf } from '../effect/bed.ts';
import type { EffectBed } from '../effect/bed.ts';
import { aRoute, candidateService, safeService } from '../effect/route-kinds.ts';
import type { RouteKind } from '../effect/route-kinds.ts';
import { startModelBackend } from '../effect/wire.ts';

export const capPercent = 10;

export interface Guarded {
  readonly namespace: string;
  readonly manifest: KubeObject;
  readonly breach: () => void;
  /** When a receiver first heard that the target is contested; null while it has not. */
  readonly notifiedAtMs: () => number | null;
}

/** A model behind a route, its plan, and somebody who is told. */
export async function guard(
  { cluster, gateway, provider, address }: EffectBed,
  kind: RouteKind,
  onStop: (stop: () => Promise<unknown>) => void,
): Promise<Guarded> {
  const namespace = await cluster.createNamespace();
  const state = { value: 0.01, notifiedAtMs: null as number | null };
  const receiver = await listenHTTP((request, response) => {
    void readBody(request).then((body) => {
      if (body.toString().includes('Contested')) state.notifiedAtMs ??= wallClockMs();
      response.end();
    });
  }, address);
  onStop(() => receiver.close());
  const services = [safeService, candidateService] as const;
  const backends = await Promise.all(services.map((service) => startModelBackend(kind.wire, service, address)));
  for (const each of backends) onStop(() => each.close());
  const [safe, candidate] = backends.map(({ port }) => port);
  const ports = { safe: safe ?? 0, candidate: candidate ?? 0 };
  await publishBackend(cluster.client, { name: safeService, namespace, address, port: ports.safe });
  await publishBackend(cluster.client, { name: candidateService, namespace, address, port: ports.candidate });
  const manifest = aRoute(kind, { namespace, parentRef: gateway.parentRef, ports }, { safe: 50, candidate: 50 });
  await cluster.client.apply(kind.resource, manifest, { fieldManager: 'git-loop' });
  provider.answerOthers({ kind: 'Vector', series: () => seriesOf(namespace, state.value) });
  const options = { namespace, providerURL: provider.url };
  const receivers = [{ name: 'people', webhook: { url: `http://${address}:${String(receiver.port)}/` } }];
  await cluster.client.create(riskPolicies, aPolicy({ ...options, receivers }));
  await cluster.client.create(modelRisks, aModelRisk(options));
  await cluster.client.create(mitigationPlans, aPlan(namespace, ports));
  return {
    namespace,
    manifest,
    breach: () => {
      state.value = 0.9;
    },
    notifiedAtMs: () => state.notifiedAtMs,
  };
}

function aPlan(namespace: string, ports: { readonly safe: number; readonly candidate: number }): KubeObject {
  const ends = { candidate: { service: candidateService, port: ports.candidate }, safe: { service: safeService, port: ports.safe } };
  return {
    apiVersion: 'modelrisk.dev/v1alpha1',
    kind: 'MitigationPlan',
    metadata: { name: 'credit', namespace },
    spec: {
      riskRef: { name: 'credit' },
      owner: 'lending-ml',
      mode: 'Enforce',
      trigger: { indicators: ['score-drift'] },
      targets: [{ name: 'traffic', httpRoute: { name: 'credit', ...ends } }],
      stages: [{ name: 'limit', actions: [{ target: 'traffic', canaryLimit: { maxPercent: capPercent } }] }],
      notify: { receivers: ['people'] },
    },
  };
}
