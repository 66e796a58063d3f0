import type { ConnectedControlPlane } from '../connect.ts';
import { eventually } from '../eventually.ts';
import { isWrite } from '../kube-request.ts';
import { writesThrough } from '../recorder.ts';
import type { Timeline } from '../timeline.ts';
import { wallClockMs } from '../wall-clock.ts';
import { openCaseBed } from './case-bed.ts';
import type { Cast, CaseBed } from './case-bed.ts';
import { caseName, learnPoints } from './crash-case.ts';
import type { CrashCase, WritePoint } from './crash-case.ts';
import { crashRule } from './crash-rule.ts';
import type { CrashRule } from './crash-rule.ts';
import { awaitedOf, planIsIdle } from './end-state.ts';
import type { UnplannedExit } from './operator-keeper.ts';

/** Everything one run showed; the verdict is taken elsewhere, from this alone. */
export interface CaseEvidence {
  readonly name: string;
  readonly namespace: string;
  readonly timeline: Timeline;
  /** Null: the story did not come to its end in time. */
  readonly settledAtMs: number | null;
  /** What it waited for when time ran out; empty otherwise. */
  readonly awaited: readonly string[];
  /** Null where no crash was asked for. */
  readonly reached: boolean | null;
  readonly unplanned: readonly UnplannedExit[];
  /** Operator processes after the first. */
  readonly restarts: number;
  readonly points: readonly WritePoint[];
  readonly seconds: number;
  /** Closes what is still open; `true` keeps the operators' logs and answers where they lie. */
  readonly close: (keepLogs: boolean) => Promise<string | null>;
}

export interface RunCaseOptions {
  readonly plane: ConnectedControlPlane;
  readonly cast: Cast;
  /** Null: the story without a fault. */
  readonly crash: CrashCase | null;
  /** What else happens while the operator is down; for tests of the judge. */
  readonly whileDown?: (namespace: string) => Promise<void>;
}

const patienceMs = 120_000;
/** Longer than an interval of assessment: what a restart still has to say has been said by then. */
const quietMs = 1_500;
const observedMs = 1_500;

interface Scene {
  readonly bed: CaseBed;
  readonly cast: Cast;
  readonly crash: CrashRule | null;
  /** When the operator was killed; null before. */
  readonly killedAtMs: () => number | null;
}

function until(what: string, done: () => boolean): Promise<true> {
  return eventually(() => Promise.resolve(done()), { timeoutMs: patienceMs, everyMs: 150 }).then(
    () => true as const,
    () => {
      throw new Error(what);
    },
  );
}

/** The time since which the operator has written nothing but its lease, or since which a successor leads, whichever is later. */
function quietSinceMs({ bed, killedAtMs }: Scene): number {
  const killedMs = killedAtMs();
  const { records } = bed.proxy;
  const takeOver =
    killedMs === null
      ? 0
      : (records.find(({ resource, effective, arrivedAtMs }) => resource === 'leases' && effective && arrivedAtMs > killedMs)
          ?.arrivedAtMs ?? Number.POSITIVE_INFINITY);
  const writes = records.filter((record) => isWrite(record) && record.resource !== 'leases');
  return Math.max(takeOver, ...writes.map(({ arrivedAtMs }) => arrivedAtMs));
}

/** Breach while all is well, until the last stage holds; Ok from then on, until everything is given back and quiet. */
async function play(scene: Scene): Promise<void> {
  const { bed, cast } = scene;
  const { timeline } = bed.recorder;
  await until('the plan Idle before the breach', () => planIsIdle(timeline));
  bed.setReading('Breach');
  await until(cast.climbed.what, () => cast.climbed.isSo(timeline));
  bed.setReading('Ok');
  await until('the end', () => awaitedOf(timeline).length === 0 && wallClockMs() - quietSinceMs(scene) >= quietMs);
}

async function playToEnd(scene: Scene): Promise<Pick<CaseEvidence, 'settledAtMs' | 'awaited'>> {
  const { timeline } = scene.bed.recorder;
  try {
    await play(scene);
  } catch (error) {
    const waiting = error instanceof Error ? error.message : String(error);
    return { settledAtMs: null, awaited: waiting === 'the end' ? [...awaitedOf(timeline), 'an end to the writes'] : [waiting] };
  }
  const settledAtMs = wallClockMs();
  await eventually(() => Promise.resolve(wallClockMs() - settledAtMs >= observedMs), { timeoutMs: 10 * observedMs });
  return { settledAtMs, awaited: [] };
}

/** Plays the story once, with the crash the case names. */
export async function runCase({ plane, cast, crash, whileDown }: RunCaseOptions): Promise<CaseEvidence> {
  const startedMs = wallClockMs();
  const bed = await openCaseBed({ plane, cast, whileDown: whileDown ?? (() => Promise.resolve()) });
  const state = { killedAtMs: null as number | null };
  const kill = async (): Promise<void> => {
    await bed.keeper.kill();
    state.killedAtMs = wallClockMs();
  };
  const planned = crash === null ? null : crashRule(crash, bed.proxy.records, kill);
  if (planned !== null) bed.proxy.addRule(planned.rule);
  const ending = await playToEnd({ bed, cast, crash: planned, killedAtMs: () => state.killedAtMs });
  await bed.recorder.catchUp();
  const reached = planned?.reached() ?? null;
  return {
    name: crash === null ? 'without a fault' : caseName(crash),
    namespace: bed.namespace,
    timeline: [...bed.recorder.timeline, ...writesThrough(bed.proxy.records)],
    ...ending,
    reached,
    unplanned: bed.keeper.unplanned,
    restarts: bed.keeper.started - 1,
    points: learnPoints(bed.proxy.records),
    seconds: (wallClockMs() - startedMs) / 1000,
    close: (keepLogs) => bed.close(keepLogs),
  };
}
