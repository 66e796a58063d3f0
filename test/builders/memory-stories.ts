import type { UntypedObject } from '../../src/kube/kube-object.ts';
import type { KubeObject } from '../../testbed/api-client.ts';
import { memoryBackend, memoryPolicy, memoryRisk, startMemoryOperator } from './memory-operator.ts';
import type { MemoryOperator } from './memory-operator.ts';
import type { StoryWorld } from './target-stories.ts';

export interface MemoryStories {
  readonly memory: MemoryOperator;
  readonly world: StoryWorld;
}

/** A model with two backends and no target, in memory: the story brings that. */
export async function openMemoryStories(): Promise<MemoryStories> {
  const memory = await startMemoryOperator(
    (api) => {
      memoryBackend(api, 'credit-v1');
      memoryBackend(api, 'credit-v2');
      api.apply('riskpolicies', memoryPolicy());
      api.apply('modelrisks', memoryRisk());
    },
    { rollsOut: true },
  );
  await memory.pass(1);
  const { api } = memory;
  const found = (plural: string, name: string): KubeObject | null => api.get(plural, name) satisfies UntypedObject | null;
  const world: StoryWorld = {
    namespace: 'lending',
    apply: ({ plural }, manifest) => {
      const { name, annotations, labels } = manifest.metadata;
      // As a server-side apply, which leaves others what they own; on plans what admission would write.
      const kept = found(plural, name ?? '')?.metadata;
      const added = plural === 'mitigationplans' ? { 'modelrisk.dev/contributors': 'olga' } : ours(kept?.annotations);
      const metadata = { ...manifest.metadata, annotations: { ...annotations, ...added }, labels: { ...labels, ...ours(kept?.labels) } };
      const written = { ...manifest, metadata };
      return Promise.resolve(api.apply(plural, written) satisfies UntypedObject);
    },
    find: ({ plural }, name) => Promise.resolve(found(plural, name)),
    remove: ({ plural }, name) => {
      api.remove(plural, name);
      return Promise.resolve();
    },
    read: (reading) => {
      memory.read(reading === 'Ok' ? 0.01 : 0.9);
    },
    until: async (what, isSo) => {
      for (let passed = 0; !(await isSo()); passed += 0.25) {
        if (passed > 60) throw new Error(`not within a minute: ${what}`);
        await memory.pass(0.25);
      }
    },
  };
  return { memory, world };
}

function ours(map: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(map).filter(([key]) => key.startsWith('modelrisk.dev/')));
}
