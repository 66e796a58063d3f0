import { afterEach, describe, expect, it } from '@jest/globals';

import type { KubeObject } from '../../../testbed/api-client.ts';
import { memoryFlag, memoryPlan } from '../../builders/memory-operator.ts';
import { openMemoryStories } from '../../builders/memory-stories.ts';
import type { MemoryStories } from '../../builders/memory-stories.ts';
import { storyTargets } from '../../builders/story-target.ts';
import { conditionOf, defaultVariant, shareOf } from '../../builders/traffic-view.ts';

const ends = { candidate: { service: 'credit-v2', port: 8080 }, safe: { service: 'credit-v1', port: 8080 } };
const limit = { canaryLimit: { maxPercent: 10 } };
const none = { canaryLimit: { maxPercent: 0 } };
const flag = { name: 'flag', featureFlag: { name: 'credit-flags', flag: 'use-v2', safeVariant: 'off', behind: 'target' } };
const traffic = { name: 'traffic', httpRoute: { name: 'credit', ...ends } };

interface Bad {
  /** Whose story brings the object. */
  readonly of: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly target: object;
  readonly first: object;
  /** Of the same target in the second stage. */
  readonly second: object;
  readonly reason: string;
  /** What the message must name. */
  readonly names: readonly string[];
}

/** Plans over a route or model that can't do what the first stage asks; the flag behind it, in the second, can. */
const routes: readonly Bad[] = [
  {
    of: 'HTTPRoute',
    target: { httpRoute: { name: 'credit', ...ends } },
    ...{ first: { shadow: { percent: 20 } }, second: none },
    ...{ reason: 'MirrorPercentUnsupported', names: ['HTTPRoute lending/credit', 'percentage'] },
  },
  {
    of: 'InferenceService',
    target: { inferenceService: { name: 'credit' } },
    ...{ first: limit, second: none },
    annotations: { 'serving.kserve.io/deploymentMode': 'RawDeployment' },
    ...{ reason: 'ModeUnsupported', names: ['InferenceService lending/credit', 'RawDeployment'] },
  },
  {
    of: 'VirtualService',
    target: { virtualService: { name: 'credit', candidate: { host: 'credit-v2' }, safe: { host: 'credit-v2' } } },
    ...{ first: limit, second: none },
    ...{ reason: 'NoSafeBackend', names: ['VirtualService lending/credit', 'credit-v2'] },
  },
  {
    of: 'Experiment',
    target: { experiment: { name: 'credit', candidate: { model: 'credit-v2' }, safe: { model: 'credit-v2' } } },
    ...{ first: limit, second: none },
    ...{ reason: 'NoSafeBackend', names: ['Experiment lending/credit', 'credit-v2'] },
  },
];

/** Switches in front of which a route stands: the second stage limits that. */
const switches: readonly Bad[] = [
  {
    of: 'FeatureFlag',
    target: { featureFlag: { name: 'credit', flag: 'use-v2', safeVariant: 'of', behind: 'traffic' } },
    ...{ first: { flagRollback: {} }, second: { flagRollback: {} } },
    ...{ reason: 'VariantMissing', names: ['use-v2', 'variant of ', 'off'] },
  },
  {
    of: 'ConfigMap',
    target: { flagdConfigMap: { name: 'credit', key: 'flags.json', flag: 'use-v9', safeVariant: 'off', behind: 'traffic' } },
    ...{ first: { flagRollback: {} }, second: { flagRollback: {} } },
    ...{ reason: 'FlagMissing', names: ['flags.json', 'use-v9'] },
  },
  {
    of: 'Deployment',
    target: { deployment: { name: 'credit', revision: 99, behind: 'traffic' } },
    ...{ first: { pin: {} }, second: { pin: {} } },
    ...{ reason: 'RevisionMissing', names: ['Deployment lending/credit', 'revision 99'] },
  },
];

describe('a stage a target refuses', () => {
  let stories: MemoryStories;

  afterEach(() => stories.memory.stop());

  async function guard(
    { of, annotations = {}, target, first, second }: Bad,
    beside: object,
    more: object,
    only = ['first', 'second'],
  ): Promise<void> {
    stories = await openMemoryStories();
    const story = storyTargets.find(({ kind }) => kind === of);
    if (story === undefined) throw new Error(of);
    for (const each of story.alongside) await stories.world.apply(each.resource, each.manifest('lending'));
    const { metadata, ...rest } = story.manifest('lending');
    await stories.world.apply(story.resource, {
      ...rest,
      metadata: { ...metadata, annotations: { ...metadata.annotations, ...annotations } },
    });
    stories.memory.api.apply('featureflags', memoryFlag());
    const other = 'featureFlag' in beside ? 'flag' : 'traffic';
    const stages = [
      { name: 'first', actions: [{ target: 'target', ...first }] },
      {
        name: 'second',
        actions: [
          { target: 'target', ...second },
          { target: other, ...more },
        ],
      },
    ];
    const targets = [{ name: 'target', ...target }, beside];
    const kept = stages.filter(({ name }) => only.includes(name));
    stories.memory.api.apply('mitigationplans', memoryPlan({ targets, stages: kept }));
    await stories.memory.pass(2);
  }

  const plan = (): KubeObject => stories.memory.api.get('mitigationplans', 'credit') ?? { metadata: { name: '' } };
  const theFlag = (): KubeObject => stories.memory.api.get('featureflags', 'credit-flags') ?? plan();
  const stage = (): unknown => (plan()['status'] as { readonly stage?: { readonly name: string } } | undefined)?.stage?.name ?? null;

  it.each(routes)('$of, $reason: is told before, by name, and the flag behind takes over at the breach', async (bad) => {
    await guard(bad, flag, { flagRollback: {} });
    const ready = conditionOf(plan(), 'Ready');
    expect(ready).toMatchObject({ status: 'False', reason: bad.reason });
    for (const name of bad.names) expect(ready?.message).toContain(name);
    stories.world.read('Breach');
    await stories.memory.passUntil('stage second', () => stage() === 'second');
    await stories.memory.pass(2);
    expect(defaultVariant(theFlag())).toBe('off');
  });

  it.each(routes)('$of, $reason: a flag of the same stage does not wait for it', async (bad) => {
    await guard({ ...bad, second: bad.first }, flag, { flagRollback: {} }, ['second']);
    stories.world.read('Breach');
    await stories.memory.passUntil('rolled back', () => defaultVariant(theFlag()) === 'off');
    expect(conditionOf(plan(), 'Stalled')).toMatchObject({ status: 'True', reason: bad.reason });
  });

  it.each(switches)('$of, $reason: is told before, by name, and the route in front takes over at the breach', async (bad) => {
    await guard(bad, traffic, none);
    const ready = conditionOf(plan(), 'Ready');
    expect(ready).toMatchObject({ status: 'False', reason: bad.reason });
    for (const name of bad.names) expect(ready?.message).toContain(name);
    stories.world.read('Breach');
    await stories.memory.passUntil('stage second', () => stage() === 'second');
    await stories.memory.pass(2);
    expect(shareOf(stories.memory.api.get('httproutes', 'credit') ?? plan(), 'credit-v2')).toBe(0);
    expect(conditionOf(plan(), 'Stalled')).toMatchObject({ status: 'True', reason: bad.reason });
  });
});
