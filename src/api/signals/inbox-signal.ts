import { canonicalJSON } from '../../shared/canonical-json.ts';
import { failure, success, type Result } from '../../shared/result.ts';
import type { ScalesWith } from '../../core/model/indicator.ts';
import type { Served } from '../../core/model/observation.ts';
import type { IndicatorSpec } from '../model-risk.ts';
import type { SignalTemplate } from '../risk-policy.ts';
import { inboxProvider } from './inbox.ts';
import { needlessField } from './needless-field.ts';

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
