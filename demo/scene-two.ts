import { replayOnce } from './calling/replay.ts';
import { formatPercent } from './narrator.ts';
import { measureShare, round } from './measuring/traffic.ts';

import type { Story } from './story/story.ts';
import { planName } from './story/targets.ts';
import { countEngagements } from './story/waiting.ts';
import { candidateVersion, namespace, safeVersion } from './watching/resources.ts';
import { conditionOf } from './watching/statuses.ts';

export interface SceneTwoFigures {
  /** Engagements, or writes to route and flag, from the first row of the scene to the last. */
  readonly sharedCauseEngagements: number;
  /** Warning events that tell people so. */
  readonly sharedCauseEvents: number;
  /** First row of the shift sent to "Shared cause" seen on the plan. */
  readonly shiftToSharedCauseMs: number;
  /** Share of the candidate while both versions drift: nothing was moved. */
  readonly candidateShareInShift: number;
  readonly candidateDriftInShift: number;
  readonly safeDriftInShift: number;
}

/** Rows in file order: people in group quarters come, and no version of the model was made for them. */
export async function playSceneTwo(story: Story): Promise<SceneTwoFigures> {
  const { narrator, clock, watches, rows } = story;
  narrator.chapter('Scene 2: the people change, for both versions alike');
  const fromMs = clock.nowMs();
  narrator.say(`Rows in file order from here: ${String(rows.shiftAt)} ordinary ones, then people in group quarters.`);
  const sent = { shiftAtMs: NaN };
  const next = replayOnce(rows.shift);
  const firstOfShift = rows.shift[rows.shiftAt]?.id;
  story.replay(() => {
    const row = next();
    if (row?.id === firstOfShift) sent.shiftAtMs = clock.nowMs();
    return row;
  });
  await story.until('the first row of the shift is sent', () => !Number.isNaN(sent.shiftAtMs), 120);
  narrator.say('The shift begins: from here every row is a person in group quarters.');
  const isShared = (): boolean => conditionOf(watches.plans.latest(planName), 'Engaged')?.reason === 'SharedCause';
  await story.until('the plan says that the cause is shared', isShared, 60);
  const shiftToSharedCauseMs = clock.nowMs() - sent.shiftAtMs;
  narrator.say(`Shared cause: ${conditionOf(watches.plans.latest(planName), 'Engaged')?.message ?? ''}`);
  await story.pause(15);
  const [candidate, safe] = await Promise.all([story.drift(candidateVersion, 'live'), story.drift(safeVersion, 'live')]);
  const { share } = measureShare(story.records, { fromMs: sent.shiftAtMs, toMs: clock.nowMs() }, candidateVersion);
  narrator.say(
    `PSI ${(candidate?.psi ?? NaN).toFixed(2)} and ${(safe?.psi ?? NaN).toFixed(2)}: moving people to the safe version would help nobody. The candidate keeps its ${formatPercent(share)}.`,
  );
  await story.trafficEnded;
  return {
    sharedCauseEngagements: await countEngagements(story, fromMs),
    sharedCauseEvents: await countEvents(story),
    shiftToSharedCauseMs,
    candidateShareInShift: round(share),
    candidateDriftInShift: round(candidate?.psi ?? NaN),
    safeDriftInShift: round(safe?.psi ?? NaN),
  };
}

async function countEvents({ bed }: Story): Promise<number> {
  const events = await bed.client.list({ group: 'events.k8s.io', version: 'v1', plural: 'events' }, { namespace });
  return events.filter((event) => event['reason'] === 'SharedCause' && event['type'] === 'Warning').length;
}
