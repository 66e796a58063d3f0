import type { EpochMs } from '../../shared/clock.ts';
import type { DrillScope } from './schedule.ts';

/** One stage on one target, or (`stage` null) the way back from the last stage. */
export interface DrillStep {
  readonly stage: string | null;
  readonly target: string;
  readonly outcome: 'Ok' | 'Refused';
  /** PascalCase; empty when Ok. */
  readonly reason: string;
  readonly message: string;
}

/**
 * Passed: every stage could be taken on every target, and all was given back to the byte. Aborted: given up for something that comes
 * first. Interrupted: the process that ran it ended. Skipped: it was asked for and not begun.
 */
export type DrillResult = 'Passed' | 'Failed' | 'Aborted' | 'Interrupted' | 'Skipped';

/** NotCompared: nothing was laid, or somebody edited the object meanwhile. */
export type DrillRestore = 'Restored' | 'NotRestored' | 'NotCompared';

export interface DrillOutcome {
  readonly atMs: EpochMs;
  readonly scope: DrillScope;
  readonly result: DrillResult;
  /** PascalCase; empty when it passed. */
  readonly reason: string;
  readonly message: string;
  /** The request that stood on the plan: it is answered by this. */
  readonly request: string | null;
  readonly steps: readonly DrillStep[];
  /** From the synthetic breach to the first stage in effect on every target; null where it was not measured. */
  readonly timeToMitigateMs: number | null;
  /** From the synthetic breach until every target was as before; null where that was not so, or not measured. */
  readonly timeToRestoreMs: number | null;
  /** Recovery time the model declared when it began; null: none. */
  readonly recoveryTimeSeconds: number | null;
  readonly restored: DrillRestore;
  /** Null: there is none. */
  readonly incident: string | null;
}

/** What the steps of a drill come to: the first refusal says why it failed. */
export function judgeSteps(steps: readonly DrillStep[]): Pick<DrillOutcome, 'result' | 'reason' | 'message'> {
  const refused = steps.filter(({ outcome }) => outcome === 'Refused');
  const [first] = refused;
  if (first === undefined) return { result: 'Passed', reason: '', message: '' };
  const where = first.stage === null ? 'The way back' : `Stage ${first.stage}`;
  const others = refused.length === 1 ? '' : ` ${refused.length - 1} more of ${steps.length} steps failed.`;
  return { result: 'Failed', reason: first.reason, message: `${where} on target ${first.target}: ${first.message}${others}` };
}
