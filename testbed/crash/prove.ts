import type { ConnectedControlPlane } from '../connect.ts';
import { wallClockMs } from '../wall-clock.ts';
import type { Cast } from './case-bed.ts';
import { caseName, casesFor, commonPoints, describePoint, sampleCases } from './crash-case.ts';
import type { CrashCase, WritePoint } from './crash-case.ts';
import { differencesBetween, endStateOf } from './end-state.ts';
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

/** What runs without a fault have in common: which writes there are, and how it ends. */
export interface Lesson {
  /** In every one of the runs; a write only some had (two status writes became one) is no point to wait for. */
  readonly points: readonly WritePoint[];
  /** Kinds of writes of which some run had more, for the reader. */
  readonly wavering: readonly string[];
  readonly end: EndState;
  readonly promise: StoryPromise;
  /** It took to learn. */
  readonly minutes: number;
}

/** At the same time, so that they vary as the cases will. */
const cleanRuns = 4;

async function runClean({ plane, cast }: Pick<ProofOptions, 'plane' | 'cast'>) {
  const evidence = await runCase({ plane, cast, crash: null });
  const promise: StoryPromise = {
    stageMaxPercent: cast.stageMaxPercent,
    flag: cast.flag,
    untouched: cast.untouched,
    maxWrites: evidence.points.length,
  };
  const verdict = judgeCase(evidence, promise, null);
  const logs = await evidence.close(verdict.kind !== 'Passed');
  if (verdict.kind === 'Failed') throw new Error(`the story without a fault failed (${logs ?? ''}):\n  ${verdict.problems.join('\n  ')}`);
  return { points: evidence.points, promise, end: endStateOf(evidence.timeline) };
}

/** Throws when a run without a fault breaks a promise, or when two end differently: nothing could be learnt from them. */
export async function learn(options: Pick<ProofOptions, 'plane' | 'cast'>): Promise<Lesson> {
  const startedMs = wallClockMs();
  const runs = await Promise.all(Array.from({ length: cleanRuns }, () => runClean(options)));
  const [first, ...others] = runs;
  if (first === undefined) throw new Error('there was no run without a fault');
  const strays = others.flatMap(({ end }) => differencesBetween(end, first.end));
  if (strays.length > 0) throw new Error(`two runs without a fault ended differently:\n  ${strays.join('\n  ')}`);
  const longest = runs.reduce((most, { promise }) => Math.max(most, promise.maxWrites), 0);
  return {
    ...commonPoints(runs.map(({ points }) => points)),
    end: first.end,
    promise: { ...first.promise, maxWrites: longest + variation },
    minutes: (wallClockMs() - startedMs) / 60_000,
  };
}

/** Writes one run may take more than another without any restart. */
const variation = 10;

function runOnce({ plane, cast }: ProofOptions, { promise, end }: Lesson): RunOnce {
  return async (crash) => {
    const evidence = await runCase({ plane, cast, crash });
    const verdict = judgeCase(evidence, promise, end);
    const logs = await evidence.close(verdict.kind === 'Failed');
    const leasesLost = evidence.unplanned.filter(({ leaseLost }) => leaseLost).length;
    return { name: caseName(crash), verdict, seconds: evidence.seconds, leasesLost, logs };
  };
}

/** Crashes the operator at each write in each way, and judges every run by what was learnt. Routes must be stamped meanwhile. */
export async function prove(options: ProofOptions, lesson: Lesson): Promise<Proof> {
  const { concurrency, choose, seed, say } = options;
  const startedMs = wallClockMs();
  lesson.points.forEach((point, index) => {
    say(`write ${index + 1}: ${describePoint(point)}`);
  });
  if (lesson.wavering.length > 0) say(`not in every run without a fault, and no point for that: ${lesson.wavering.join(', ')}`);
  const all = casesFor(lesson.points);
  const cases = choose === null ? all : choose(all);
  say(`${lesson.points.length} effective writes, ${all.length} cases, ${cases.length} of them run, ${concurrency} at a time`);
  const onReport = (report: CaseReport): void => {
    say(describeReport(report));
  };
  const reports = await runMatrix({ cases, concurrency, runOnce: runOnce(options, lesson), onReport });
  const minutes = lesson.minutes + (wallClockMs() - startedMs) / 60_000;
  const summary = summarise(reports, { writes: lesson.points.length, minutes, seed });
  say(`${summary.passed} passed, ${summary.failed} failed of ${summary.cases} cases in ${summary.minutes} minutes`);
  return { summary, reports };
}

/** A seeded part of all cases. */
export function seededShare(share: number, seed: number): NonNullable<ProofOptions['choose']> {
  return (cases) => sampleCases(cases, Math.ceil(cases.length * share), seed);
}
