import type { KubeObject, Resource } from '../../testbed/api-client.ts';
import { canonicalJSON } from '../../src/shared/canonical-json.ts';
import type { JSONValue } from '../../src/shared/json.ts';
import { conditionOf, isConstrained, ownedByUsers, phaseOf } from './traffic-view.ts';
import type { StoryTarget } from './story-target.ts';

/** Where a story is told: objects in memory under a clock that stands still, or a real API server with a real operator. */
export interface StoryWorld {
  readonly namespace: string;
  /** As a user: answers the object as it stands then. */
  apply(resource: Resource, manifest: KubeObject): Promise<KubeObject>;
  /** Null when there is none. */
  find(resource: Resource, name: string): Promise<KubeObject | null>;
  remove(resource: Resource, name: string): Promise<void>;
  /** What the signal says from now on. */
  read(reading: 'Ok' | 'Breach'): void;
  /** Lets time go by until it is so; throws with `what` when it never is. */
  until(what: string, isSo: () => Promise<boolean>): Promise<void>;
}

/** Throws when the target behaves otherwise; answers why it refuses what it can't do, null when it did it. */
export type Story = (world: StoryWorld, target: StoryTarget) => Promise<string | null>;

const journals: Resource = { group: 'modelrisk.dev', version: 'v1alpha1', plural: 'targetjournals' };
const plans: Resource = { group: 'modelrisk.dev', version: 'v1alpha1', plural: 'mitigationplans' };

/** A plan over the target as its stories have it, with timers as short as its kinds allow. */
export function planOver(
  world: Pick<StoryWorld, 'namespace'>,
  target: StoryTarget,
  stages: StoryTarget['engage'],
  name = 'credit',
): KubeObject {
  return {
    apiVersion: 'modelrisk.dev/v1alpha1',
    kind: 'MitigationPlan',
    metadata: { name, namespace: world.namespace },
    spec: {
      riskRef: { name: 'credit' },
      owner: 'lending-ml',
      mode: 'Enforce',
      trigger: { indicators: ['score-drift'] },
      targets: target.targets,
      stages: stages.map((actions, index) => ({
        name: `stage-${String(index)}`,
        ...(index < stages.length - 1 ? { escalateAfterSeconds: 2 } : {}),
        actions,
      })),
      recovery: { stepSeconds: 1, probeAfterSeconds: 2 },
    },
  };
}

async function live(world: StoryWorld, { kind, resource }: StoryTarget): Promise<KubeObject> {
  const object = await world.find(resource, 'credit');
  if (object === null) throw new Error(`${kind} credit is gone`);
  return object;
}

/** Everything users own, to the byte: fields, labels, annotations, and who is said to own them. Every server orders members by itself. */
async function seen(world: StoryWorld, target: StoryTarget): Promise<string> {
  return canonicalJSON(ownedByUsers(await live(world, target)) as unknown as JSONValue);
}

/** As its users do, one version after the other. */
export async function place(world: StoryWorld, { kind, resource, earlier, manifest }: StoryTarget): Promise<void> {
  if (earlier !== undefined) {
    await world.apply(resource, earlier(world.namespace));
    await world.until(`the controller of ${kind} has seen its first version`, async () => {
      const object = await world.find(resource, 'credit');
      const { observedGeneration = 0 } = (object?.['status'] ?? {}) as { readonly observedGeneration?: number };
      return observedGeneration >= (object?.metadata.generation ?? 1);
    });
  }
  await world.apply(resource, manifest(world.namespace));
}

/** Puts target and plan in place and waits until the plan is ready for what it is to do. */
async function guard(world: StoryWorld, target: StoryTarget, stages = target.engage): Promise<string> {
  for (const { resource, manifest } of target.alongside) await world.apply(resource, manifest(world.namespace));
  await place(world, target);
  const before = await seen(world, target);
  await world.apply(plans, planOver(world, target, stages));
  await untilReady(world, 'credit');
  return before;
}

/** Whether its journal is there, wherever it is kept. */
async function isHeld(world: StoryWorld, { journal, kind }: StoryTarget, object: KubeObject): Promise<boolean> {
  if (journal !== 'Object') return isConstrained(object);
  return (await world.find(journals, `${kind.toLowerCase()}-${object.metadata.uid ?? ''}`)) !== null;
}

async function untilReady(world: StoryWorld, name: string): Promise<void> {
  await world.until(`plan ${name} is ready`, async () => {
    const plan = await world.find(plans, name);
    return plan !== null && conditionOf(plan, 'Ready')?.status === 'True';
  });
}

async function untilShareIs(world: StoryWorld, target: StoryTarget, share: number): Promise<void> {
  await world.until(`${target.kind} gives the candidate ${String(share)} %`, async () => target.share(await live(world, target)) === share);
}

async function engaged(world: StoryWorld, target: StoryTarget): Promise<void> {
  world.read('Breach');
  await untilShareIs(world, target, target.engagedShare);
}

async function untilFree(world: StoryWorld, target: StoryTarget): Promise<void> {
  await world.until(`${target.kind} is free`, async () => {
    const object = await live(world, target);
    const { metadata } = object;
    const ours = (metadata.managedFields ?? []).some(({ manager }) => manager === 'modelrisk-operator');
    return !(await isHeld(world, target, object)) && !ours;
  });
}

function contentOf({ spec, data }: KubeObject): string {
  return canonicalJSON({ spec: spec ?? null, data: data ?? null } as JSONValue);
}

function expectSame(what: string, actual: string, expected: string): void {
  if (actual !== expected) throw new Error(`${what}: ${actual} instead of ${expected}`);
}

async function released(world: StoryWorld, target: StoryTarget): Promise<void> {
  world.read('Ok');
  await untilFree(world, target);
}

async function engage(world: StoryWorld, target: StoryTarget): Promise<null> {
  await guard(world, target);
  await engaged(world, target);
  const { metadata } = await live(world, target);
  const marks = ['modelrisk.dev/journal', 'modelrisk.dev/epoch'].filter((key) => metadata.annotations?.[key] !== undefined);
  if (marks.length !== (target.journal === 'Object' ? 0 : 2))
    throw new Error(`${target.kind} carries ${marks.join(' and ') || 'no journal'}`);
  if (!(await isHeld(world, target, await live(world, target)))) throw new Error(`${target.kind} has no journal`);
  await world.until('the plan says Effective', async () => {
    const plan = await world.find(plans, 'credit');
    return plan !== null && conditionOf(plan, 'Effective')?.status === 'True';
  });
  return null;
}

async function escalate(world: StoryWorld, target: StoryTarget): Promise<string | null> {
  const { escalate: next } = target;
  if ('refused' in next) return next.refused;
  const before = await guard(world, target, [...target.engage, next]);
  await engaged(world, target);
  const copies = next.some((action) => 'shadow' in action);
  await world.until(`${target.kind} is in the second stage`, async () => {
    const object = await live(world, target);
    return target.share(object) === (target.escalatedShare ?? 0) && (target.mirrored?.(object) ?? copies) === copies;
  });
  await released(world, target);
  expectSame('after both stages', await seen(world, target), before);
  return null;
}

async function foreignEdit(world: StoryWorld, target: StoryTarget): Promise<null> {
  await guard(world, target);
  // With what the server adds. The answer to the edit won't do: a field its author leaves to the server is ours there.
  const edited = target.edit(await live(world, target));
  await engaged(world, target);
  await world.apply(target.resource, target.edit(target.manifest(world.namespace)));
  await untilShareIs(world, target, target.engagedShare);
  await released(world, target);
  expectSame('the edit', contentOf(await live(world, target)), contentOf(edited));
  return null;
}

async function secondPlan(world: StoryWorld, target: StoryTarget): Promise<null> {
  const before = await guard(world, target);
  await world.apply(plans, planOver(world, target, target.stricter.stages, 'stricter'));
  await untilReady(world, 'stricter');
  world.read('Breach');
  await untilShareIs(world, target, target.stricter.share);
  await world.remove(plans, 'stricter');
  await world.until('the stricter plan is gone', async () => (await world.find(plans, 'stricter')) === null);
  await untilShareIs(world, target, target.engagedShare);
  await released(world, target);
  expectSame('after both plans', await seen(world, target), before);
  return null;
}

async function restore(world: StoryWorld, target: StoryTarget): Promise<null> {
  const before = await guard(world, target);
  await engaged(world, target);
  await released(world, target);
  expectSame('after the release', await seen(world, target), before);
  await world.until('the plan is idle', async () => {
    const plan = await world.find(plans, 'credit');
    return plan !== null && phaseOf(plan) === 'Idle';
  });
  return null;
}

async function planDeleted(world: StoryWorld, target: StoryTarget): Promise<null> {
  const before = await guard(world, target);
  await engaged(world, target);
  await world.remove(plans, 'credit');
  await world.until('the plan is gone', async () => (await world.find(plans, 'credit')) === null);
  await untilFree(world, target);
  expectSame('after the plan', await seen(world, target), before);
  return null;
}

async function targetRecreated(world: StoryWorld, target: StoryTarget): Promise<null> {
  const before = await guard(world, target);
  await engaged(world, target);
  await world.remove(target.resource, 'credit');
  await world.until('the target is gone', async () => (await world.find(target.resource, 'credit')) === null);
  await place(world, target);
  await untilShareIs(world, target, target.engagedShare);
  await released(world, target);
  expectSame('the new object', await seen(world, target), before);
  return null;
}

/** Everything outside of the fields we declare stays where it is while we hold the object, and the edit of one such field too. */
async function unknownFields(world: StoryWorld, target: StoryTarget): Promise<null> {
  const before = await guard(world, target);
  await engaged(world, target);
  const held = await live(world, target);
  if (!(await isHeld(world, target, held))) throw new Error(`${target.kind} is not held`);
  for (const known of target.untouched) {
    // Without its braces: a member among others, which the server may have sorted.
    const text = canonicalJSON(known as JSONValue).slice(1, -1);
    if (!canonicalJSON(held as unknown as JSONValue).includes(text)) throw new Error(`${text} is gone`);
  }
  await released(world, target);
  expectSame('after the release', await seen(world, target), before);
  return null;
}

/** What is told of every kind of target. */
export const targetStories: Readonly<Record<string, Story>> = {
  engage,
  escalate,
  'foreign edit': foreignEdit,
  'second plan': secondPlan,
  restore,
  'plan deleted': planDeleted,
  'target deleted and re-created': targetRecreated,
  'unknown fields present': unknownFields,
};
