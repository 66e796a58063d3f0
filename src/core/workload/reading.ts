import type { Computation, Interval, NoDataCause } from '../model/observation.ts';
import type { EpochMs } from '../../shared/clock.ts';
import type { Result } from '../../shared/result.ts';
import { failure, success } from '../../shared/result.ts';

/** What the state of a model's workloads comes to. */
export interface WorkloadReading {
  readonly value: number;
  readonly sampleCount: number;
  /** Where not everything could be seen: what the value is at least and at most. */
  readonly interval: Interval | null;
  readonly computation: Computation;
  /** What the value consists of, by name; empty when there is nothing to tell. */
  readonly detail: string;
  /** Where the state says itself how old it is. Null: as old as what was read. */
  readonly dataTimeMs: EpochMs | null;
}

/** Why there is no value, and what to do about it. */
export interface WorkloadGap {
  readonly cause: NoDataCause;
  readonly message: string;
  readonly remedy: string;
}

export type WorkloadResult = Result<WorkloadReading, WorkloadGap>;

export function gap(cause: NoDataCause, message: string, remedy: string): WorkloadResult {
  return failure({ cause, message, remedy });
}

export function reading(
  value: number,
  fields: Partial<WorkloadReading> & Pick<WorkloadReading, 'sampleCount' | 'computation'>,
): WorkloadResult {
  return success({ value, interval: null, detail: '', dataTimeMs: null, ...fields });
}

const shown = 6;

/** Some of many, and how many more there are. */
export function listing(items: readonly string[]): string {
  const rest = items.length - shown;
  return `${items.slice(0, shown).join('; ')}${rest > 0 ? `; and ${String(rest)} more` : ''}`;
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

export function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
