import type { NoticeMessage } from './notice.ts';
import { escapeText } from './webhook.ts';

/** A report as it leaves. */
export interface ReportParcel {
  /** The same for each attempt and after a restart: receivers that know it have it. */
  readonly id: string;
  readonly policy: string;
  readonly name: string;
  /** RFC 3339: the time it is due for. */
  readonly due: string;
  readonly title: string;
  readonly scope: string;
  readonly format: 'md' | 'html' | 'json' | 'csv';
  readonly content: string;
}

const mediaTypes = { md: 'text/markdown', html: 'text/html', json: 'application/json', csv: 'text/csv' } as const;

/** A chat room reads markdown; what only programs and browsers read stands beside the line that announces it. */
export function reportWebhookMessage(parcel: ReportParcel): NoticeMessage {
  const { id, policy, name, due, title, scope, format, content } = parcel;
  const head = `*${escapeText(title)}* (report ${escapeText(name)} of RiskPolicy ${escapeText(policy)}, due ${due}): ${escapeText(scope)}`;
  const body =
    format === 'md'
      ? { text: `${head}\n\n${escapeText(content)}` }
      : { text: head, report: { id, policy, name, due, format, mediaType: mediaTypes[format], content } };
  return { path: '', contentType: 'application/json', body: JSON.stringify(body) };
}

/** CloudEvents 1.0.2, structured mode, as notices are; `source` and `id` tell the same report from another. */
export function reportCloudEvent(parcel: ReportParcel): NoticeMessage {
  const { id, policy, name, due, title, scope, format, content } = parcel;
  const event = {
    specversion: '1.0',
    id,
    source: `/apis/modelrisk.dev/v1alpha1/riskpolicies/${encodeURIComponent(policy)}`,
    type: 'dev.modelrisk.report',
    subject: name,
    time: due,
    datacontenttype: 'application/json',
    data: { policy, name, due, title, scope, format, mediaType: mediaTypes[format], content },
  };
  return { path: '', contentType: 'application/cloudevents+json; charset=utf-8', body: JSON.stringify(event) };
}
