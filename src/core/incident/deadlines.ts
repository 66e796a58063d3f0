import type { EpochMs } from '../../shared/clock.ts';

/** A duty to report incidents to somebody outside. */
export interface ReportingDuty {
  readonly name: string;
  readonly severities: readonly string[];
  /** Null: of every category. */
  readonly categories: readonly string[] | null;
  readonly withinMs: number;
  readonly warningMs: number;
}

/** What the duties ask of an incident. */
export interface ReportableIncident {
  readonly severity: string;
  readonly categories: readonly string[];
  /** When somebody knew; null: nothing happened that would have to be reported. */
  readonly awareMs: EpochMs | null;
}

export interface Deadline {
  readonly name: string;
  readonly dueMs: EpochMs;
  readonly warnMs: EpochMs;
  /** Null: not filed. */
  readonly filedMs: EpochMs | null;
}

export type DeadlineState = 'Open' | 'DueSoon' | 'Overdue' | 'Filed' | 'FiledLate';

/** As many as the status of a RiskIncident takes. */
export const maxDeadlines = 16;

function isConcerned({ severities, categories }: ReportingDuty, incident: ReportableIncident): boolean {
  return severities.includes(incident.severity) && (categories === null || incident.categories.some((each) => categories.includes(each)));
}

/**
 * The clocks of an incident. A duty that began stays, and its due time only ever comes nearer: whoever loosens the policy, or calls the
 * incident less severe, does not undo that somebody had to be told. `filed` by name of the duty. Of more than a record can hold, what was
 * filed goes first, then what is due last.
 */
export function deadlinesOf(
  duties: readonly ReportingDuty[],
  incident: ReportableIncident,
  { known, filed }: { readonly known: readonly Deadline[]; readonly filed: ReadonlyMap<string, EpochMs> },
): readonly Deadline[] {
  const { awareMs } = incident;
  const asked = awareMs === null ? [] : duties.filter((duty) => isConcerned(duty, incident)).map((duty) => begun(duty, awareMs));
  const names = [...new Set([...known, ...asked].map(({ name }) => name))];
  const deadlines = names.flatMap((name) => {
    const found = [...known, ...asked].filter((each) => each.name === name);
    const [nearest] = found.toSorted((a, b) => a.dueMs - b.dueMs);
    if (nearest === undefined) return [];
    // A report that is made again does not become late by that.
    const times = [...found.map(({ filedMs }) => filedMs), filed.get(name) ?? null].filter((each) => each !== null);
    return [{ ...nearest, filedMs: times.length === 0 ? null : Math.min(...times) }];
  });
  if (deadlines.length <= maxDeadlines) return deadlines;
  const byNeed = deadlines.toSorted((a, b) => Number(a.filedMs !== null) - Number(b.filedMs !== null) || a.dueMs - b.dueMs);
  const kept = new Set(byNeed.slice(0, maxDeadlines));
  return deadlines.filter((each) => kept.has(each));
}

function begun({ name, withinMs, warningMs }: ReportingDuty, awareMs: EpochMs): Deadline {
  const dueMs = awareMs + withinMs;
  return { name, dueMs, warnMs: Math.max(awareMs, dueMs - warningMs), filedMs: null };
}

export function deadlineState({ dueMs, warnMs, filedMs }: Deadline, nowMs: EpochMs): DeadlineState {
  if (filedMs !== null) return filedMs <= dueMs ? 'Filed' : 'FiledLate';
  if (nowMs >= dueMs) return 'Overdue';
  return nowMs >= warnMs ? 'DueSoon' : 'Open';
}

/** Time until a state changes by itself; null: none will. */
export function untilDeadlineChanges(deadlines: readonly Deadline[], nowMs: EpochMs): number | null {
  const times = deadlines
    .filter(({ filedMs }) => filedMs === null)
    .flatMap(({ warnMs, dueMs }) => [warnMs, dueMs].filter((at) => at > nowMs));
  return times.length === 0 ? null : Math.min(...times) - nowMs;
}
