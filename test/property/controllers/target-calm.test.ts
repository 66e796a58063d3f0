import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { KubeObject } from '../../../testbed/api-client.ts';
import { openMemoryStories } from '../../builders/memory-stories.ts';
import type { MemoryStories } from '../../builders/memory-stories.ts';
import { storyTargets } from '../../builders/story-target.ts';
import type { StoryTarget } from '../../builders/story-target.ts';
import { place, planOver } from '../../builders/target-stories.ts';
import { isConstrained, phaseOf } from '../../builders/traffic-view.ts';

interface Scene extends MemoryStories {
  readonly target: StoryTarget;
  /** As users last applied it. */
  wanted: KubeObject;
}

interface Happening {
  readonly run: (scene: Scene) => Promise<void>;
  readonly toString: () => string;
}

const plans = { group: 'modelrisk.dev', version: 'v1alpha1', plural: 'mitigationplans' };

function happening(text: string, run: (scene: Scene) => Promise<void>): Happening {
  return { run, toString: () => text };
}

/** Far from the limits of probes and flaps: those end in a person's hands, which is another story. */
async function applyPlan({ world, target }: Pick<Scene, 'world' | 'target'>): Promise<void> {
  const { escalate } = target;
  const plan = planOver(world, target, 'refused' in escalate ? target.engage : [...target.engage, escalate]);
  const recovery = { stepSeconds: 1, probeAfterSeconds: 2, probeAttempts: 100, flap: { maxEngagements: 16, windowSeconds: 60 } };
  await world.apply(plans, { ...plan, spec: { ...(plan['spec'] as object), recovery } });
}

const manifestOf = ({ world, target }: Pick<Scene, 'world' | 'target'>): KubeObject => target.manifest(world.namespace);

const drifts = fc.constantFrom('Breach', 'Breach', 'Ok').chain((reading) =>
  fc.integer({ min: 1, max: 15 }).map((seconds) =>
    happening(`${reading} for ${String(seconds)} s`, async ({ world, memory }) => {
      world.read(reading);
      await memory.pass(seconds);
    }),
  ),
);
const edits = fc.boolean().map((back) =>
  happening(back ? 'Git’s manifest is applied again' : 'users edit what is under constraint', async (scene) => {
    const { world, target, memory } = scene;
    scene.wanted = back ? manifestOf(scene) : target.edit(manifestOf(scene));
    await world.apply(target.resource, scene.wanted);
    await memory.pass(0.25);
  }),
);
const restarts = fc.constant(happening('restart', ({ memory }) => memory.restart()));
const faults = fc.constantFrom('Lose' as const, 'LoseAnswer' as const).chain((fault) =>
  fc.integer({ min: 1, max: 6 }).map((seconds) =>
    happening(`${fault} for ${String(seconds)} s`, async ({ memory }) => {
      memory.api.onWrite(() => fault);
      await memory.pass(seconds);
      memory.api.onWrite(() => 'Pass');
    }),
  ),
);
const replacements = fc.constant(
  happening('the target is deleted and made again', async (scene) => {
    const { world, target, memory } = scene;
    await world.remove(target.resource, 'credit');
    await memory.pass(1);
    scene.wanted = manifestOf(scene);
    await place(world, target);
  }),
);
const deletions = fc.constant(
  happening('the plan is deleted and made again', async (scene) => {
    await scene.world.remove(plans, 'credit');
    await scene.memory.pass(3);
    await applyPlan(scene);
  }),
);

const happenings = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: drifts },
    { weight: 3, arbitrary: edits },
    { weight: 2, arbitrary: restarts },
    { weight: 2, arbitrary: faults },
    { weight: 1, arbitrary: replacements },
    { weight: 1, arbitrary: deletions },
  ),
  { minLength: 1, maxLength: 10 },
);

async function open(target: StoryTarget): Promise<Scene> {
  const stories = await openMemoryStories();
  const scene = { ...stories, target, wanted: manifestOf({ ...stories, target }) };
  for (const { resource, manifest } of target.alongside) await scene.world.apply(resource, manifest(scene.world.namespace));
  await place(scene.world, target);
  await applyPlan(scene);
  await scene.memory.pass(2);
  return scene;
}

/** Everything but what the server keeps. */
function bodyOf({ apiVersion: _apiVersion, kind: _kind, metadata: _metadata, status: _status, ...body }: KubeObject): object {
  return body;
}

describe.each(storyTargets.map((target) => ({ kind: target.kind, target })))(
  'whatever happens to a $kind, when it is calm again',
  ({ target }) => {
    it('users have what they last applied, and nothing of ours is left on it', async () => {
      await fc.assert(
        fc.asyncProperty(happenings, async (all) => {
          const scene = await open(target);
          const { memory, world } = scene;
          for (const each of all) await each.run(scene);
          world.read('Ok');
          await memory.pass(60);
          const [plan, object] = [await world.find(plans, 'credit'), await world.find(target.resource, 'credit')];
          expect({
            phase: plan === null ? null : phaseOf(plan),
            held: object === null || isConstrained(object),
            body: object === null ? null : bodyOf(object),
          }).toEqual({ phase: 'Idle', held: false, body: bodyOf(scene.wanted) });
          const quiet = memory.api.writes.length;
          await memory.pass(10);
          expect(memory.api.writes.slice(quiet)).toEqual([]);
          await memory.stop();
        }),
        { numRuns: 12 },
      );
    }, 600_000);
  },
);
