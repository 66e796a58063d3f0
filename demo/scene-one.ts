import { brokenColumn } from './data-files.ts';
import { changedParts } from './measuring/object-snapshot.ts';
import { replayRoundAndRound } from './calling/replay.ts';
import { formatPercent } from './narrator.ts';
import { measureShare } from './measuring/traffic.ts';
import type { Story } from './story/story.ts';
import { flagName, planName, riskName, routeName, snapshotTargets, targetWrites } from './story/targets.ts';
import type { TargetSnapshots } from './story/targets.ts';
import { candidateVersion } from './watching/resources.ts';
import { routeStateOf } from './watching/route-state.ts';
import { defaultVariantOf, hasEngaged, indicatorsOf, isTrue } from './watching/statuses.ts';

/** When the watch first showed each step, and what was read off on the way; the figures come from these. */
export interface SceneOneTimes {
  readonly quietFromMs: number;
  readonly brokenAtMs: number;
  readonly cappedSeenMs: number;
  readonly shadowSeenMs: number;
  readonly rolledBackSeenMs: number;
  readonly flagBackSeenMs: number;
  readonly limitAgainSeenMs: number;
  readonly releasedSeenMs: number;
  readonly firstFaultyRow: { readonly id: number; readonly scoredAtMs: number };
  readonly falseEngagements: number;
  /** Parts of route and flag that are not what they were. */
  readonly notRestored: readonly string[];
  readonly incident: string;
}

const quietSeconds = 30;
const mendAfterSeconds = 6;
/** After a release: tombstones are dropped and ownership is given up in patches of their own. */
const tidySeconds = 30;

/** Quiet, broken, capped, in shadow, rolled back, mended, and all the way back. Throws where the story does not go on. */
export async function playSceneOne(story: Story): Promise<SceneOneTimes> {
  const { narrator, bed, clock } = story;
  narrator.chapter('Scene 1: the candidate’s feature pipeline breaks');
  const before = await playQuietStretch(story);
  const quietFromMs = clock.nowMs() - quietSeconds * 1000;
  const falseEngagements = await countEngagements(story, quietFromMs);

  narrator.say(`An upstream fault: column ${brokenColumn} arrives empty for the candidate, and its pipeline fills in 0.`);
  const brokenAtMs = clock.nowMs();
  await bed.candidate.setEmptyColumn(brokenColumn);
  const cappedSeenMs = await untilRoute(
    story,
    'the candidate is capped at 10 %',
    ({ candidateShare, mirrored }) => candidateShare <= 0.1 && candidateShare > 0 && !mirrored,
  );
  const { firstFaultyRow } = await bed.candidate.pipeline();
  if (firstFaultyRow === null) throw new Error('the candidate was capped, but no faulty row was ever scored');
  narrator.say(`Capped ${((cappedSeenMs - brokenAtMs) / 1000).toFixed(1)} s after the fault. Real requests move:`);
  await story.pause(3);
  const { share, requests } = measureShare(story.records, { fromMs: cappedSeenMs + 1000, toMs: clock.nowMs() }, candidateVersion);
  narrator.say(`of ${String(requests)} requests through Envoy the candidate answered ${formatPercent(share)}.`);

  narrator.say('The fault goes on. The next stage needs a window of its own, begun after the cap was seen in force.');
  const shadowSeenMs = await untilRoute(
    story,
    'the candidate is in shadow',
    ({ candidateShare, mirrored }) => candidateShare === 0 && mirrored,
  );
  narrator.say('No caller gets the candidate any more; mirrored copies still tell how it does.');
  const rolledBackSeenMs = await untilFlag(story, 'off');
  narrator.say('Last stage: the flag is rolled back, callers ask for the safe version themselves.');
  await story.pause(mendAfterSeconds);

  await bed.candidate.setEmptyColumn(null);
  narrator.say('The on-call engineer mends the pipeline. Nobody tells the operator.');
  const flagBackSeenMs = await untilFlag(story, 'on');
  narrator.say('Mirrored copies are tried again: they harm no caller.');
  const limitAgainSeenMs = await untilRoute(
    story,
    'one step down, to the cap',
    ({ candidateShare, mirrored }) => candidateShare > 0 && candidateShare <= 0.1 && !mirrored,
  );
  narrator.say('A whole window of mirrored answers was good: live traffic again, 10 % at most.');
  const releasedSeenMs = await untilRoute(story, 'the route is given back', ({ candidateShare }) => candidateShare > 0.1);
  const notRestored = await untilTidy(story, before);
  narrator.say(
    notRestored.length === 0
      ? 'Route and flag are byte for byte what they were: spec, labels, annotations, managers.'
      : `Not restored: ${notRestored.join(', ')}.`,
  );
  const incident = await untilClosed(story);
  return {
    quietFromMs,
    brokenAtMs,
    cappedSeenMs,
    shadowSeenMs,
    rolledBackSeenMs,
    flagBackSeenMs,
    limitAgainSeenMs,
    releasedSeenMs,
    firstFaultyRow,
    falseEngagements,
    notRestored,
    incident,
  };
}

async function playQuietStretch(story: Story): Promise<TargetSnapshots> {
  const { watches, narrator, rows } = story;
  story.replay(replayRoundAndRound(rows.ordinary));
  await story.until('the plan is Ready', () => isTrue(watches.plans.latest(planName), 'Ready'));
  await story.until('the first window is judged Ok', () =>
    indicatorsOf(watches.risks.latest(riskName)).some(({ verdict }) => verdict === 'Ok'),
  );
  narrator.say(
    `The operator has judged a first window and found it good. ${String(quietSeconds)} quiet seconds follow: nothing should happen.`,
  );
  await story.pause(quietSeconds);
  return snapshotTargets(story);
}

/** Engagements and target writes since then; a quiet stretch has none. */
export async function countEngagements(story: Story, sinceMs: number): Promise<number> {
  const names = new Set(story.watches.incidents.states.filter(({ seenAtMs }) => seenAtMs >= sinceMs).map(({ name }) => name));
  const engaged = [...names].filter((name) => hasEngaged(story.watches.incidents.latest(name))).length;
  const writes = targetWrites(await story.operatorWrites()).filter(({ receivedAtMs }) => receivedAtMs >= sinceMs).length;
  // A write without a record would be worse than an engagement, so it counts as one.
  return Math.max(engaged, writes);
}

/** When the watch first showed such a route from now on. */
async function untilRoute(
  story: Story,
  what: string,
  isSuch: (state: { candidateShare: number; mirrored: boolean }) => boolean,
): Promise<number> {
  const sinceMs = story.clock.nowMs();
  let seenAtMs = NaN;
  await story.until(what, () => {
    const found = story.watches.routes.states.find(({ seenAtMs: at, name, object }) => {
      const state = name === routeName && at >= sinceMs && object !== null ? routeStateOf(object) : null;
      return state !== null && isSuch(state);
    });
    seenAtMs = found?.seenAtMs ?? NaN;
    return found !== undefined;
  });
  return seenAtMs;
}

async function untilFlag(story: Story, variant: string): Promise<number> {
  const sinceMs = story.clock.nowMs();
  let seenAtMs = NaN;
  await story.until(`the flag answers "${variant}"`, () => {
    const found = story.watches.flags.states.find(
      ({ seenAtMs: at, name, object }) => name === flagName && at >= sinceMs && defaultVariantOf(object, 'use-v2') === variant,
    );
    seenAtMs = found?.seenAtMs ?? NaN;
    return found !== undefined;
  });
  return seenAtMs;
}

/** Waits for the last patches of a release; answers what is still not as before when time is up. */
async function untilTidy(story: Story, before: TargetSnapshots): Promise<readonly string[]> {
  const changed = async (): Promise<readonly string[]> => {
    const after = await snapshotTargets(story);
    return (['route', 'flag'] as const).flatMap((target) => changedParts(before[target], after[target]).map((part) => `${target} ${part}`));
  };
  await story.until('route and flag are as before', async () => (await changed()).length === 0, tidySeconds).catch(() => undefined);
  return changed();
}

async function untilClosed({ watches, until }: Story): Promise<string> {
  const newest = (): string => watches.incidents.states.findLast(({ object }) => hasEngaged(object))?.name ?? '';
  await until('the incident is closed', () => isTrue(watches.incidents.latest(newest()), 'Closed'));
  return newest();
}
