import * as z from 'zod';
import { canonicalJSON } from '../../shared/canonical-json.ts';
import { failure, success, type Result } from '../../shared/result.ts';
import type { ScalesWith } from '../../core/model/indicator.ts';
import type { Served } from '../../core/model/observation.ts';
import type { IndicatorSpec } from '../model-risk.ts';
import type { RiskPolicySpec, SignalTemplate } from '../risk-policy.ts';
import { needlessField } from './needless-field.ts';

const pointer = (description: string) =>
  z
    .string()
    .max(256)
    .regex(/^(\/([^~/]|~[01])*)*$/)
    .meta({ description });

export const httpJSONSchema = z
  .object({
    path: z
      .string()
      .min(1)
      .max(1024)
      .regex(/^\/[\x21-\x7e]*$/)
      .meta({
        description:
          'Path and query below the URL of the provider. {namespace}, {model} and {version} stand for those of the ModelRisk, percent-encoded. Without {version} the answer speaks for every version.',
      }),
    value: pointer('JSON pointer (RFC 6901) to the value, a number: /drift/psi.'),
    time: pointer(
      'JSON pointer to the time of the data, RFC 3339 text or seconds since 1970. It must be when the data was measured, never when the answer was made: a service that froze must look old.',
    ),
    sampleCount: pointer(
      'JSON pointer to the rows behind the value. Left out: sample counts are unknown and minSamples must be 0.',
    ).exactOptional(),
  })
  .meta({ description: 'A value read from a service that answers JSON: one request for each model.' });

/** What is wrong beyond the characters of a path is found when it is read. */
export const httpJSONRules = [
  {
    rule: `!has(self.httpJSON) || self.httpJSON.path.contains('{model}') || self.httpJSON.path.contains('{namespace}')`,
    fieldPath: '.httpJSON.path',
    message: 'let the path name whom it is asked about: write {namespace} and {model} into it',
  },
] as const;

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
