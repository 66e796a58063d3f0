import type { Notice, NoticeMessage } from './notice.ts';
import { wordingOf } from './wording.ts';

/**
 * CloudEvents 1.0.2, HTTP protocol binding, structured mode. `source` and `id` together are unique for each notice and the same for each
 * attempt, as the specification asks: a consumer that has seen them drops the event.
 */
export function cloudEventMessage(notice: Notice): NoticeMessage {
  const { incident, newest, occasion, earlier, duty, isOver } = notice;
  const { title, what, remedy, stake } = wordingOf(notice);
  const { namespace, plan, risk, name, uid, owner, openedAt, severity, links } = incident;
  const about = plan === null ? `modelrisks/${encodeURIComponent(risk)}` : `mitigationplans/${encodeURIComponent(plan)}`;
  const event = {
    specversion: '1.0',
    id: notice.id,
    source: `/apis/modelrisk.dev/v1alpha1/namespaces/${encodeURIComponent(namespace)}/${about}`,
    type: duty === null ? `dev.modelrisk.incident.${newest.type.toLowerCase()}` : `dev.modelrisk.report.${duty.state.toLowerCase()}`,
    subject: name,
    time: newest.at,
    datacontenttype: 'application/json',
    data: {
      title,
      what,
      remedy,
      occasion,
      isOver,
      namespace,
      plan,
      risk,
      owner,
      openedAt,
      severity,
      links,
      incident: { name, uid },
      entry: newest,
      earlier,
      ...(stake === null ? {} : { stake }),
      ...(duty === null ? {} : { duty }),
    },
  };
  return { path: '', contentType: 'application/cloudevents+json; charset=utf-8', body: JSON.stringify(event) };
}
