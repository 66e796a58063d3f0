import type { KubeObject } from '../../testbed/api-client.ts';
import { handWritten } from './flagd-config-map.ts';
import type { StoryTarget } from './story-target.ts';

interface FlagsFile {
  readonly flags: Readonly<Record<string, { readonly defaultVariant: string }>>;
}

interface Parts {
  readonly metadata: (namespace: string) => KubeObject['metadata'];
  /** The route its callers sit behind, and the stages that roll it back. */
  readonly behind: StoryTarget;
  readonly rollback: StoryTarget['engage'];
}

/** The row of a flag in a ConfigMap. */
export const flagFileStory = ({ metadata, behind, rollback }: Parts): StoryTarget => ({
  kind: 'ConfigMap',
  resource: { group: '', version: 'v1', plural: 'configmaps' },
  manifest: (namespace) => {
    const { labels, ...rest } = metadata(namespace);
    return {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { ...rest, labels: { ...labels, 'modelrisk.dev/target': 'true' } },
      data: { 'flags.json': handWritten, README: 'who to ask: lending' },
    };
  },
  alongside: [behind],
  targets: [
    {
      name: 'target',
      flagdConfigMap: { name: 'credit', key: 'flags.json', flag: 'use-v2', safeVariant: 'off', behind: 'traffic', settleSeconds: 0 },
    },
    ...behind.targets.map((target) => ({ ...target, name: 'traffic' })),
  ],
  engage: rollback,
  escalate: { refused: 'a flag is rolled back or it is not: there is no tighter action' },
  stricter: { stages: rollback, share: 0 },
  engagedShare: 0,
  untouched: [{ README: 'who to ask: lending' }],
  share: ({ data }) => {
    const { flags } = JSON.parse((data as { readonly 'flags.json': string })['flags.json']) as FlagsFile;
    return flags['use-v2']?.defaultVariant === 'off' ? 0 : 100;
  },
  mirrored: null,
  edit: (object) => ({
    ...object,
    data: { ...(object['data'] as object), 'flags.json': handWritten.replace('"\\u006fn"', '"half"') },
  }),
});
