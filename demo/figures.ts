import type { CallRecord } from './calling/ledger.ts';
import { allAskForSafe, measureShare, patchToTraffic, round, sentAtOfRow } from './measuring/traffic.ts';
import type { SceneOneTimes } from './scene-one.ts';
import type { SceneTwoFigures } from './scene-two.ts';
import type { Story } from './story/story.ts';
import { patchBehind } from './story/targets.ts';
import { candidateVersion, resources, safeVersion, triggerIndicator } from './watching/resources.ts';
import { indicatorsOf, openedAtMs } from './watching/statuses.ts';

/** Scene 1 in numbers; every one is read off requests, the API server's audit log, Prometheus or a watch. */
export interface SceneOneFigures {
  /** What moved the requests; without a gateway the figures of traffic prove nothing about one. */
  readonly dataPlane: string;
  /** First faulty row sent to the first patch acknowledged. */
  readonly shiftToPatchMs: number;
  /** First reading in breach, as the ModelRisk's status dates it, to the patch acknowledged: includes forSeconds. */
  readonly firstBreachToPatchMs: number;
  /** The verdict that engaged, as the incident dates it, to the patch acknowledged. */
  readonly detectToPatchMs: number;
  /** Patch acknowledged to the first request on the new split, most likely; with the 95 % interval, because a split is chance. */
  readonly patchToTrafficMs: number;
  readonly patchToTrafficEarliestMs: number;
  readonly patchToTrafficLatestMs: number;
  readonly candidateShareBefore: number;
  readonly candidateShareCapped: number;
  readonly cappedRequests: number;
  readonly candidateShareShadow: number;
  readonly mirroredRequests: number;
  readonly flagRolledBack: boolean;
  readonly restoredByteEqual: boolean;
  readonly reappliedUnforced: boolean;
  readonly falseEngagements: number;
  /** Indicators of the ModelRisk that were in breach at some time while nothing was wrong, and those that were Ok at some time. */
  readonly quietBreaches: number;
  readonly quietOk: number;
}

/** Of both scenes: a request that fails while nothing should happen is no better than one that fails in a rollback. */
export interface RequestFigures {
  readonly requests: number;
  readonly failedRequests: number;
}

/** What `--json` prints. */
export type DemoFigures = SceneOneFigures & SceneTwoFigures & RequestFigures & { readonly auditVerified: boolean };

export function countRequests(records: readonly CallRecord[]): RequestFigures {
  return { requests: records.length, failedRequests: records.filter(({ failure }) => failure !== null).length };
}

/** Requests sent this soon after a patch may still meet the split before it. */
const settleMs = 1_000;
/** Longest a gateway that coalesces changes has been seen to take, several times over. */
const reachMs = 1_500;

export async function measureSceneOne(story: Story, times: SceneOneTimes): Promise<SceneOneFigures> {
  const { records, watches } = story;
  const writes = await story.operatorWrites();
  const patchFor = (plural: string, seenAtMs: number): number => patchBehind(writes, plural, seenAtMs).answeredAtMs;
  const flags = resources.flags.plural;
  const routes = resources.routes.plural;
  const cappedAtMs = patchFor(routes, times.cappedSeenMs);
  const shadowAtMs = patchFor(routes, times.shadowSeenMs);
  const rolledBackAtMs = patchFor(flags, times.rolledBackSeenMs);
  // Callers may hear of it before the patch is answered, never before it is received.
  const flagBackAtMs = patchBehind(writes, flags, times.flagBackSeenMs).receivedAtMs;

  const share = (fromMs: number, toMs: number) => measureShare(records, { fromMs, toMs }, candidateVersion);
  const before = share(times.quietFromMs, times.brokenAtMs).share;
  const capped = share(cappedAtMs + settleMs, shadowAtMs);
  const shadow = share(shadowAtMs + settleMs, rolledBackAtMs).share;
  const traffic = patchToTraffic(records, { candidateVersion, patchedAtMs: cappedAtMs, reachMs, before, after: capped.share });
  const sentMs = sentAtOfRow(records, times.firstFaultyRow.id, times.firstFaultyRow.scoredAtMs);
  return {
    dataPlane: story.bed.dataPlane.name,
    shiftToPatchMs: round(cappedAtMs - sentMs),
    firstBreachToPatchMs: round(cappedAtMs - firstBreachMs(story, times)),
    detectToPatchMs: round(cappedAtMs - openedAtMs(watches.incidents.latest(times.incident))),
    patchToTrafficMs: round(traffic.mostLikelyMs),
    patchToTrafficEarliestMs: round(traffic.earliestMs),
    patchToTrafficLatestMs: round(traffic.latestMs),
    candidateShareBefore: round(before),
    candidateShareCapped: round(capped.share),
    cappedRequests: capped.requests,
    candidateShareShadow: round(shadow),
    mirroredRequests: await countMirrored(story),
    flagRolledBack: allAskForSafe(records, { fromMs: rolledBackAtMs + settleMs, toMs: flagBackAtMs }, safeVersion),
    restoredByteEqual: times.notRestored.length === 0,
    reappliedUnforced: times.reappliedUnforced,
    falseEngagements: times.falseEngagements,
    quietBreaches: countVerdicts(story, times, 'Breach'),
    quietOk: countVerdicts(story, times, 'Ok'),
  };
}

/** Since when the indicator was Pending before it fired. */
function firstBreachMs({ watches }: Story, { brokenAtMs, cappedSeenMs }: SceneOneTimes): number {
  const pending = watches.risks.states
    .filter(({ seenAtMs }) => seenAtMs >= brokenAtMs && seenAtMs <= cappedSeenMs)
    .flatMap(({ object }) => indicatorsOf(object))
    .filter(({ name, state }) => name === triggerIndicator && state === 'Pending');
  return Date.parse(pending.at(-1)?.since ?? '');
}

/** Indicators that had this verdict between the first judgement and the fault. */
function countVerdicts({ watches }: Story, { quietFromMs, brokenAtMs }: SceneOneTimes, verdict: string): number {
  const quiet = watches.risks.states.filter(({ seenAtMs }) => seenAtMs >= quietFromMs && seenAtMs < brokenAtMs);
  const readings = quiet.flatMap(({ object }) => indicatorsOf(object)).filter((each) => each.verdict === verdict);
  return new Set(readings.map(({ name }) => name)).size;
}

/** Mirrored copies the candidate itself has counted. */
async function countMirrored({ bed }: Story): Promise<number> {
  const { address, port } = bed.candidate;
  const text = await (await fetch(`http://${address}:${String(port)}/metrics`)).text();
  const series = [...text.matchAll(/^model_decisions_total\{[^}]*served="shadow"[^}]*\} (\d+)$/gm)];
  return series.reduce((sum, [, count]) => sum + Number(count), 0);
}
