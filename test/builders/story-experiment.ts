import type { KubeObject } from '../../testbed/api-client.ts';
import type { StoryTarget } from './story-target.ts';

interface Weighted {
  readonly weight?: number;
}

interface SplitSpec {
  readonly candidates: readonly (Weighted & { readonly name: string })[];
}

interface Parts {
  readonly metadata: (namespace: string) => KubeObject['metadata'];
  readonly withSpec: (object: KubeObject, change: (spec: string) => string) => KubeObject;
  readonly shareOf: <Entry extends Weighted>(entries: readonly Entry[], isCandidate: (entry: Entry) => boolean) => number;
  readonly actions: Pick<StoryTarget, 'alongside' | 'engage' | 'stricter' | 'engagedShare'>;
}

/** The row of a Seldon Experiment. */
export const experimentStory = ({ metadata, withSpec, shareOf, actions }: Parts): StoryTarget => ({
  kind: 'Experiment',
  resource: { group: 'mlops.seldon.io', version: 'v1alpha1', plural: 'experiments' },
  manifest: (namespace) => ({
    apiVersion: 'mlops.seldon.io/v1alpha1',
    kind: 'Experiment',
    metadata: metadata(namespace),
    spec: {
      default: 'credit-v1',
      resourceType: 'model',
      candidates: [
        { name: 'credit-v1', weight: 50 },
        { name: 'credit-v2', weight: 50 },
      ],
      mirror: { name: 'audit', percent: 12 },
    },
  }),
  targets: [
    { name: 'target', experiment: { name: 'credit', candidate: { model: 'credit-v2' }, safe: { model: 'credit-v1' }, settleSeconds: 0 } },
  ],
  ...actions,
  // Without copies it must go on answering some, or nothing could tell when to go back.
  escalate: [{ target: 'target', canaryLimit: { maxPercent: 2 } }],
  escalatedShare: 2,
  untouched: [{ default: 'credit-v1' }, { resourceType: 'model' }, { mirror: { name: 'audit', percent: 12 } }],
  share: (live) => shareOf((live['spec'] as SplitSpec).candidates, ({ name }) => name === 'credit-v2'),
  mirrored: null,
  edit: (object) =>
    withSpec(object, (spec) =>
      spec.replace(/("name":"credit-v1","weight":)\d+/, '$130').replace(/("name":"credit-v2","weight":)\d+/, '$170'),
    ),
});
