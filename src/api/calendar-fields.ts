import * as z from 'zod';
import { cel } from './cel.ts';

const minute = '[1-5]?[0-9]';
const hour = '(1?[0-9]|2[0-3])';
const day = '([1-9]|[12][0-9]|3[01])';
const month = '([1-9]|1[0-2]|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)';
const weekday = '([0-7]|SUN|MON|TUE|WED|THU|FRI|SAT)';

/** `*`, `*` in steps, or a list of values and ranges. */
const several = (one: string, further = ''): string => `([*](/[1-9][0-9]?)?|${item(one, further)}(,${item(one, further)})*)`;
const item = (one: string, further: string): string => `(${one}(-${one})?${further})`;

const days = `(L|LW|${day}W|${several(day)})`;
const weekdays = several(weekday, '(#[1-5L])?');

/** Either days of the month or days of the week: cron takes both for "or", whoever writes both means "and". */
const expression = `^${minute} ${hour} (${days} ${several(month)} [*]|[*] ${several(month)} ${weekdays})$`;

/** What a calendar may say. Once a day at most: what comes more often has no hour that clocks could skip or show twice. */
export function cronExpression(description: string) {
  return z
    .string()
    .min(9)
    .max(64)
    .meta({
      description: `${description} Five fields, minute hour day month weekday: minute and hour are one number each, day may be L (the last), LW (the last Monday to Friday) or 15W (the weekday nearest to it), weekday MON#1 (the first) or FRI#L; one of day and weekday is *.`,
    })
    .meta(
      cel({
        rule: `self.matches('${expression}')`,
        message:
          'write five fields: minute and hour (one number each), day, month, weekday, with * in day or in weekday; e.g. "0 8 L 3,6,9,12 *" for the end of each quarter, "30 7 * * MON" for Mondays',
      }),
    );
}

/** Which zones there are only the operator knows: it says so in a condition. */
export function timeZone(description: string) {
  return z
    .string()
    .min(1)
    .max(64)
    .regex(/^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/)
    .meta({
      description: `${description} An IANA name, e.g. Europe/Berlin. A time that clocks skip comes as much later as they skip, one they show twice the first time. Left out: UTC.`,
    });
}
