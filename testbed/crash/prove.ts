import type { ConnectedControlPlane } from '../connect.ts';
import { stampRoutes } from '../route-stamper.ts';
import { wallClockMs } from '../wall-clock.ts';
import type { Cast } from './case-bed.ts';
import { caseName, casesFor, describePoint, sampleCases } from './crash-case.ts';
import type { CrashCase, WritePoint } from './crash-case.ts';
import { endStateOf } from './end-state.ts';
import type { EndState } from './end-state.ts';
import { judgeCase } from './judge-case.ts';
import type { StoryPromise } from './judge-case.ts';
import { describeReport, runMatrix, summarise } from './matrix.ts';
import type { CaseReport, MatrixSummary, RunOnce } from './matrix.ts';
import { runCase } from './run-case.ts';

export interface ProofOptions {
  readonly plane: ConnectedControlPlane;
  readonly cast: Cast;
  readonly concurrency: number;
  /** Which of the cases are run; null: all. */
  readonly choose: ((cases: readonly CrashCase[]) => readonly CrashCase[]) | null;
  readonly seed: number | null;
  readonly say: (line: string) => void;
}

export interface Proof {
  readonly summary: MatrixSummary;
  readonly reports: readonly CaseReport[];
}

/** The story without a fault: which writes there are, and how it ends. */
export interface Lesson {
  readonly points: readonly WritePoint[];
  readonly end: EndState;
  readonly promise: StoryPromise;
}

/** A restart reads everything, takes the lease, and may tell its status, its record and its targets once more. */
const writesOfARestart = 25;

/** Throws when even the run without a fault breaks a promise: nothing could be learnt from it. */
export async function learn(plane: ConnectedControlPlane, cast: Cast): Promise<Lesson> {
  const evidence = await runCase({ plane, cast, crash: null });
  const promise: StoryPromise = {
    stageMaxPercent: cast.stageMaxPercent,
    flag: { ...cast.flag, movesLiveTraffic: false },
    maxWrites: evidence.points.length + writesOfARestart,
  };
  const verdict = judgeCase(evidence, promise, null);
  const logs = await evidence.close(verdict.kind !== 'Passed');
  if (verdict.kind === 'Failed') throw new Error(`the story without a fault failed (${logs ?? ''}):\n  ${verdict.problems.join('\n  ')}`);
  return { points: evidence.points, end: endStateOf(evidence.timeline), promise };
}

function runOnce({ plane, cast }: ProofOptions, { promise, end }: Lesson): RunOnce {
  return async (crash) => {
    const evidence = await runCase({ plane, cast, crash });
    const verdict = judgeCase(evidence, promise, end);
    const logs = await evidence.close(verdict.kind === 'Failed');
    const leasesLost = evidence.unplanned.filter(({ leaseLost }) => leaseLost).length;
    return { name: caseName(crash), verdict, seconds: evidence.seconds, leasesLost, logs };
  };
}

/** Learns the writes of the story, crashes the operator at each in each way, and judges every run. */
export async function prove(options: ProofOptions): Promise<Proof> {
  const { plane, cast, concurrency, choose, seed, say } = options;
  const startedMs = wallClockMs();
  const stamper = stampRoutes(plane.client, null);
  try {
    const lesson = await learn(plane, cast);
    lesson.points.forEach((point, index) => {
      say(`write ${index + 1}: ${describePoint(point)}`);
    });
    const all = casesFor(lesson.points);
    const cases = choose === null ? all : choose(all);
    say(`${lesson.points.length} effective writes, ${all.length} cases, ${cases.length} of them run, ${concurrency} at a time`);
    const onReport = (report: CaseReport): void => {
      say(describeReport(report));
    };
    const reports = await runMatrix({ cases, concurrency, runOnce: runOnce(options, lesson), onReport });
    const minutes = (wallClockMs() - startedMs) / 60_000;
    const summary = summarise(reports, { writes: lesson.points.length, minutes, seed });
    say(`${summary.passed} passed, ${summary.failed} failed of ${summary.cases} cases in ${summary.minutes} minutes`);
    return { summary, reports };
  } finally {
    await stamper.stop();
  }
}

/** A seeded part of all cases. */
export function seededShare(share: number, seed: number): NonNullable<ProofOptions['choose']> {
  return (cases) => sampleCases(cases, Math.ceil(cases.length * share), seed);
}
