import * as z from 'zod';
import { canonicalJSON } from '../../shared/canonical-json.ts';
import { failure, success, type Result } from '../../shared/result.ts';
import type { ScalesWith } from '../../core/model/indicator.ts';
import type { Served } from '../../core/model/observation.ts';
import { requiredText, seconds } from '../fields.ts';
import type { IndicatorSpec } from '../model-risk.ts';
import type { SignalTemplate } from '../risk-policy.ts';
import { needlessField } from './needless-field.ts';

/** Provider of every signal that is sent to the operator; no policy may call one of its own so. */
export const inboxProvider = 'inbox';

export const pushSchema = z.object({}).meta({ description: 'A value pushed to the operator (POST /v1/readings): write push: {}.' });

export const alertSchema = z
  .object({
    alertName: requiredText(253, 'Label alertname of the alerts that count.'),
    heartbeat: requiredText(
      253,
      'Label alertname of an alert that always fires, routed here too. While it is notified, silence means that nothing fires. Without a namespace label it speaks for all namespaces. Left out: only a notification that an alert was resolved does.',
    ).exactOptional(),
    repeatSeconds: seconds(
      1,
      "Alertmanager's repeat_interval of the route. After a start of the operator, silence counts only when the heartbeat has been heard for so long, so that every alert that still fires has been notified again. Default 14400.",
    ).default(14_400),
  })
  .meta({ description: 'How many alerts of one name fire for the model, as an Alertmanager notifies the operator (POST /v1/alerts).' });

export type InboxTemplate = Extract<SignalTemplate, { readonly push: unknown } | { readonly alert: unknown }>;

interface Common {
  readonly shape: string;
  readonly provider: string;
  readonly query: string;
  readonly windowSeconds: number;
  readonly measurableIn: readonly Served[];
  readonly scalesWith: ScalesWith;
}

export type ResolvedInboxSignal =
  | (Common & { readonly kind: 'Push' })
  | (Common & {
      readonly kind: 'Alert';
      readonly heartbeat: string | null;
      readonly repeatSeconds: number;
      readonly identityLabels: {
        readonly namespace: string;
        readonly model: string;
        readonly version: string | null;
        readonly served: string | null;
      };
    });

export function isInboxTemplate(template: SignalTemplate): template is InboxTemplate {
  return 'push' in template || 'alert' in template;
}

/** Failure: one sentence. */
export function resolveInboxSignal(spec: IndicatorSpec, template: InboxTemplate): Result<ResolvedInboxSignal, string> {
  const subject = `indicator ${spec.name}: signal ${template.name}`;
  const needless = needlessField(spec);
  if (needless !== null) return failure(`${subject} is no statistic; leave ${needless} out`);
  if ('alert' in template && (spec.minSamples ?? 0) > 0) return failure(`${subject} counts alerts and no rows; write minSamples: 0`);
  return success(inboxSignal(template));
}

export function inboxSignal(template: InboxTemplate): ResolvedInboxSignal {
  const { name, windowSeconds, measurableIn, scalesWith } = template;
  const common = { provider: inboxProvider, windowSeconds, measurableIn, scalesWith };
  if ('push' in template) return { kind: 'Push', ...common, shape: canonicalJSON(['Push', name]), query: name };
  const { alertName, heartbeat = null, repeatSeconds } = template.alert;
  const { namespace, model, version = null, served = null } = template.identity;
  return {
    ...{ kind: 'Alert', ...common, query: alertName, heartbeat, repeatSeconds },
    shape: canonicalJSON(['Alert', alertName, heartbeat, repeatSeconds, namespace, model, version, served]),
    identityLabels: { namespace, model, version, served },
  };
}
