import { afterEach, describe, expect, it } from '@jest/globals';

import type { StoryWorld } from '../../builders/target-stories.ts';
import { openMemoryStories } from '../../builders/memory-stories.ts';
import type { MemoryStories } from '../../builders/memory-stories.ts';
import { memoryPlan } from '../../builders/memory-operator.ts';
import { patchableKinds } from '../../builders/patchable-kinds.ts';
import { storyTargets } from '../../builders/story-target.ts';
import { conditionOf } from '../../builders/traffic-view.ts';

const [{ plural }] = patchableKinds;
const plans = { group: 'modelrisk.dev', version: 'v1alpha1', plural: 'mitigationplans' };
const story = storyTargets.find(({ kind }) => kind === 'Patch.cronjobs.batch');

describe('a patch', () => {
  let stories: MemoryStories;
  let world: StoryWorld;

  afterEach(() => stories.memory.stop());

  async function guard(patch: object = {}, { escalates = false } = {}): Promise<void> {
    stories = await openMemoryStories();
    ({ world } = stories);
    await world.apply({ group: 'batch', version: 'v1', plural }, story?.manifest('lending') ?? { metadata: { name: 'none' } });
    const [target] = (story?.targets ?? []) as readonly { readonly patch: object }[];
    const stages = [
      { name: 'first', ...(escalates ? { escalateAfterSeconds: 2 } : {}), actions: [{ target: 'target', patch: {} }] },
      ...(escalates ? [{ name: 'second', actions: [{ target: 'target', patch: {} }] }] : []),
    ];
    const targets = [{ ...target, patch: { ...target?.patch, ...patch } }];
    stories.memory.api.apply('mitigationplans', memoryPlan({ targets, stages, recovery: { stepSeconds: 2, probeAfterSeconds: 3 } }));
    await stories.memory.pass(2);
  }

  const plan = async (type: string) => conditionOf((await world.find(plans, 'credit')) ?? { metadata: { name: '' } }, type);
  const isPatched = () => story?.share(stories.memory.api.get(plural, 'credit') as Parameters<typeof story.share>[0]) === 0;

  it('of a kind nobody listed is told at once, and again when it should act', async () => {
    await guard({ group: 'keda.sh', resource: 'scaledobjects' });
    const message = expect.stringContaining('was not told that plans may patch scaledobjects.keda.sh (target target)') as unknown;
    expect(await plan('Ready')).toMatchObject({ status: 'False', reason: 'RightsMissing', message });
    world.read('Breach');
    await stories.memory.pass(5);
    expect(await plan('Effective')).toMatchObject({ status: 'False' });
    expect(await plan('Stalled')).toMatchObject({ status: 'True', reason: 'RightsMissing', message });
  });

  it('in a namespace that did not opt in says how it does', async () => {
    stories = await openMemoryStories();
    stories.memory.api.forbid(plural);
    stories.memory.api.apply(
      'mitigationplans',
      memoryPlan({ targets: story?.targets, stages: [{ name: 'first', actions: [{ target: 'target', patch: {} }] }] }),
    );
    ({ world } = stories);
    await stories.memory.pass(2);
    const message = expect.stringContaining(
      'kubectl create rolebinding modelrisk-operator-patches --namespace lending --clusterrole modelrisk-operator-patches',
    ) as unknown;
    expect(await plan('Ready')).toMatchObject({ status: 'False', reason: 'RightsMissing', message });
  });

  it('is taken off on a fresh Ok only: nobody knows what it holds back', async () => {
    await guard({}, { escalates: true });
    world.read('Breach');
    await stories.memory.passUntil('patched', isPatched);
    // Longer than probes wait that may step down without an Ok.
    stories.memory.read({ kind: 'NoData', cause: 'Empty', message: 'no data', source: { provider: 'p', query: 'q', queriedAtMs: 0 } });
    await stories.memory.pass(20);
    expect(isPatched()).toBe(true);
    world.read('Ok');
    await stories.memory.passUntil('given back', () => !isPatched());
  });

  it('that the server keeps otherwise than it was sent is sent again within the budget of a contest, not as fast as it answers', async () => {
    await guard();
    stories.memory.api.onWrite(({ resource }) => (resource === plural ? 'KeepSpec' : 'Pass'));
    world.read('Breach');
    await stories.memory.pass(2);
    const before = stories.memory.api.writes.filter(({ resource }) => resource === plural).length;
    await stories.memory.pass(10);
    const sent = stories.memory.api.writes.filter(({ resource }) => resource === plural).length - before;
    expect(sent).toBeGreaterThan(2);
    expect(sent).toBeLessThanOrEqual(12);
  });
});
