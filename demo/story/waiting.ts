import { changedParts } from '../measuring/object-snapshot.ts';
import { namespace } from '../watching/resources.ts';
import { routeStateOf } from '../watching/route-state.ts';
import type { RouteState } from '../watching/route-state.ts';
import { defaultVariantOf, hasEngaged, isClosed, openedAtMs } from '../watching/statuses.ts';
import type { SeenState } from '../../testbed/watch-objects.ts';
import type { Story } from './story.ts';
import { flagName, routeName, snapshotTargets, targetWrites } from './targets.ts';
import type { TargetSnapshots } from './targets.ts';

/** After a release: tombstones are dropped and ownership is given up in patches of their own. */
const tidySeconds = 30;

export interface AwaitedRoute {
  readonly what: string;
  /** States the watch showed before do not count. */
  readonly sinceMs: number;
  readonly isSuch: (state: RouteState) => boolean;
}

/** When the watch first showed such a route. */
export function untilRoute(story: Story, { what, sinceMs, isSuch }: AwaitedRoute): Promise<number> {
  return untilSeen(story, what, () =>
    story.watches.routes.states.find(({ seenAtMs, name, object }) => {
      const state = name === routeName && seenAtMs >= sinceMs && object !== null ? routeStateOf(object) : null;
      return state !== null && isSuch(state);
    }),
  );
}

/** When the watch first showed the flag with this default variant, from `sinceMs` on. */
export function untilFlag(story: Story, variant: string, sinceMs: number): Promise<number> {
  return untilSeen(story, `the flag answers "${variant}"`, () =>
    story.watches.flags.states.find(
      ({ seenAtMs, name, object }) => name === flagName && seenAtMs >= sinceMs && defaultVariantOf(object, 'use-v2') === variant,
    ),
  );
}

async function untilSeen(story: Story, what: string, find: () => SeenState | undefined): Promise<number> {
  await story.until(what, () => find() !== undefined);
  return find()?.seenAtMs ?? NaN;
}

/** The incident of the engagement that began after `sinceMs`, once it is closed. */
export async function untilClosed(story: Story, sinceMs: number): Promise<string> {
  const { incidents } = story.watches;
  const find = (): string => incidents.states.find(({ object }) => hasEngaged(object) && openedAtMs(object) >= sinceMs)?.name ?? '';
  await story.until('the incident is closed', () => isClosed(incidents.latest(find())));
  return find();
}

/** Engagements begun since then, or writes to route and flag, whichever is more: a write without a record is no better than one. */
export async function countEngagements(story: Story, sinceMs: number): Promise<number> {
  const { incidents } = story.watches;
  const names = new Set(incidents.states.map(({ name }) => name));
  const engaged = [...names].map((name) => incidents.latest(name)).filter((each) => hasEngaged(each) && openedAtMs(each) >= sinceMs).length;
  const writes = targetWrites(await story.operatorWrites()).filter(({ receivedAtMs }) => receivedAtMs >= sinceMs).length;
  return Math.max(engaged, writes);
}

async function changedTargets(story: Story, before: TargetSnapshots): Promise<readonly string[]> {
  const after = await snapshotTargets(story);
  return (['route', 'flag'] as const).flatMap((target) => changedParts(before[target], after[target]).map((part) => `${target} ${part}`));
}

/** Waits for the last patches of a release; answers what is still not as before when time is up. */
export async function untilRestored(story: Story, before: TargetSnapshots): Promise<readonly string[]> {
  const changed = async (): Promise<readonly string[]> =>
    (await changedTargets(story, before)).filter((part) => !part.endsWith(' ownership'));
  await story.until('route and flag are as before', async () => (await changed()).length === 0, tidySeconds).catch(() => undefined);
  return changed();
}

/** Whether the team's own apply, without force, goes through, and leaves everything as before, ownership of fields included. */
export async function reapplyUnforced(story: Story, before: TargetSnapshots): Promise<boolean> {
  try {
    for (const manifest of ['http-route.yaml', 'feature-flag.yaml']) await story.bed.apply(manifest);
  } catch (error) {
    story.narrator.say(`In namespace ${namespace}: ${String(error)}`);
    return false;
  }
  return (await changedTargets(story, before)).length === 0;
}
