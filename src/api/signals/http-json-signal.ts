import { canonicalJSON } from '../../shared/canonical-json.ts';
import { failure, success, type Result } from '../../shared/result.ts';
import type { ScalesWith } from '../../core/model/indicator.ts';
import type { Served } from '../../core/model/observation.ts';
import type { IndicatorSpec } from '../model-risk.ts';
import type { RiskPolicySpec, SignalTemplate } from '../risk-policy.ts';
import { needlessField } from './needless-field.ts';

export type HTTPJSONTemplate = Extract<SignalTemplate, { readonly httpJSON: unknown }>;

export interface ResolvedHTTPJSONSignal {
  readonly kind: 'HTTPJSON';
  readonly shape: string;
  readonly provider: string;
  readonly query: string;
  readonly pointers: { readonly value: string; readonly time: string; readonly sampleCount: string | null };
  readonly windowSeconds: number;
  readonly measurableIn: readonly Served[];
  readonly scalesWith: ScalesWith;
}

/** Failure: one sentence. */
export function resolveHTTPJSONSignal(
  spec: IndicatorSpec,
  template: HTTPJSONTemplate,
  { providers }: RiskPolicySpec,
): Result<ResolvedHTTPJSONSignal, string> {
  const subject = `indicator ${spec.name}: signal ${template.name}`;
  const provider = providers.find(({ name }) => name === template.provider);
  if (provider === undefined) return failure(`${subject} names provider ${template.provider}, which the policy does not have`);
  if (!('httpJSON' in provider))
    return failure(`${subject} reads JSON, and provider ${provider.name} is a Prometheus; name a provider with httpJSON or have one added`);
  const needless = needlessField(spec);
  if (needless !== null) return failure(`${subject} is no statistic; leave ${needless} out`);
  if (template.httpJSON.sampleCount === undefined && (spec.minSamples ?? 0) > 0)
    return failure(`${subject} counts no rows (it has no sampleCount); write minSamples: 0 or have a sampleCount added`);
  return success(httpJSONSignal(template));
}

export function httpJSONSignal({ provider, httpJSON, windowSeconds, measurableIn, scalesWith }: HTTPJSONTemplate): ResolvedHTTPJSONSignal {
  const { path, value, time, sampleCount = null } = httpJSON;
  const shape = canonicalJSON(['HTTPJSON', provider, path]);
  return {
    ...{ kind: 'HTTPJSON', shape, provider, query: path, pointers: { value, time, sampleCount } },
    ...{ windowSeconds, measurableIn, scalesWith },
  };
}
