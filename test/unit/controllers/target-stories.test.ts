import { afterEach, describe, expect, it } from '@jest/globals';

import type { UntypedObject } from '../../../src/kube/kube-object.ts';
import type { KubeObject } from '../../../testbed/api-client.ts';
import { memoryBackend, memoryPolicy, memoryRisk, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { storyTargets } from '../../builders/story-target.ts';
import { targetStories } from '../../builders/target-stories.ts';
import type { StoryWorld } from '../../builders/target-stories.ts';

let memory: MemoryOperator;

afterEach(() => memory.stop());

/** A model with two backends and no target: the story brings that. */
async function openMemoryWorld(): Promise<StoryWorld> {
  memory = await startMemoryOperator((api) => {
    memoryBackend(api, 'credit-v1');
    memoryBackend(api, 'credit-v2');
    api.apply('riskpolicies', memoryPolicy());
    api.apply('modelrisks', memoryRisk());
  });
  await memory.pass(1);
  const { api } = memory;
  const found = (plural: string, name: string): KubeObject | null => api.get(plural, name) satisfies UntypedObject | null;
  return {
    namespace: 'lending',
    apply: ({ plural }, manifest) => Promise.resolve(void api.apply(plural, manifest)),
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
}

describe.each(storyTargets)('a $kind', (target) => {
  const refusals: Readonly<Record<string, string>> = 'refused' in target.escalate ? { escalate: target.escalate.refused as string } : {};

  it.each(Object.keys(targetStories))('%s', async (name) => {
    expect(await targetStories[name]?.(await openMemoryWorld(), target)).toBe(refusals[name] ?? null);
  });
});
