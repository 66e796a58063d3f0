import type { Clock } from '../../src/shared/clock.ts';
import { createSystemClock } from '../../src/kube/system-clock.ts';
import { aModelRisk, aPolicy, mitigationPlans, modelRisks, riskPolicies } from '../../test/builders/guarded-model.ts';
import { conditionOf } from '../../test/builders/traffic-view.ts';
import type { KubeObject } from '../../testbed/api-client.ts';
import { publishBackend } from '../../testbed/backend.ts';
import { coordinatesOf } from '../../testbed/cluster-access.ts';
import { connectTo } from '../../testbed/connect.ts';
import type { ConnectedControlPlane } from '../../testbed/connect.ts';
import { startControlPlane } from '../../testbed/control-plane.ts';
import { eventually } from '../../testbed/eventually.ts';
import { startGateway } from '../../testbed/gateway.ts';
import type { RunningGateway } from '../../testbed/gateway.ts';
import { installProduct } from '../../testbed/install.ts';
import { operatorAccount, startOperator } from '../../testbed/operator-process.ts';
import { startPrometheusStandIn } from '../../testbed/prometheus-stand-in.ts';
import type { PrometheusStandIn } from '../../testbed/prometheus-stand-in.ts';
import { wallClockMs } from '../../testbed/wall-clock.ts';
import type { Evidence, Phase } from './judgement.ts';
import { aRoute, candidateService, hostOf, safeService } from './route-kinds.ts';
import type { RouteKind, RouteOptions } from './route-kinds.ts';
import { tellStory } from './story.ts';
import type { Reading, Stage } from './story.ts';
import { startTraffic } from './traffic.ts';
import type { Traffic } from './traffic.ts';
import { openClient, startModelBackend } from './wire.ts';

/** API server with the product installed, Contour, Envoy and the operator as it ships; no model yet. */
export interface EffectBed {
  readonly cluster: ConnectedControlPlane;
  readonly gateway: RunningGateway;
  readonly provider: PrometheusStandIn;
  readonly address: string;
  readonly clock: Clock;
  readonly say: (line: string) => void;
  stop(): Promise<void>;
}

export async function startEffectBed(address: string, say: (line: string) => void): Promise<EffectBed> {
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const each of stops.splice(0).toReversed()) await each();
  };
  try {
    const plane = await startControlPlane({ address });
    stops.push(() => plane.stop());
    await installProduct(plane);
    const cluster = connectTo(coordinatesOf(plane));
    stops.push(() => cluster.close());
    const gateway = await startGateway({ cluster, client: cluster.client, address });
    stops.push(() => gateway.stop());
    const provider = await startPrometheusStandIn();
    stops.push(() => provider.stop());
    const operator = await startOperator({ access: cluster, flags: { namespace: operatorAccount.namespace } });
    stops.push(() => operator.process.stop());
    await operator.leading();
    say('A real API server, Contour and Envoy run, and the operator as it ships.');
    return { cluster, gateway, provider, address, clock: createSystemClock(), say, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

export interface StoryOptions {
  readonly requestsPerSecond: number;
  /** Measured after each change. */
  readonly count: number;
}

export interface ToldStory extends Evidence {
  readonly phases: readonly Phase[];
  /** Number after the last request. */
  readonly end: number;
}

/** One kind of route under traffic, from before its plan exists until after it is deleted. */
export async function measureStory(bed: EffectBed, kind: RouteKind, options: StoryOptions): Promise<ToldStory> {
  const { cluster, gateway, address, clock } = bed;
  const namespace = await cluster.createNamespace();
  const [safe, candidate] = await Promise.all([
    startModelBackend(kind.wire, safeService, address),
    startModelBackend(kind.wire, candidateService, address),
  ]);
  const ports = { safe: safe.port, candidate: candidate.port };
  await publishBackend(cluster.client, { name: safeService, namespace, address, port: ports.safe });
  await publishBackend(cluster.client, { name: candidateService, namespace, address, port: ports.candidate });
  const client = openClient({ wire: kind.wire, origin: gateway.url, host: hostOf(kind) });
  const route = { namespace, parentRef: gateway.parentRef, ports };
  const stage = openStage(bed, kind, route);
  await stage.applyRoute({ safe: 50, candidate: 50 });
  const probes = { next: -1 };
  // Numbers below 0 are in no phase: until the gateway listens and knows the host, nobody is promised an answer.
  await eventually(() => client.call(probes.next--).then(() => true as const), { timeoutMs: 60_000, everyMs: 100 });
  const traffic = startTraffic({ clock, perSecond: options.requestsPerSecond, client });
  try {
    const phases = await tellStory({ ...stage, traffic }, { kind, ports }, options.count);
    await traffic.stop();
    await stage.settle();
    return { phases, candidate: candidateService, end: traffic.begun(), outcomes: traffic.outcomes, arrivals: candidate.arrivals };
  } finally {
    await close(traffic, [client, safe, candidate]);
  }
}

async function close(traffic: Traffic, parts: readonly { close(): Promise<void> }[]): Promise<void> {
  await traffic.stop();
  for (const part of parts) await part.close();
}

/** Against `warn` and `clear` 0.1, `breach` 0.25 and `severe` 0.5. */
const values: Readonly<Record<Reading, number>> = { Ok: 0.01, Unclear: 0.15, Breach: 0.3, Severe: 0.9 };
/** Contour gathers changes for about a tenth of a second; ten times that, and it may be as slow again on a busy machine. */
const settleMs = 1_500;
const patienceMs = 90_000;

function openStage({ cluster, provider, clock, say }: EffectBed, kind: RouteKind, route: RouteOptions): Omit<Stage, 'traffic'> {
  const { client } = cluster;
  const { namespace } = route;
  const state = { reading: 'Ok' as Reading };
  provider.answerOthers({ kind: 'Vector', series: () => seriesOf(namespace, values[state.reading]) });
  const until = async (what: string, isSo: () => Promise<boolean>): Promise<void> => {
    await eventually(isSo, { timeoutMs: patienceMs, everyMs: 50 }).catch((cause: unknown) => {
      throw new Error(`not within ${String(patienceMs / 1000)} s: ${what}`, { cause });
    });
  };
  return {
    say,
    read: (reading) => {
      state.reading = reading;
    },
    applyRoute: async (split) => {
      const manager = { fieldManager: 'kubectl', force: true };
      return (await client.apply(kind.resource, aRoute(kind, route, split), manager)).metadata.generation ?? 0;
    },
    applyPlan: async (name, spec) => {
      await guard(cluster, { namespace, providerURL: provider.url });
      await client.create(mitigationPlans, { ...modelrisk('MitigationPlan'), metadata: { name, namespace }, spec });
    },
    deletePlan: (name) => client.delete(mitigationPlans, { namespace, name }),
    untilRoute: (what, isSo) => until(what, async () => isSo(await client.get(kind.resource, { namespace, name: 'credit' }))),
    untilPlan: (name, wanted) =>
      until(`plan ${name} is ${wanted}`, async () => says(await client.get(mitigationPlans, { namespace, name }), wanted)),
    untilClear: () =>
      until('the risk is clear', async () => says(await client.get(modelRisks, { namespace, name: 'credit' }), 'Breached=False')),
    suspend: async (name, suspend) => {
      await client.merge(mitigationPlans, { namespace, name }, { spec: { suspend } });
    },
    settle: () => new Promise((wake) => void clock.after(settleMs, wake)),
  };
}

function modelrisk(kind: string): Pick<KubeObject, 'apiVersion' | 'kind'> {
  return { apiVersion: 'modelrisk.dev/v1alpha1', kind };
}

/** `Type=Status` or `Type=Reason` of a condition. */
function says(object: KubeObject, wanted: string): boolean {
  const [type = '', state = ''] = wanted.split('=');
  const condition = conditionOf(object, type);
  return condition !== undefined && [condition.status, condition.reason].includes(state);
}

/** Policy and risk, with the first plan that needs them. */
async function guard({ client }: ConnectedControlPlane, at: { readonly namespace: string; readonly providerURL: string }): Promise<void> {
  if ((await client.find(modelRisks, { namespace: at.namespace, name: 'credit' })) !== null) return;
  const threshold = { direction: 'Above', warn: 0.1, breach: 0.25, clear: 0.1, severe: 0.5 };
  await client.create(riskPolicies, aPolicy(at));
  await client.create(modelRisks, aModelRisk({ ...at, indicator: { threshold } }));
}

/** The candidate's series, as a Prometheus would answer the operator's combined query. */
export function seriesOf(namespace: string, value: number) {
  const labels = { namespace, model: 'credit', version: '2.3.0' };
  return [
    { labels: { ...labels, __modelrisk_part__: 'value' }, value },
    { labels: { ...labels, __modelrisk_part__: 'time0' }, value: wallClockMs() / 1000 },
  ];
}
