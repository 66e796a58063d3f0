import type { KubeObject } from '../../testbed/api-client.ts';
import type { StoryTarget } from './story-target.ts';

interface Parts {
  readonly metadata: (namespace: string) => KubeObject['metadata'];
  readonly withSpec: (object: KubeObject, change: (spec: string) => string) => KubeObject;
  /** The route its callers come through. */
  readonly behind: StoryTarget;
}

interface PodTemplate {
  readonly spec: { readonly containers: readonly { readonly image: string }[] };
}

const server = (version: string) => ({
  name: 'server',
  image: `models/credit:${version}`,
  ports: [{ name: 'http', containerPort: 8080 }],
  env: [{ name: 'THRESHOLD', value: '0.5' }],
  resources: { requests: { cpu: '100m' } },
});

const deploymentOf =
  (version: string, metadata: Parts['metadata']) =>
  (namespace: string): KubeObject => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(namespace),
    spec: {
      replicas: 2,
      progressDeadlineSeconds: 599,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: '50%' } },
      selector: { matchLabels: { app: 'credit-v2' } },
      template: {
        metadata: { labels: { app: 'credit-v2' }, annotations: { 'example.com/scrape': 'yes' } },
        spec: { terminationGracePeriodSeconds: 5, containers: [server(version), { name: 'proxy', image: 'proxies/edge:1.0' }] },
      },
    },
  });

/** Its callers come through a route: where that mirrors, copies tell whether it is safe to go forward again. */
const pinning = [
  [{ target: 'traffic', shadow: { percent: 100 } }],
  [
    { target: 'traffic', shadow: { percent: 100 } },
    { target: 'target', pin: {} },
  ],
];

/** The row of a Deployment that is pinned. */
export const deploymentStory = ({ metadata, withSpec, behind }: Parts): StoryTarget => ({
  kind: 'Deployment',
  resource: { group: 'apps', version: 'v1', plural: 'deployments' },
  manifest: deploymentOf('2.3.0', metadata),
  earlier: deploymentOf('2.2.0', metadata),
  alongside: [behind],
  targets: [
    { name: 'target', deployment: { name: 'credit', behind: 'traffic' } },
    ...behind.targets.map((target) => ({ ...target, name: 'traffic' })),
  ],
  engage: pinning,
  escalate: { refused: 'pods run an earlier revision or they do not: there is no tighter action' },
  stricter: { stages: pinning, share: 0 },
  engagedShare: 0,
  untouched: [{ progressDeadlineSeconds: 599 }, { image: 'proxies/edge:1.0' }, { 'example.com/scrape': 'yes' }],
  share: (live) => {
    const { template } = live['spec'] as { readonly template: PodTemplate };
    return template.spec.containers.some(({ image }) => image === 'models/credit:2.2.0') ? 0 : 100;
  },
  mirrored: () => false,
  edit: (object) => withSpec(object, (spec) => spec.replace(/models\/credit:[\d.]+/, 'models/credit:2.4.0')),
});
