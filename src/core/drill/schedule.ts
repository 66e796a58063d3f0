import type { EpochMs } from '../../shared/clock.ts';

/** DryRun computes and asks the API server, and touches nothing. Sandbox lays every stage over live objects and takes it off again. */
export type DrillScope = 'DryRun' | 'Sandbox';

export type DrillSchedule = { readonly scope: DrillScope } & (
  | { readonly everySeconds: number }
  /** By a calendar: its first time after the last drill on record, and the one after that; null: there is none. */
  | { readonly dueMs: EpochMs | null; readonly followingMs: EpochMs | null }
);

/** What keeps a plan from being drilled now. */
export interface DrillObstacle {
  /** PascalCase. */
  readonly reason: string;
  readonly message: string;
}

/** A request that ends so asks for a dry drill, whatever the schedule of the plan says. */
const dryRequest = '/DryRun';

export interface DrillTimes {
  /** Null: only on request. */
  readonly schedule: DrillSchedule | null;
  /** Who asks for a drill writes a word of their own; the same word asks once. */
  readonly request: string | null;
  /** The last request that was answered, by a drill or by a refusal. */
  readonly answered: string | null;
  readonly createdAtMs: EpochMs;
  /** Start of the last drill on record; null: there was none. */
  readonly lastAtMs: EpochMs | null;
}

export type DrillDue =
  /** Neither scheduled nor asked for. */
  | { readonly kind: 'Never' }
  | { readonly kind: 'Later'; readonly atMs: EpochMs }
  /** `request` null: by schedule. */
  | { readonly kind: 'Now'; readonly scope: DrillScope; readonly request: string | null; readonly sinceMs: EpochMs };

/** A drill that is due may wait this long for its plan to be free before people are told, unless it comes more often than that. */
const longestPatienceMs = 86_400_000;

/** Time the next drill is counted from. */
export function drilledSince({ createdAtMs, lastAtMs }: Pick<DrillTimes, 'createdAtMs' | 'lastAtMs'>, nowMs: EpochMs): EpochMs {
  return Math.min(lastAtMs ?? createdAtMs, nowMs);
}

/**
 * When the next drill is due. Counted from the last one on record, so a restart repeats nothing and missed ones are one;
 * a plan that was never drilled is due one period after it was created.
 */
export function drillDue({ schedule, request, answered, createdAtMs, lastAtMs }: DrillTimes, nowMs: EpochMs): DrillDue {
  if (request !== null && request !== answered) {
    const scope = request.endsWith(dryRequest) ? 'DryRun' : (schedule?.scope ?? 'DryRun');
    return { kind: 'Now', scope, request, sinceMs: nowMs };
  }
  if (schedule === null) return { kind: 'Never' };
  // A clock that went back makes nobody wait longer than one period.
  const atMs = 'dueMs' in schedule ? schedule.dueMs : drilledSince({ createdAtMs, lastAtMs }, nowMs) + schedule.everySeconds * 1000;
  if (atMs === null) return { kind: 'Never' };
  return nowMs < atMs ? { kind: 'Later', atMs } : { kind: 'Now', scope: schedule.scope, request: null, sinceMs: atMs };
}

/** Since when a scheduled drill is missing for too long, in milliseconds; 0 while it is not. */
export function drillOverdueMs(times: Pick<DrillTimes, 'schedule' | 'createdAtMs' | 'lastAtMs'>, nowMs: EpochMs): number {
  const due = drillDue({ ...times, request: null, answered: null }, nowMs);
  if (due.kind !== 'Now' || times.schedule === null) return 0;
  const patienceMs = Math.min(longestPatienceMs, periodMs(times.schedule));
  const lateMs = nowMs - due.sinceMs;
  return lateMs > patienceMs ? lateMs : 0;
}

function periodMs(schedule: DrillSchedule): number {
  if ('everySeconds' in schedule) return schedule.everySeconds * 1000;
  const { dueMs, followingMs } = schedule;
  return dueMs === null || followingMs === null ? Infinity : followingMs - dueMs;
}
