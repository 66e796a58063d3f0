import * as z from 'zod';
import type { DrillOutcome } from '../core/drill/outcome.ts';
import type { DrillScope } from '../core/drill/schedule.ts';
import { readCalendar } from './calendar.ts';
import type { Calendar } from './calendar.ts';
import { cronExpression, timeZone } from './calendar-fields.ts';
import { recoveryVerdict, recoveryVerdicts } from '../core/drill/recovery.ts';
import { cel } from './cel.ts';
import type { DeepReadonly } from './deep-readonly.ts';
import { decimal, instant, mapList, name, objectName, seconds, text } from './fields.ts';
import { fromInstant, toInstant } from './instant.ts';

/** Any new value of this annotation on a plan asks for one drill; writing it needs the verb `drill` on the plan. */
export const drillRequestAnnotation = 'modelrisk.dev/drill-requested-at';

/** Label of a Namespace whose live objects drills may touch. */
export const sandboxLabel = 'modelrisk.dev/sandbox';

/** Longer requests are cut before they are compared. */
export const maxRequestLength = 64;

const scope = z.enum(['DryRun', 'Sandbox']);

export const drillSchedule = z
  .object({
    everySeconds: seconds(
      3600,
      'Seconds from one drill to the next, counted from the last on record (the first one: from the creation of the plan). Left out: see schedule.',
    ).exactOptional(),
    schedule: cronExpression(
      'Times drills are due, instead of everySeconds: the first one after the last drill on record (the first drill: after the creation of the plan).',
    ).exactOptional(),
    timeZone: timeZone('Whose clocks schedule speaks of.').exactOptional(),
    scope: scope.default('DryRun').meta({
      description:
        'DryRun: compute every stage and the way back for every target, ask the API server with dryRun=All, touch nothing. Sandbox: lay every stage over the live targets and give them back, measuring the time; only in a namespace with the label modelrisk.dev/sandbox: "true". Default DryRun.',
    }),
  })
  .meta({ description: 'When a synthetic breach tries the plan out. Left out: only when somebody asks for it.' })
  .meta(
    cel({
      rule: 'has(self.everySeconds) != has(self.schedule) && (!has(self.timeZone) || has(self.schedule))',
      message: 'write exactly one of everySeconds and schedule; timeZone belongs to schedule',
    }),
  );

/** When a plan is drilled by itself. */
export type PlannedDrills = { readonly scope: DrillScope } & (
  | { readonly everySeconds: number }
  | { readonly calendar: Calendar }
  /** What is wrong with its calendar, and what to write. */
  | { readonly problem: string }
);

export function plannedDrills({ scope: where, everySeconds, ...spec }: DeepReadonly<z.output<typeof drillSchedule>>): PlannedDrills {
  if (everySeconds !== undefined) return { scope: where, everySeconds };
  const calendar = readCalendar({ ...spec, schedule: spec.schedule ?? '' });
  return calendar.ok ? { scope: where, calendar: calendar.value } : { scope: where, problem: calendar.failure };
}

export const recordedDrill = z
  .object({
    scope: scope.meta({ description: 'DryRun: nothing was touched. Sandbox: live targets were.' }),
    request: text(maxRequestLength, 'What stood on the plan as a request when it began: it is answered by this.').exactOptional(),
    recoveryTimeSeconds: seconds(
      1,
      'Recovery time the model declared when it began (documentation.continuity); absent: none.',
    ).exactOptional(),
  })
  .meta({ description: 'Set: a synthetic breach, to try the plan out; nobody was harmed. Absent: a real one.' });

const step = z
  .object({
    stage: text(63, 'Stage; empty: the way back.'),
    target: name('Target.'),
    outcome: z.enum(['Ok', 'Refused']).meta({ description: 'Whether it can be taken, or was.' }),
    reason: text(63, 'One word for why not.').exactOptional(),
    message: text(256, 'What would change, or what is wrong and what to do.').exactOptional(),
  })
  .meta({ description: 'One stage on one target.' });

export const lastDrill = z
  .object({
    at: instant('When it began.'),
    scope: scope.meta({ description: 'DryRun: nothing was touched. Sandbox: live targets were.' }),
    result: z.enum(['Passed', 'Failed', 'Aborted', 'Interrupted', 'Skipped']).meta({
      description:
        'Passed: every stage can be taken and given back. Failed: see steps. Aborted: something came first, such as a real breach. Interrupted: the operator ended meanwhile. Skipped: asked for and not begun.',
    }),
    reason: text(63, 'One word for why it did not pass.').exactOptional(),
    message: text(1024, 'What happened, and what to do.').exactOptional(),
    request: text(
      maxRequestLength,
      `Value of the annotation ${drillRequestAnnotation} it answers; the same value asks for nothing more.`,
    ).exactOptional(),
    timeToMitigateSeconds: decimal(
      'Seconds from the synthetic breach to the first stage in effect on every target; scope Sandbox only.',
    ).exactOptional(),
    timeToRestoreSeconds: decimal(
      'Seconds from the synthetic breach until every target was as before, to the byte; scope Sandbox only.',
    ).exactOptional(),
    recoveryTimeSeconds: seconds(1, 'Recovery time the model declared when it began; absent: none.').exactOptional(),
    recovery: z
      .enum(recoveryVerdicts)
      .meta({
        description:
          'How timeToMitigateSeconds stands to recoveryTimeSeconds. NotDeclared: the model declares none. NotMeasured: nothing came into effect, as in every dry drill; it proves nothing of time.',
      })
      .exactOptional(),
    restored: z.enum(['Restored', 'NotRestored', 'NotCompared']).meta({
      description: 'Whether the targets were equal to before, to the byte. NotCompared: none was touched, or somebody edited one.',
    }),
    steps: mapList(step, ['stage', 'target'], {
      max: 72,
      description: 'Every stage on every target, then the way back of each target.',
    }).default([]),
    incidentRef: z
      .object({ name: objectName('RiskIncident of the drill.') })
      .meta({ description: 'Its record; absent: it was not begun.' })
      .exactOptional(),
  })
  .meta({ description: 'The last drill, or why it was not begun.' });

type LastDrill = DeepReadonly<z.output<typeof lastDrill>>;

const cut = (value: string, max: number): string => (value.length <= max ? value : `${value.slice(0, max - 1)}…`);

export function drillToStatus(outcome: DrillOutcome): LastDrill {
  const { atMs, result, reason, message, request, timeToMitigateMs, timeToRestoreMs, recoveryTimeSeconds, restored, steps, incident } =
    outcome;
  return {
    at: toInstant(atMs),
    scope: outcome.scope,
    result,
    ...(reason === '' ? {} : { reason: cut(reason, 63) }),
    ...(message === '' ? {} : { message: cut(message, 1024) }),
    ...(request === null ? {} : { request }),
    ...(timeToMitigateMs === null ? {} : { timeToMitigateSeconds: timeToMitigateMs / 1000 }),
    ...(timeToRestoreMs === null ? {} : { timeToRestoreSeconds: timeToRestoreMs / 1000 }),
    ...(recoveryTimeSeconds === null ? {} : { recoveryTimeSeconds }),
    // What was not begun was not held to anything.
    ...(result === 'Skipped' ? {} : { recovery: recoveryVerdict(outcome) }),
    restored,
    steps: steps.slice(0, 72).map((each) => ({
      stage: each.stage ?? '',
      target: each.target,
      outcome: each.outcome,
      ...(each.reason === '' ? {} : { reason: cut(each.reason, 63) }),
      ...(each.message === '' ? {} : { message: cut(each.message, 256) }),
    })),
    ...(incident === null ? {} : { incidentRef: { name: incident } }),
  };
}

/** Reverse of `drillToStatus`. */
export function drillFromStatus(status: LastDrill): DrillOutcome {
  const { at, scope: where, result, reason = '', message = '', request = null, restored, incidentRef } = status;
  const { timeToMitigateSeconds, timeToRestoreSeconds, recoveryTimeSeconds = null } = status;
  // Of whole milliseconds: 1.001 * 1000 is not.
  const inMs = (read: number | undefined): number | null => (read === undefined ? null : Math.round(read * 1000));
  return {
    atMs: fromInstant(at),
    ...{ scope: where, result, reason, message, request, restored },
    steps: status.steps.map((each) => ({ reason: '', message: '', ...each, stage: each.stage === '' ? null : each.stage })),
    timeToMitigateMs: inMs(timeToMitigateSeconds),
    timeToRestoreMs: inMs(timeToRestoreSeconds),
    recoveryTimeSeconds,
    incident: incidentRef?.name ?? null,
  };
}
