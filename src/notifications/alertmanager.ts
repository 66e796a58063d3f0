import type { EpochMs } from '../shared/clock.ts';
import type { Notice, NoticeMessage } from './notice.ts';
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

/**
 * Alertmanager API v2, `POST /api/v2/alerts` (its openapi.yaml): alerts are told apart by their labels only, so each stage is an alert
 * and a step up is news there too. The alert of the stage in force fires until `holdMs` from now unless it is told again; all others are resolved.
 */
export function alertmanagerMessage(
  notice: Notice,
  { receiver, nowMs, holdMs }: { receiver: string; nowMs: EpochMs; holdMs: number },
): NoticeMessage {
  const { incident, newest } = notice;
  const { title, what, remedy } = wordingOf(notice);
  const current = notice.isOver ? undefined : currentStage(notice);
  const stages = stagesOf(notice);
  const alerts = (stages.length === 0 ? ['none'] : stages).map((stage) => ({
    labels: {
      alertname: 'ModelRiskEngaged',
      namespace: incident.namespace,
      plan: incident.plan,
      risk: incident.risk,
      incident: incident.name,
      stage,
      receiver,
    },
    annotations: {
      summary: title,
      description: `${what} ${remedy}`,
      incident_uid: incident.uid,
      id: notice.id,
      owner: incident.owner ?? '',
    },
    startsAt: incident.openedAt,
    endsAt: stage === current || (stages.length === 0 && !notice.isOver) ? new Date(nowMs + holdMs).toISOString() : newest.at,
  }));
  return { path: '/api/v2/alerts', contentType: 'application/json', body: JSON.stringify(alerts) };
}
