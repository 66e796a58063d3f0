import { describe, expect, it, jest } from '@jest/globals';
import { drillRequest, lastDrillOf } from '../../builders/drilling.ts';
import { openMemoryStories } from '../../builders/memory-stories.ts';
import { storyTargets } from '../../builders/story-target.ts';
import { planOver } from '../../builders/target-stories.ts';

jest.setTimeout(60_000);

describe.each(storyTargets)('a drill over $kind', (target) => {
  it.each(['DryRun', 'Sandbox'])('(%s) takes every stage its stories do, and leaves the object as it was', async (scope) => {
    const { memory, world } = await openMemoryStories();
    memory.api.apply('namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: world.namespace, labels: { 'modelrisk.dev/sandbox': 'true' } },
    });
    for (const { resource, manifest } of target.alongside) await world.apply(resource, manifest(world.namespace));
    if (target.earlier !== undefined) {
      await world.apply(target.resource, target.earlier(world.namespace));
      await memory.pass(2);
    }
    const applied = await world.apply(target.resource, target.manifest(world.namespace));
    const { metadata, spec, ...plan } = planOver(world, target, target.engage) as unknown as {
      readonly metadata: object;
      readonly spec: object;
    };
    const plans = { group: 'modelrisk.dev', version: 'v1alpha1', plural: 'mitigationplans' };
    const annotations = { [drillRequest]: 'one' };
    await memory.pass(2);
    await world.apply(plans, {
      ...plan,
      metadata: { ...metadata, annotations },
      spec: { ...spec, drill: { everySeconds: 3600, scope } },
    });

    await memory.passUntil('drilled', () => lastDrillOf(memory.api.get('mitigationplans', 'credit') as never)?.request === 'one');
    await memory.pass(2);

    const last = lastDrillOf(memory.api.get('mitigationplans', 'credit') as never);
    expect({ result: last?.result, reason: last?.reason, message: last?.message, restored: last?.restored }).toEqual({
      result: 'Passed',
      restored: scope === 'DryRun' ? 'NotCompared' : 'Restored',
    });
    const now = await world.find(target.resource, 'credit');
    expect({ spec: now?.['spec'], annotations: now?.metadata.annotations }).toEqual({
      spec: applied['spec'],
      annotations: applied.metadata.annotations,
    });
    expect(memory.api.list('targetjournals')).toEqual([]);
    await memory.stop();
  });
});
