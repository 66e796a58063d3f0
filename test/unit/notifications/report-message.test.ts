import { describe, expect, it } from '@jest/globals';
import { reportCloudEvent, reportWebhookMessage } from '../../../src/notifications/report-message.ts';
import type { ReportParcel } from '../../../src/notifications/report-message.ts';

const parcel: ReportParcel = {
  id: 'uid-1/report/weekly/2026-12-01T08:00:00.000Z',
  policy: 'default',
  name: 'weekly',
  due: '2026-12-01T08:00:00.000Z',
  title: 'Model risk',
  scope: 'all namespaces <!channel>',
  format: 'md',
  content: '# Model risk\n\n<!channel> & more\n',
};

describe('to a webhook', () => {
  it('markdown is the text, and calls nobody', () => {
    const { body, contentType } = reportWebhookMessage(parcel);
    expect(contentType).toBe('application/json');
    expect(JSON.parse(body)).toEqual({
      text: '*Model risk* (report weekly of RiskPolicy default, due 2026-12-01T08:00:00.000Z): all namespaces &lt;!channel&gt;\n\n# Model risk\n\n&lt;!channel&gt; &amp; more\n',
    });
  });

  it.each([
    ['html', 'text/html'],
    ['json', 'application/json'],
    ['csv', 'text/csv'],
  ] as const)('%s stands beside the line that announces it, as it is', (format, mediaType) => {
    const { text, report } = JSON.parse(reportWebhookMessage({ ...parcel, format }).body) as { text: string; report: object };
    expect(text).not.toContain('# Model risk');
    expect(report).toEqual({
      id: parcel.id,
      policy: 'default',
      name: 'weekly',
      due: parcel.due,
      format,
      mediaType,
      content: parcel.content,
    });
  });
});

it('as a CloudEvent it carries all of it as data, under an id that is the same each time', () => {
  const { body, contentType } = reportCloudEvent({ ...parcel, policy: 'a policy' });
  expect(contentType).toBe('application/cloudevents+json; charset=utf-8');
  expect(JSON.parse(body)).toEqual({
    ...{ specversion: '1.0', id: parcel.id, source: '/apis/modelrisk.dev/v1alpha1/riskpolicies/a%20policy' },
    ...{ type: 'dev.modelrisk.report', subject: 'weekly', time: parcel.due, datacontenttype: 'application/json' },
    data: {
      ...{ policy: 'a policy', name: 'weekly', due: parcel.due, title: 'Model risk', scope: parcel.scope },
      ...{ format: 'md', mediaType: 'text/markdown', content: parcel.content },
    },
  });
});
