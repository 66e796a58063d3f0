import { Cron } from 'croner';
import type { EpochMs } from '../shared/clock.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';

/** Times that a cron expression names in a time zone; null: there is none. */
export interface Calendar {
  /** The first after this time. */
  readonly next: (afterMs: EpochMs) => EpochMs | null;
  /** The last that is not after this time. */
  readonly latest: (atMs: EpochMs) => EpochMs | null;
}

/** As people write it into a policy or a plan. */
export interface CalendarSpec {
  readonly schedule: string;
  /** Left out: UTC. */
  readonly timeZone?: string;
}

/** Clocks of two places, or of one on two days, are never further apart. */
const farthestMs = 26 * 3_600_000;

/** Milliseconds that clocks of the zone are ahead of UTC; null: there is no such zone. */
type ZoneOffset = (atMs: EpochMs) => number;

function zoneOffset(timeZone: string): ZoneOffset | null {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  } catch {
    return null;
  }
  return (atMs) => {
    const text = format.formatToParts(atMs).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, sign = '+', hours = '0', minutes = '0', seconds = '0'] = /([+-])(\d\d):(\d\d)(?::(\d\d))?/.exec(text) ?? [];
    return (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
  };
}

/**
 * When clocks of the zone show this (`wallMs`: as if it were UTC): of two times the first; what they skip is counted on from before, so it
 * comes as much later as they skip (as RFC 5545 has it).
 */
function timeOf(wallMs: number, offset: ZoneOffset): EpochMs {
  const before = wallMs - offset(wallMs - farthestMs);
  const after = wallMs - offset(wallMs + farthestMs);
  return [before, after].toSorted((a, b) => a - b).find((atMs) => atMs + offset(atMs) === wallMs) ?? before;
}

/**
 * Reads what a policy or plan says. The package reads the expression, as if all clocks showed UTC; what clocks do is ours, because it drops
 * some of the times they skip, and repeats others. Failure: what is wrong and what to write, without the field.
 */
export function readCalendar({ schedule, timeZone = 'UTC' }: CalendarSpec): Result<Calendar, string> {
  const offset = zoneOffset(timeZone);
  if (offset === null)
    return failure(`timeZone ${timeZone} is no time zone this operator knows: write an IANA name such as Europe/Berlin, or leave it out`);
  let cron: Cron;
  try {
    cron = new Cron(schedule, { timezone: 'UTC', mode: '5-part', paused: true });
  } catch {
    return failure(`schedule "${schedule}" can't be read: write five fields, e.g. "0 8 L 3,6,9,12 *" for the end of each quarter`);
  }
  if (cron.nextRun(new Date(0)) === null)
    return failure(`schedule "${schedule}" names a day that never comes: correct day and month, e.g. L for the last of a month`);
  return success({
    next: remembered((afterMs) => {
      for (let wall = cron.nextRun(new Date(afterMs - farthestMs)); wall !== null; wall = cron.nextRun(wall)) {
        const atMs = timeOf(wall.getTime(), offset);
        if (atMs > afterMs) return atMs;
      }
      return null;
    }),
    latest: remembered((untilMs) => {
      let from = new Date(untilMs + farthestMs);
      for (let [wall] = cron.previousRuns(1, from); wall !== undefined; [wall] = cron.previousRuns(1, from)) {
        const atMs = timeOf(wall.getTime(), offset);
        if (atMs <= untilMs) return atMs;
        from = wall;
      }
      return null;
    }),
  });
}

/** Asked again and again between two changes, by each scrape, of each plan: for the next time and for the one after it. */
function remembered(find: (ofMs: EpochMs) => EpochMs | null): (ofMs: EpochMs) => EpochMs | null {
  let answers: readonly { readonly ofMs: EpochMs; readonly found: EpochMs | null }[] = [];
  return (ofMs) => {
    const known = answers.find((each) => each.ofMs === ofMs);
    if (known !== undefined) return known.found;
    const found = find(ofMs);
    answers = [...answers.slice(-1), { ofMs, found }];
    return found;
  };
}
