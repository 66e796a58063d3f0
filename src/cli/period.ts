import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';

/** As the metrics of the operator: a quarter. */
const defaultPeriodDays = 90;

/** Of `--period`. Failure: one sentence. */
export function readPeriodDays(period: string | undefined): Result<number, string> {
  const periodDays = Number(period ?? defaultPeriodDays);
  if (!Number.isInteger(periodDays) || periodDays < 1 || periodDays > 3660)
    return failure(`--period ${period ?? ''} is no number of days from 1 to 3660`);
  return success(periodDays);
}
