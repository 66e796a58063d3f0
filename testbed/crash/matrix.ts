import type { Invariant } from '../invariants/expectations.ts';
import type { CrashCase } from './crash-case.ts';
import { caseName } from './crash-case.ts';
import type { Verdict } from './judge-case.ts';

export interface CaseReport {
  readonly name: string;
  readonly verdict: Verdict;
  readonly seconds: number;
  /** Runs it took. */
  readonly attempts: number;
  /** Leases the operator lost by itself: the machine was too busy. */
  readonly leasesLost: number;
  /** Where the operators' logs lie, when it did not pass. */
  readonly logs: string | null;
}

export type RunOnce = (crash: CrashCase) => Promise<Omit<CaseReport, 'attempts'>>;

export interface MatrixOptions {
  readonly cases: readonly CrashCase[];
  readonly concurrency: number;
  readonly runOnce: RunOnce;
  readonly onReport: (report: CaseReport) => void;
}

/** A write may not come in one run (two status writes became one), or the machine is too busy for a short lease: the case is run again. */
const maxAttempts = 4;
/** Fewest cases at a time on a busy machine. */
const minConcurrency = 3;

async function runCase(crash: CrashCase, runOnce: RunOnce): Promise<CaseReport> {
  for (let attempts = 1; ; attempts++) {
    const report = await runOnce(crash).catch((error: unknown): Omit<CaseReport, 'attempts'> => {
      const problem = error instanceof Error ? error.message : String(error);
      const verdict: Verdict = { kind: 'Failed', problems: [`the case could not be run: ${problem}`], broken: [] };
      return { name: caseName(crash), verdict, seconds: 0, leasesLost: 0, logs: null };
    });
    const again = report.verdict.kind === 'NotReached' || report.verdict.kind === 'Disturbed';
    if (!again || attempts === maxAttempts) return { ...report, attempts };
  }
}

/** Runs all cases, several at a time (fewer once leases are lost), each on its own; answers in the order of the cases. */
export async function runMatrix({ cases, concurrency, runOnce, onReport }: MatrixOptions): Promise<readonly CaseReport[]> {
  const reports = new Map<CrashCase, CaseReport>();
  const waiting = [...cases];
  const state = { working: concurrency };
  const work = async (): Promise<void> => {
    for (let crash = waiting.shift(); crash !== undefined; crash = waiting.shift()) {
      const report = await runCase(crash, runOnce);
      reports.set(crash, report);
      onReport(report);
      if (report.leasesLost === 0 || state.working <= minConcurrency) continue;
      state.working--;
      return;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return cases.flatMap((crash) => reports.get(crash) ?? []);
}

export interface MatrixSummary {
  readonly cases: number;
  readonly passed: number;
  readonly failed: number;
  /** Of the failed: their write never came. */
  readonly notReached: number;
  /** Of the failed: the machine was too busy to tell. */
  readonly disturbed: number;
  /** Effective writes of the run that was learnt from. */
  readonly writes: number;
  readonly minutes: number;
  readonly seed: number | null;
  readonly leasesLost: number;
  /** How often each invariant was broken; those that held are not named. */
  readonly violations: Readonly<Partial<Record<Invariant, number>>>;
}

function tally(broken: readonly Invariant[]): MatrixSummary['violations'] {
  const counts = new Map<Invariant, number>();
  for (const invariant of broken) counts.set(invariant, (counts.get(invariant) ?? 0) + 1);
  return Object.fromEntries(counts);
}

export function summarise(
  reports: readonly CaseReport[],
  run: { readonly writes: number; readonly minutes: number; readonly seed: number | null },
): MatrixSummary {
  const passed = reports.filter(({ verdict }) => verdict.kind === 'Passed').length;
  return {
    cases: reports.length,
    passed,
    failed: reports.length - passed,
    notReached: reports.filter(({ verdict }) => verdict.kind === 'NotReached').length,
    disturbed: reports.filter(({ verdict }) => verdict.kind === 'Disturbed').length,
    ...run,
    minutes: Math.round(run.minutes * 100) / 100,
    leasesLost: reports.reduce((sum, { leasesLost }) => sum + leasesLost, 0),
    violations: tally(reports.flatMap(({ verdict }) => (verdict.kind === 'Failed' ? verdict.broken : []))),
  };
}

/** One line a case; what went wrong below it, with where to look. */
export function describeReport({ name, verdict, seconds, attempts, logs }: CaseReport): string {
  const again = attempts === 1 ? '' : `, at attempt ${attempts}`;
  const time = `${seconds.toFixed(1)} s`;
  switch (verdict.kind) {
    case 'Passed':
      return `passed       ${name} (${time}${again})`;
    case 'NotReached':
      return `NOT REACHED  ${name} (its write did not come in ${attempts} runs)`;
    case 'Disturbed':
      return `DISTURBED    ${name} (in ${attempts} runs the machine was too busy to renew a lease of 3 s; run it again by name)`;
    case 'Failed':
      return [`FAILED       ${name} (${time})`, ...verdict.problems, ...(logs === null ? [] : [`logs: ${logs}`])].join('\n    ');
  }
}
