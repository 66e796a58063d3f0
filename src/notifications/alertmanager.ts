import type { EpochMs } from '../shared/clock.ts';
import type { Notice, NoticeMessage, ReportDuty } from './notice.ts';
import { wordingOf } from './wording.ts';

/** How often an Alertmanager is told again what fires: it forgets all alerts when it restarts. Its documentation asks for 30 s to 3 min. */
export const refreshMs = 60_000;

/** Stages of an engagement in the order they were first in force. */
function stagesOf({ incident }: Notice): readonly string[] {
  const steps = incident.entries.filter(({ type }) =>
    ['Proposed', 'Engaged', 'Escalated', 'SteppedDown', 'WouldApply', 'Latched'].includes(type),
  );
  return [...new Set(steps.map(({ after }) => after))].filter((after) => after !== '' && after !== 'none');
}

function currentStage({ incident }: Notice): string | undefined {
  return incident.entries.findLast(
    ({ type, after }) => ['Proposed', 'Engaged', 'Escalated', 'SteppedDown', 'WouldApply'].includes(type) && after !== 'none',
  )?.after;
}

interface AlertTimes {
  readonly receiver: string;
  /** Until when what holds now fires unless it is told again. */
  readonly holdsUntil: string;
}

interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
}

/** What all alerts of an incident say of it. */
function annotationsOf({ incident }: Notice, summary: string, description: string): Alert['annotations'] {
  const links = Object.fromEntries(incident.links.map(({ name, url }) => [`${name}_url`, url]));
  return { summary, description, incident_uid: incident.uid, owner: incident.owner ?? '', ...links };
}

function stageAlerts(notice: Notice, { receiver, holdsUntil }: AlertTimes): readonly Alert[] {
  const { incident, newest } = notice;
  const { namespace, name, plan, risk, openedAt, severity } = incident;
  const { title, what, remedy, stake } = wordingOf(notice);
  const annotations = { ...annotationsOf(notice, title, `${what} ${remedy}`), ...(stake === null ? {} : { stake }), id: notice.id };
  const alert = (labels: Readonly<Record<string, string>>, fires: boolean): Alert => ({
    labels: { namespace, ...labels, risk, incident: name, receiver },
    annotations,
    startsAt: openedAt,
    endsAt: fires ? holdsUntil : newest.at,
  });
  if (plan === null) return [alert({ alertname: 'ModelRiskIncidentReported', severity }, !notice.isOver)];
  const current = notice.isOver ? undefined : currentStage(notice);
  const stages = stagesOf(notice);
  return (stages.length === 0 ? ['none'] : stages).map((stage) =>
    alert({ alertname: 'ModelRiskEngaged', plan, stage }, stage === current || (stages.length === 0 && !notice.isOver)),
  );
}

/** One alert a state: one that is overdue is news to who has silenced the one that was due soon. */
function dutyAlerts(notice: Notice, duty: ReportDuty, { receiver, holdsUntil }: AlertTimes): readonly Alert[] {
  const { namespace, name, risk, openedAt } = notice.incident;
  const { title, what, remedy } = wordingOf({ ...notice, occasion: 'Duty', duty });
  return (['DueSoon', 'Overdue'] as const).map((state) => ({
    labels: { alertname: 'ModelRiskReportDue', namespace, risk, incident: name, reporting: duty.name, state, receiver },
    annotations: annotationsOf(notice, title, `${what} ${remedy}`),
    startsAt: openedAt,
    endsAt: state === duty.state ? holdsUntil : notice.newest.at,
  }));
}

/**
 * Alertmanager API v2, `POST /api/v2/alerts` (its openapi.yaml): alerts are told apart by their labels only, so each stage is an alert
 * and a step up is news there too. What is in force fires until `holdMs` from now unless it is told again; all else is resolved.
 */
export function alertmanagerMessage(
  notice: Notice,
  { receiver, nowMs, holdMs }: { receiver: string; nowMs: EpochMs; holdMs: number },
): NoticeMessage {
  const times = { receiver, holdsUntil: new Date(nowMs + holdMs).toISOString() };
  const firing = notice.incident.duties.filter(({ state }) => state !== 'Filed');
  const alerts =
    notice.duty === null
      ? [...stageAlerts(notice, times), ...firing.flatMap((duty) => dutyAlerts(notice, duty, times))]
      : dutyAlerts(notice, notice.duty, times);
  return { path: '/api/v2/alerts', contentType: 'application/json', body: JSON.stringify(alerts) };
}
