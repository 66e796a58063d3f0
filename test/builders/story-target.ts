import type { TargetKind } from '../../src/actuators/port.ts';
import type { KubeObject, Resource } from '../../testbed/api-client.ts';
import { deploymentStory } from './story-deployment.ts';
import { patchStory } from './story-patch.ts';
import { experimentStory } from './story-experiment.ts';
import { flagFileStory } from './story-flag-file.ts';

/** One kind of target as the stories of `target-stories.ts` know it; they know no kind by name. */
export interface StoryTarget {
  readonly kind: TargetKind;
  readonly resource: Resource;
  /** Where its journal is kept; absent: in its annotations. */
  readonly journal?: 'Object';
  /** As its user applied it, with fields no part of ours knows of. */
  readonly manifest: (namespace: string) => KubeObject;
  /** As its user had applied it before; its controller has seen that when the manifest follows. Absent: it is new. */
  readonly earlier?: (namespace: string) => KubeObject;
  /** What a plan over it needs beside it. */
  readonly alongside: readonly { readonly resource: Resource; readonly manifest: (namespace: string) => KubeObject }[];
  /** `spec.targets` of a plan. */
  readonly targets: readonly object[];
  /** Actions of the stages up to the first that holds it, and of one more; or why there is none. */
  readonly engage: readonly (readonly object[])[];
  readonly escalate: readonly object[] | { readonly refused: string };
  /** The stages of a second, stricter plan, and the share it leaves. */
  readonly stricter: { readonly stages: readonly (readonly object[])[]; readonly share: number };
  /** Most live answers of the candidate in the first stage, in percent. */
  readonly engagedShare: number;
  /** Share of live answers the candidate gives, in percent, in our own words. */
  readonly share: (live: KubeObject) => number;
  /** Live answers of the candidate in the last stage, in percent. Absent: none. */
  readonly escalatedShare?: number;
  /** Whether the candidate gets copies; null: no target of the kind can give it any. */
  readonly mirrored: ((live: KubeObject) => boolean) | null;
  /** Members of the manifest we know nothing of: they stand as they are while we hold the object. */
  readonly untouched: readonly object[];
  /** Somebody's edit of a field under constraint; of the manifest too, it gives what they want back. */
  readonly edit: (object: KubeObject) => KubeObject;
}

interface Weighted {
  readonly weight?: number;
}

function withSpec(object: KubeObject, change: (spec: string) => string): KubeObject {
  return { ...object, spec: JSON.parse(change(JSON.stringify(object['spec']))) as object };
}

function shareOf<Entry extends Weighted>(entries: readonly Entry[], isCandidate: (entry: Entry) => boolean): number {
  const sum = (of: readonly Entry[]): number => of.reduce((total, { weight = 0 }) => total + weight, 0);
  return (100 * sum(entries.filter(isCandidate))) / sum(entries);
}

interface GatewaySpec {
  readonly rules: readonly {
    readonly filters?: readonly { readonly type: string }[];
    readonly backendRefs: readonly (Weighted & { readonly name: string })[];
  }[];
}

const backend = (name: string, weight: number) => ({ group: '', kind: 'Service', name, port: 8080, weight });
const metadata = (namespace: string) => ({
  name: 'credit',
  namespace,
  labels: { team: 'lending' },
  annotations: { 'example.com/owner': 'lending', 'example.com/unheard-of': '{"a": 1}' },
});

const header = { type: 'RequestHeaderModifier', requestHeaderModifier: { set: [{ name: 'x-model', value: 'credit' }] } };
const extension = { type: 'ExtensionRef', extensionRef: { group: 'example.com', kind: 'Limit', name: 'credit' } };

const routeActions = {
  alongside: [],
  engage: [[{ target: 'target', canaryLimit: { maxPercent: 10 } }]],
  escalate: [{ target: 'target', shadow: { percent: 100 } }],
  stricter: { stages: [[{ target: 'target', canaryLimit: { maxPercent: 5 } }]], share: 5 },
  engagedShare: 10,
};

function gatewayTarget(
  kind: 'HTTPRoute' | 'GRPCRoute',
  rule: { readonly matches: readonly object[]; readonly [member: string]: object },
): StoryTarget {
  const ends = { candidate: { service: 'credit-v2', port: 8080 }, safe: { service: 'credit-v1', port: 8080 } };
  const first = (live: KubeObject) => (live['spec'] as GatewaySpec).rules[0];
  return {
    kind,
    resource: { group: 'gateway.networking.k8s.io', version: 'v1', plural: kind === 'HTTPRoute' ? 'httproutes' : 'grpcroutes' },
    manifest: (namespace) => ({
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind,
      metadata: metadata(namespace),
      spec: {
        parentRefs: [{ name: 'edge', namespace: 'gateways' }],
        hostnames: ['credit.example.com'],
        rules: [{ ...rule, backendRefs: [backend('credit-v1', 50), backend('credit-v2', 50)] }],
      },
    }),
    targets: [{ name: 'target', [kind === 'HTTPRoute' ? 'httpRoute' : 'grpcRoute']: { name: 'credit', ...ends } }],
    ...routeActions,
    share: (live) => shareOf(first(live)?.backendRefs ?? [], ({ name }) => name === 'credit-v2'),
    untouched: [{ matches: rule.matches }, { hostnames: ['credit.example.com'] }, extension],
    mirrored: (live) => first(live)?.filters?.some(({ type }) => type === 'RequestMirror') ?? false,
    edit: (object) =>
      withSpec(object, (spec) =>
        spec.replace(/("name":"credit-v1"[^}]*"weight":)\d+/, '$130').replace(/("name":"credit-v2"[^}]*"weight":)\d+/, '$170'),
      ),
  };
}

const httpRoute = gatewayTarget('HTTPRoute', {
  matches: [{ path: { type: 'PathPrefix', value: '/score' }, headers: [{ type: 'Exact', name: 'x-team', value: 'lending' }] }],
  filters: [header, extension],
  timeouts: { request: '5s' },
});

const grpcRoute = gatewayTarget('GRPCRoute', {
  matches: [{ method: { type: 'Exact', service: 'credit.Scoring', method: 'Score' } }],
  filters: [header, extension],
});

interface MeshSpec {
  readonly http: readonly {
    readonly mirrors?: readonly { readonly destination: { readonly host: string } }[];
    readonly route: readonly (Weighted & { readonly destination: { readonly host: string } })[];
  }[];
}

const virtualService: StoryTarget = {
  kind: 'VirtualService',
  resource: { group: 'networking.istio.io', version: 'v1', plural: 'virtualservices' },
  manifest: (namespace) => ({
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: metadata(namespace),
    spec: {
      hosts: ['credit.example.com'],
      gateways: ['gateways/edge'],
      exportTo: ['.'],
      http: [
        {
          name: 'score',
          match: [{ uri: { prefix: '/score' }, withoutHeaders: { 'x-batch': {} } }],
          route: [
            { destination: { host: 'credit-v1', port: { number: 8080 } }, weight: 50, headers: { response: { add: { 'x-by': 'v1' } } } },
            { destination: { host: 'credit-v2', port: { number: 8080 } }, weight: 50 },
          ],
          mirrors: [{ destination: { host: 'audit' }, percentage: { value: 12.5 } }],
          retries: { attempts: 2, perTryTimeout: '1s' },
          corsPolicy: { allowOrigins: [{ exact: 'https://credit.example.com' }] },
        },
        { match: [{ uri: { prefix: '/old' } }], redirect: { uri: '/score' } },
      ],
      tcp: [{ match: [{ port: 5432 }], route: [{ destination: { host: 'db' } }] }],
    },
  }),
  targets: [
    { name: 'target', virtualService: { name: 'credit', candidate: { host: 'credit-v2' }, safe: { host: 'credit-v1' }, settleSeconds: 0 } },
  ],
  ...routeActions,
  untouched: [
    { retries: { attempts: 2, perTryTimeout: '1s' } },
    { headers: { response: { add: { 'x-by': 'v1' } } } },
    { destination: { host: 'audit' }, percentage: { value: 12.5 } },
    { redirect: { uri: '/score' } },
  ],
  share: (live) => shareOf((live['spec'] as MeshSpec).http[0]?.route ?? [], ({ destination }) => destination.host === 'credit-v2'),
  mirrored: (live) => (live['spec'] as MeshSpec).http[0]?.mirrors?.some(({ destination }) => destination.host === 'credit-v2') ?? false,
  edit: (object) =>
    withSpec(object, (spec) =>
      spec.replace(/(\{"host":"credit-v1"[^]*?"weight":)\d+/, '$130').replace(/(\{"host":"credit-v2"[^]*?"weight":)\d+/, '$170'),
    ),
};

const experiment = experimentStory({ metadata, withSpec, shareOf, actions: routeActions });

interface PredictorSpec {
  readonly predictor: { readonly canaryTrafficPercent?: number };
}

const inferenceService: StoryTarget = {
  kind: 'InferenceService',
  resource: { group: 'serving.kserve.io', version: 'v1beta1', plural: 'inferenceservices' },
  journal: 'Object',
  manifest: (namespace) => ({
    apiVersion: 'serving.kserve.io/v1beta1',
    kind: 'InferenceService',
    metadata: metadata(namespace),
    spec: {
      predictor: {
        minReplicas: 2,
        model: { modelFormat: { name: 'sklearn' }, storageUri: 's3://models/credit/v2', resources: { limits: { cpu: '1' } } },
        tolerations: [{ key: 'gpu', operator: 'Exists' }],
      },
    },
  }),
  alongside: [],
  targets: [{ name: 'target', inferenceService: { name: 'credit', settleSeconds: 0 } }],
  engage: routeActions.engage,
  escalate: { refused: 'KServe has no mirror: shadow is refused at admission' },
  stricter: routeActions.stricter,
  engagedShare: 10,
  untouched: [{ minReplicas: 2 }, { storageUri: 's3://models/credit/v2' }, { key: 'gpu', operator: 'Exists' }],
  share: (live) => (live['spec'] as PredictorSpec).predictor.canaryTrafficPercent ?? 100,
  mirrored: () => false,
  edit: (object) => withSpec(object, (spec) => spec.replace('"minReplicas":2', '"canaryTrafficPercent":70,"minReplicas":2')),
};

interface UpdateSpec {
  readonly paused?: boolean;
}

interface UpdateStatus {
  readonly abort?: boolean;
  readonly canary?: { readonly weights?: { readonly canary: { readonly weight: number } } };
}

/** No controller of Argo Rollouts runs: a stand-in reports an update at its first step. A share is the most the update will give by itself. */
const rollout: StoryTarget = {
  kind: 'Rollout',
  resource: { group: 'argoproj.io', version: 'v1alpha1', plural: 'rollouts' },
  manifest: (namespace) => ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: metadata(namespace),
    spec: {
      replicas: 5,
      revisionHistoryLimit: 3,
      selector: { matchLabels: { app: 'credit' } },
      template: { metadata: { labels: { app: 'credit' } }, spec: { containers: [{ name: 'model', image: 'example.com/credit:2' }] } },
      strategy: {
        canary: {
          canaryService: 'credit-v2',
          stableService: 'credit-v1',
          trafficRouting: { istio: { virtualService: { name: 'mesh', routes: ['score'] } } },
          steps: [
            { setWeight: 10 },
            { pause: { duration: '1h' } },
            { setWeight: 50 },
            { analysis: { templates: [{ templateName: 'parity' }] } },
          ],
        },
      },
    },
  }),
  alongside: [],
  targets: [{ name: 'target', rollout: { name: 'credit', settleSeconds: 0 } }],
  engage: [[{ target: 'target', canaryLimit: { maxPercent: 20 } }]],
  // Less than its first step gives: aborted. After a limit of 0 nothing is left to measure, and only a RiskDecision releases.
  escalate: [{ target: 'target', canaryLimit: { maxPercent: 5 } }],
  stricter: { stages: [[{ target: 'target', canaryLimit: { maxPercent: 10 } }]], share: 10 },
  engagedShare: 10,
  untouched: [{ revisionHistoryLimit: 3 }, { image: 'example.com/credit:2' }, { analysis: { templates: [{ templateName: 'parity' }] } }],
  share: (live) => {
    const { abort = false, canary } = (live['status'] ?? {}) as UpdateStatus;
    if (abort) return 0;
    return (live['spec'] as UpdateSpec).paused === true ? (canary?.weights?.canary.weight ?? 0) : 100;
  },
  mirrored: () => false,
  edit: (object) => ({ ...object, spec: { ...(object['spec'] as object), paused: false } }),
};

interface FlagSpec {
  readonly flagSpec: { readonly flags: Readonly<Record<string, { readonly defaultVariant: string }>> };
}

/** The flag's callers sit behind a route: where it mirrors, copies tell whether it is safe to roll forward again. */
const rollback = [
  [{ target: 'traffic', shadow: { percent: 100 } }],
  [
    { target: 'traffic', canaryLimit: { maxPercent: 0 } },
    { target: 'target', flagRollback: {} },
  ],
];

const featureFlag: StoryTarget = {
  kind: 'FeatureFlag',
  resource: { group: 'core.openfeature.dev', version: 'v1beta1', plural: 'featureflags' },
  manifest: (namespace) => ({
    apiVersion: 'core.openfeature.dev/v1beta1',
    kind: 'FeatureFlag',
    metadata: metadata(namespace),
    spec: {
      flagSpec: {
        flags: {
          'use-v2': {
            state: 'ENABLED',
            variants: { on: true, off: false, half: true },
            defaultVariant: 'on',
            targeting: { if: [{ in: ['beta', { var: 'groups' }] }, 'half', 'on'] },
            metadata: { team: 'lending' },
          },
          other: { state: 'DISABLED', variants: { a: 1 }, defaultVariant: 'a' },
        },
      },
    },
  }),
  alongside: [httpRoute],
  targets: [
    { name: 'target', featureFlag: { name: 'credit', flag: 'use-v2', safeVariant: 'off', behind: 'traffic' } },
    ...httpRoute.targets.map((target) => ({ ...target, name: 'traffic' })),
  ],
  engage: rollback,
  escalate: { refused: 'a flag is rolled back or it is not: there is no tighter action' },
  stricter: { stages: rollback, share: 0 },
  engagedShare: 0,
  untouched: [{ other: { state: 'DISABLED', variants: { a: 1 }, defaultVariant: 'a' } }, { metadata: { team: 'lending' } }],
  share: (live) => ((live['spec'] as FlagSpec).flagSpec.flags['use-v2']?.defaultVariant === 'off' ? 0 : 100),
  mirrored: null,
  edit: (object) => withSpec(object, (spec) => spec.replace(/("use-v2":.*?"defaultVariant":)"\w+"/, '$1"half"')),
};

const flagdConfigMap = flagFileStory({ metadata, behind: httpRoute, rollback });

const deployment = deploymentStory({ metadata, withSpec, behind: httpRoute });
const patchedSchedule = patchStory({ metadata, withSpec });

/** Every kind of target; a new one is a row here, and all stories are told of it. */
export const storyTargets: readonly StoryTarget[] = [
  httpRoute,
  grpcRoute,
  virtualService,
  experiment,
  inferenceService,
  rollout,
  featureFlag,
  flagdConfigMap,
  deployment,
  patchedSchedule,
];
