import { replayRoundAndRound } from './calling/replay.ts';
import { brokenColumn } from './data-files.ts';
import { measureShare } from './measuring/traffic.ts';
import { formatPercent } from './narrator.ts';
import type { Story } from './story/story.ts';
import { planName, riskName, snapshotTargets } from './story/targets.ts';
import type { TargetSnapshots } from './story/targets.ts';
import { countEngagements, reapplyUnforced, untilClosed, untilFlag, untilRestored, untilRoute } from './story/waiting.ts';
import { candidateVersion, triggerIndicator } from './watching/resources.ts';
import type { RouteState } from './watching/route-state.ts';
import { indicatorsOf, isTrue } from './watching/statuses.ts';

/** Quiet, and nothing happens. */
interface QuietStretch {
  readonly quietFromMs: number;
  readonly falseEngagements: number;
  readonly before: TargetSnapshots;
}

/** When the watch first showed each step down. */
interface WayDown {
  readonly brokenAtMs: number;
  readonly firstFaultyRow: { readonly id: number; readonly scoredAtMs: number };
  readonly cappedSeenMs: number;
  readonly shadowSeenMs: number;
  readonly rolledBackSeenMs: number;
}

interface WayBack {
  readonly flagBackSeenMs: number;
  /** Parts of route and flag that are not what they were. */
  readonly notRestored: readonly string[];
  /** The team's own `kubectl apply --server-side` without force went through afterwards, and all ownership is as before. */
  readonly reappliedUnforced: boolean;
  readonly incident: string;
}

export type SceneOneTimes = QuietStretch & WayDown & WayBack;

const quietSeconds = 30;
const mendAfterSeconds = 6;

const isCapped = ({ candidateShare, mirrored }: RouteState): boolean => candidateShare > 0 && candidateShare <= 0.1 && !mirrored;
const isShadow = ({ candidateShare, mirrored }: RouteState): boolean => candidateShare === 0 && mirrored;

/** Quiet, broken, capped, in shadow, rolled back, mended, and all the way back. Throws where the story does not go on. */
export async function playSceneOne(story: Story): Promise<SceneOneTimes> {
  story.narrator.chapter('Scene 1: the candidate’s feature pipeline breaks');
  const quiet = await playQuietStretch(story);
  const down = await goDown(story);
  await story.pause(mendAfterSeconds);
  await story.bed.candidate.setEmptyColumn(null);
  story.narrator.say('The on-call engineer mends the pipeline. Nobody tells the operator.');
  const back = await comeBack(story, down, quiet.before);
  return { ...quiet, ...down, ...back };
}

async function playQuietStretch(story: Story): Promise<QuietStretch> {
  const { watches, narrator, rows, clock } = story;
  const startMs = clock.nowMs();
  story.replay(replayRoundAndRound(rows.ordinary));
  await story.until('the plan is Ready', () => isTrue(watches.plans.latest(planName), 'Ready'));
  const isJudged = (): boolean =>
    indicatorsOf(watches.risks.latest(riskName)).some(({ name, verdict }) => name === triggerIndicator && verdict === 'Ok');
  await story.until('the first window is judged Ok', isJudged);
  narrator.say(`The first rows are judged and found good. ${String(quietSeconds)} quiet seconds follow: nothing should happen.`);
  const quietFromMs = clock.nowMs();
  await story.pause(quietSeconds);
  return { quietFromMs, falseEngagements: await countEngagements(story, startMs), before: await snapshotTargets(story) };
}

async function goDown(story: Story): Promise<WayDown> {
  const { narrator, bed, clock } = story;
  narrator.say(`An upstream fault: column ${brokenColumn} arrives empty for the candidate, and its pipeline fills in 0.`);
  narrator.say('Nobody has the published model itself: what it would score without that column is estimated by a fitted surrogate.');
  const brokenAtMs = clock.nowMs();
  await bed.candidate.setEmptyColumn(brokenColumn);
  const cappedSeenMs = await untilRoute(story, { what: 'the candidate is capped at 10 %', sinceMs: brokenAtMs, isSuch: isCapped });
  const { firstFaultyRow } = await bed.candidate.pipeline();
  if (firstFaultyRow === null) throw new Error('the candidate was capped, but no faulty row was ever scored');
  narrator.say(`Capped ${((cappedSeenMs - brokenAtMs) / 1000).toFixed(1)} s after the fault. Do real requests move?`);
  await story.pause(4);
  const { share, requests } = measureShare(story.records, { fromMs: cappedSeenMs + 1000, toMs: clock.nowMs() }, candidateVersion);
  narrator.say(`Of ${String(requests)} requests the candidate answered ${formatPercent(share)}. What moved them: ${bed.dataPlane.name}.`);
  narrator.say('The fault goes on. The next stage needs a window of its own, begun after the cap was seen in force.');
  const shadowSeenMs = await untilRoute(story, { what: 'the candidate is in shadow', sinceMs: cappedSeenMs, isSuch: isShadow });
  narrator.say('No caller gets the candidate any more; mirrored copies still tell how it does.');
  const rolledBackSeenMs = await untilFlag(story, 'off', shadowSeenMs);
  narrator.say('Last stage: the flag is rolled back, callers ask for the safe version themselves.');
  return { brokenAtMs, firstFaultyRow, cappedSeenMs, shadowSeenMs, rolledBackSeenMs };
}

async function comeBack(story: Story, { brokenAtMs, rolledBackSeenMs }: WayDown, before: TargetSnapshots): Promise<WayBack> {
  const { narrator } = story;
  const flagBackSeenMs = await untilFlag(story, 'on', rolledBackSeenMs);
  narrator.say('Mirrored copies are tried again: they harm no caller.');
  const limitSeenMs = await untilRoute(story, { what: 'one step down, to the cap', sinceMs: flagBackSeenMs, isSuch: isCapped });
  narrator.say('A whole window of mirrored answers was good: live traffic again, 10 % at most.');
  const isFree = ({ candidateShare }: RouteState): boolean => candidateShare > 0.1;
  await untilRoute(story, { what: 'the route is given back', sinceMs: limitSeenMs, isSuch: isFree });
  const notRestored = await untilRestored(story, before);
  narrator.say(
    notRestored.length === 0
      ? 'Route and flag are byte for byte what they were: spec, labels, annotations, finalizers, managers.'
      : `Not restored: ${notRestored.join(', ')}.`,
  );
  const incident = await untilClosed(story, brokenAtMs);
  const reappliedUnforced = await reapplyUnforced(story, before);
  narrator.say(
    reappliedUnforced
      ? 'The team applies its own manifests again, without force: no conflict, and every field is theirs as before.'
      : 'The team could not apply its own manifests as before.',
  );
  return { flagBackSeenMs, notRestored, reappliedUnforced, incident };
}
