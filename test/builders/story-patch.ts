import type { KubeObject } from '../../testbed/api-client.ts';
import type { StoryTarget } from './story-target.ts';

interface Parts {
  readonly metadata: (namespace: string) => KubeObject['metadata'];
  readonly withSpec: (object: KubeObject, change: (spec: string) => string) => KubeObject;
}

interface ScheduleSpec {
  readonly suspend?: boolean;
  readonly startingDeadlineSeconds?: number;
}

/** A patch says nothing of who gets the candidate's answers: the job that writes them for tomorrow is stopped, or it is not. */
export const patchStory = ({ metadata, withSpec }: Parts): StoryTarget => ({
  kind: 'Patch.cronjobs.batch',
  resource: { group: 'batch', version: 'v1', plural: 'cronjobs' },
  manifest: (namespace) => ({
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: metadata(namespace),
    spec: {
      schedule: '0 0 1 1 *',
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: 600,
      jobTemplate: {
        metadata: { labels: { team: 'lending' } },
        spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'score', image: 'example.com/score:1' }] } } },
      },
    },
  }),
  alongside: [],
  targets: [
    {
      name: 'target',
      patch: {
        ...{ group: 'batch', resource: 'cronjobs', name: 'credit' },
        values: [
          { path: '/spec/suspend', value: true },
          { path: '/spec/startingDeadlineSeconds', value: 60 },
        ],
      },
    },
  ],
  engage: [[{ target: 'target', patch: {} }]],
  escalate: { refused: 'a patch is in force or it is not: there is no tighter action' },
  stricter: { stages: [[{ target: 'target', patch: {} }]], share: 0 },
  engagedShare: 0,
  untouched: [{ concurrencyPolicy: 'Forbid' }, { metadata: { labels: { team: 'lending' } } }],
  share: (live) => {
    const { suspend, startingDeadlineSeconds } = live['spec'] as ScheduleSpec;
    return suspend === true && startingDeadlineSeconds === 60 ? 0 : 100;
  },
  mirrored: () => false,
  edit: (object) => withSpec(object, (spec) => spec.replace(/("startingDeadlineSeconds":)\d+/, '$1900')),
});
