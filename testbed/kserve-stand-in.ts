import { canonicalJSON } from '../src/shared/canonical-json.ts';
import type { JSONValue } from '../src/shared/json.ts';
import type { APIClient, KubeObject, Resource } from './api-client.ts';

export const inferenceServices: Resource = { group: 'serving.kserve.io', version: 'v1beta1', plural: 'inferenceservices' };

interface Traffic {
  readonly latestRevision: boolean;
  readonly revisionName: string;
  readonly percent: number;
}

interface PredictorStatus {
  readonly latestCreatedRevision: string;
  readonly latestReadyRevision: string;
  readonly latestRolledoutRevision: string;
  readonly previousRolledoutRevision: string;
  readonly traffic: readonly Traffic[];
}

interface Service extends KubeObject {
  readonly spec: {
    readonly predictor: { readonly canaryTrafficPercent?: number; readonly [member: string]: JSONValue | undefined };
    readonly canary?: readonly { readonly predictor: { readonly name: string }; readonly trafficPercent: number }[];
  };
  readonly status?: {
    readonly annotations?: { readonly template?: string };
    readonly components?: { readonly predictor?: PredictorStatus };
  };
}

const modeAnnotation = 'serving.kserve.io/deploymentMode';

/** What a revision is made of: the predictor but for its share, and the annotations of the object, which KServe copies. */
function templateOf({ spec, metadata }: Service): string {
  const { canaryTrafficPercent: _, ...predictor } = spec.predictor;
  return canonicalJSON({ predictor: predictor as JSONValue, annotations: { ...metadata.annotations } });
}

/** As after two rollouts: one revision has all requests, one had them before. */
function rolledOutTwice(name: string): PredictorStatus {
  const [first, second] = [1, 2].map((count) => revisionName(name, count));
  return {
    latestCreatedRevision: second ?? '',
    latestReadyRevision: second ?? '',
    latestRolledoutRevision: second ?? '',
    previousRolledoutRevision: first ?? '',
    traffic: [],
  };
}

function revisionName(name: string, count: number): string {
  return `${name}-predictor-${String(count).padStart(5, '0')}`;
}

/** Division of requests between the latest ready revision and the one rolled out last. */
function trafficOf(percent: number | undefined, { latestReadyRevision, latestRolledoutRevision }: PredictorStatus): readonly Traffic[] {
  const latest = { latestRevision: true, revisionName: latestReadyRevision, percent: percent ?? 100 };
  if (percent === undefined || percent >= 100) return [{ ...latest, percent: 100 }];
  return [latest, { latestRevision: false, revisionName: latestRolledoutRevision, percent: 100 - percent }];
}

/** Which revision counts as rolled out follows from the traffic, and the next division from that. */
function followed(status: PredictorStatus): PredictorStatus {
  const {
    latestReadyRevision: ready,
    latestCreatedRevision: created,
    latestRolledoutRevision: rolledOut,
    previousRolledoutRevision,
  } = status;
  const [latest] = status.traffic;
  if (latest === undefined) return status;
  if (rolledOut !== ready) {
    return latest.percent === 100 ? { ...status, previousRolledoutRevision: rolledOut, latestRolledoutRevision: ready } : status;
  }
  const isSplitOverOne = latest.percent < 100 && status.traffic.every(({ revisionName: name }) => name === ready);
  return isSplitOverOne && ready === created && previousRolledoutRevision !== ''
    ? { ...status, latestRolledoutRevision: previousRolledoutRevision }
    : status;
}

function knativeStatus(service: Service): object {
  const { name = '' } = service.metadata;
  const template = templateOf(service);
  const known = service.status?.components?.predictor ?? rolledOutTwice(name);
  const isNew = service.status?.annotations?.template !== undefined && service.status.annotations.template !== template;
  const next = revisionName(name, Number(known.latestCreatedRevision.slice(-5)) + 1);
  const revised = isNew ? { ...known, latestCreatedRevision: next, latestReadyRevision: next } : known;
  const predictor = followed({ ...revised, traffic: trafficOf(service.spec.predictor.canaryTrafficPercent, revised) });
  return {
    annotations: { template },
    deploymentMode: 'Knative',
    components: { predictor },
    conditions: ready('Ready', 'PredictorReady', 'PredictorRouteReady', 'RoutesReady', 'IngressReady'),
  };
}

function standardStatus({ spec }: Service): object {
  return {
    deploymentMode: 'Standard',
    canaryStatuses: (spec.canary ?? []).map(({ predictor, trafficPercent }) => ({ name: predictor.name, ready: true, trafficPercent })),
    components: { predictor: {} },
    conditions: ready('Ready', 'PredictorReady', 'IngressReady'),
  };
}

function ready(...types: readonly string[]): readonly object[] {
  return types.map((type) => ({ type, status: 'True' }));
}

/**
 * Not KServe: the status its controller (at aaac4e294) would come to next for this object, where revisions are ready at once.
 * What it does with `canaryTrafficPercent`, with the revision before and with annotations is what is relied on.
 */
export function kserveStatus(object: KubeObject): object {
  const service = object as Service;
  const mode = service.metadata.annotations?.[modeAnnotation];
  return mode === 'Standard' || mode === 'RawDeployment' ? standardStatus(service) : knativeStatus(service);
}

/** Keeps the status of every InferenceService as KServe would. */
export function standInForKServe(client: APIClient): { stop(): Promise<void> } {
  const state = { stopped: false };
  const report = async (object: KubeObject): Promise<void> => {
    const status = kserveStatus(object);
    if (canonicalJSON(status as JSONValue) === canonicalJSON((object['status'] ?? null) as JSONValue)) return;
    const { name = '', namespace = '' } = object.metadata;
    await client.raw({
      method: 'PATCH',
      path: `/apis/serving.kserve.io/v1beta1/namespaces/${namespace}/inferenceservices/${name}/status`,
      body: { status },
      contentType: 'application/merge-patch+json',
    });
  };
  const loop = (async () => {
    while (!state.stopped) {
      const services = await client.list(inferenceServices, {}).catch(() => []);
      await Promise.all(services.map(report));
      await new Promise((wake) => setTimeout(wake, 50));
    }
  })();
  return {
    stop: async () => {
      state.stopped = true;
      await loop;
    },
  };
}
