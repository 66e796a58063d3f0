import { stringify } from 'yaml';
import { toInstant } from '../api/instant.ts';
import { readsOwnSignal, type IndicatorSpec, type ModelRisk } from '../api/model-risk.ts';
import { resolveTemplateAlone } from '../api/resolve-signal.ts';
import type { RiskPolicySpec, SignalTemplate } from '../api/risk-policy.ts';
import { indicatorInForce, riskTerms } from '../api/terms.ts';
import {
  maxBounds,
  maxCategories,
  maxCategoryLength,
  referenceDigest,
  type KeptReference,
  type PinnedReference,
} from '../api/signals/drift-reference.ts';
import { readTier } from './read-tier.ts';
import { keptIn, writeConfigMap, type ReferenceConfigMap } from './reference-config-map.ts';
import { countedBy } from '../api/signals/drift.ts';
import { toIdentity } from '../api/to-core.ts';
import type { Served } from '../core/model/observation.ts';
import { captureCounts, countsOf, leastRows, type CapturedCounts } from '../core/statistics/drift-capture.ts';
import type { ObjectReference, UntypedObject } from '../kube/kube-object.ts';
import type { ResourceClient } from '../kube/resource-client.ts';
import type { EpochMs } from '../shared/clock.ts';
import type { JSONValue } from '../shared/json.ts';
import { failure, success, type Result } from '../shared/result.ts';
import type { ProviderAddress } from '../signals/provider.ts';
import type { CountRequest, CountsRead } from '../signals/prometheus/count-reader.ts';

export interface CaptureOptions {
  readonly clients: {
    readonly risks: Pick<ResourceClient<UntypedObject>, 'get' | 'patch'>;
    readonly policies: Pick<ResourceClient<UntypedObject>, 'get'>;
    readonly configMaps: Pick<ResourceClient<UntypedObject>, 'get' | 'create' | 'patch'>;
  };
  readonly namespace: string;
  readonly name: string;
  readonly indicator: string;
  /** Address to ask instead of the provider's, which may be known inside of the cluster only. */
  readonly url: string | null;
  /** Keeps the counts; null: the ModelRisk does. */
  readonly configMap: string | null;
  /** Writes the reference into the ModelRisk. */
  readonly apply: boolean;
  readonly nowMs: EpochMs;
  readonly ask: (provider: ProviderAddress, request: CountRequest) => Promise<Result<CountsRead, string>>;
}

export interface CaptureReport {
  readonly modelRisk: string;
  readonly indicator: string;
  readonly version: string;
  readonly served: Served;
  readonly rows: number;
  readonly windowSeconds: number;
  readonly reference: PinnedReference | KeptReference;
  /** Where the counts are kept; null: in the reference itself. */
  readonly configMap: ReferenceConfigMap | null;
  /** Live rows that keep chance under half of the breach limit; null where none do, or none can be told. */
  readonly leastRows: number | null;
  readonly applied: boolean;
  readonly sentences: readonly string[];
}

type DriftTemplate = Extract<SignalTemplate, { readonly drift: unknown }>;

interface Found {
  readonly risk: ModelRisk;
  readonly place: ObjectReference;
  /** Place in spec.indicators. */
  readonly index: number;
  readonly indicator: IndicatorSpec;
  readonly template: DriftTemplate;
  readonly provider: ProviderAddress;
}

/** `kubectl modelrisk reference capture`: what the live window holds now, to be compared with from now on. Failure: one sentence. */
export async function captureReference(options: CaptureOptions): Promise<Result<CaptureReport, string>> {
  const found = await find(options);
  if (!found.ok) return found;
  const { risk, template, indicator, provider } = found.value;
  const signal = resolveTemplateAlone(template);
  if (signal.kind !== 'Statistic') return failure(`signal ${template.name} reads no counts`);
  const served = template.measurableIn.includes('Live') ? 'Live' : 'Shadow';
  const identity = toIdentity(risk);
  const counts = await options.ask(provider, { signal, identity, served });
  if (!counts.ok) return failure(`nothing was captured: ${counts.failure}`);
  const ageSeconds = Math.round((options.nowMs - counts.value.dataTimeMs) / 1000);
  if (ageSeconds > indicator.staleAfterSeconds)
    return failure(
      `nothing was captured: the newest sample is ${String(ageSeconds)} s old, limit ${String(indicator.staleAfterSeconds)} s`,
    );
  if (template.drift.feature !== undefined)
    return failure(
      `signal ${template.name} measures many features, and a pinned reference is of one; write signal.reference.seasonal or champion`,
    );
  const captured = captureCounts(countedBy(template.drift), counts.value.rows, { maxBounds, maxCategories, maxCategoryLength });
  if (!captured.ok) return failure(`nothing was captured: ${captured.failure}`);
  const inline = reportOf(found.value, captured.value, { served, dataTimeMs: counts.value.dataTimeMs });
  const report = options.configMap === null ? inline : { ...inline, ...keptIn(options.configMap, found.value.place, inline) };
  return options.apply ? write(options, found.value, report) : success(report);
}

/** As it is pasted under `signal` of the indicator, after the ConfigMap that is applied before; or as one JSON object. */
export function printReference({ reference, configMap, sentences }: CaptureReport, output: 'yaml' | 'json'): string {
  if (output === 'json') return `${JSON.stringify(configMap === null ? { reference } : { configMap, reference })}\n`;
  const asYAML = (value: object): string => stringify(value, { lineWidth: 0, flowCollectionPadding: false });
  const before = configMap === null ? '' : `${asYAML(configMap)}---\n`;
  return `${sentences.map((sentence) => `# ${sentence}\n`).join('')}${before}${asYAML({ reference })}`;
}

async function find({ clients, namespace, name, indicator: wanted, url }: CaptureOptions): Promise<Result<Found, string>> {
  const place = { namespace, name };
  const where = `ModelRisk ${namespace}/${name}`;
  const read = await readTier(clients, place);
  if (!read.ok) return read;
  const { risk, tier } = read.value;
  const policy = read.value.policy.spec;
  const { policyRef } = risk.spec;
  const indicators = riskTerms(risk.spec, tier).indicators.map(indicatorInForce);
  const index = indicators.findIndex((each) => each.name === wanted);
  const indicator = indicators[index];
  if (indicator === undefined)
    return failure(`${where} has no indicator ${wanted}; name one of ${indicators.map((each) => each.name).join(', ')}`);
  const template = readsOwnSignal(indicator) ? driftTemplateOf(indicator, policy) : null;
  if (template === null || !readsOwnSignal(indicator))
    return failure(`indicator ${wanted} of ${where} measures no drift; name one whose signal is a drift template`);
  const provider = policy.providers.find((each) => each.name === template.provider);
  if (provider === undefined) return failure(`RiskPolicy ${policyRef.name} has no provider ${template.provider}; have it added`);
  if (!('prometheus' in provider))
    return failure(`provider ${provider.name} of RiskPolicy ${policyRef.name} is no Prometheus; drift is measured from one`);
  const { prometheus } = provider;
  const asked = { name: provider.name, url: url ?? prometheus.url, timeoutSeconds: prometheus.timeoutSeconds };
  return success({ risk, place, index, indicator, template, provider: asked });
}

function driftTemplateOf({ signal }: IndicatorSpec, { signals }: RiskPolicySpec): DriftTemplate | null {
  const template = 'template' in signal ? signals.find(({ name }) => name === signal.template.name) : undefined;
  return template !== undefined && 'drift' in template ? template : null;
}

function reportOf(
  { risk, place, indicator, template }: Found,
  captured: CapturedCounts,
  { served, dataTimeMs }: { readonly served: Served; readonly dataTimeMs: EpochMs },
): CaptureReport & { readonly reference: PinnedReference; readonly configMap: null } {
  const { windowSeconds, drift } = template;
  const counts =
    captured.kind === 'Buckets'
      ? { upperBounds: [...captured.upperBounds], counts: [...captured.counts] }
      : { categories: [...captured.categories] };
  const reference = { ...counts, digest: referenceDigest(counts), capturedAt: toInstant(dataTimeMs) };
  const rows = countsOf(captured).reduce((sum, count) => sum + count, 0);
  const { breach } = indicator.threshold;
  const least = breach > 0 ? leastRows(drift, captured, breach / 2) : null;
  const { version } = risk.spec.model;
  const what = `${String(rows)} rows of version ${version} (${served.toLowerCase()} answers), ${String(windowSeconds)} s up to ${reference.capturedAt}.`;
  const enough =
    least === null
      ? `No number of live rows is known that keeps chance under half of its breach limit ${String(breach)}: capture a longer window if it stays Insufficient.`
      : `From about ${String(least)} live rows a window chance stays under half of its breach limit ${String(breach)} (${drift.metric}); with fewer it is Insufficient unless minSamples says otherwise.`;
  return {
    ...{ modelRisk: `${place.namespace ?? ''}/${place.name}`, indicator: indicator.name, version, served, rows, windowSeconds },
    ...{ reference, configMap: null, leastRows: least, applied: false },
    sentences: [`Reference of indicator ${indicator.name} of ModelRisk ${place.namespace ?? ''}/${place.name}: ${what}`, enough],
  };
}

async function write(
  { clients }: CaptureOptions,
  { place, index, indicator }: Found,
  report: CaptureReport,
): Promise<Result<CaptureReport, string>> {
  // First, so that the ModelRisk never names counts that are not there.
  const kept = report.configMap === null ? success(null) : await writeConfigMap(clients.configMaps, report.configMap);
  if (!kept.ok) return failure(`the reference was captured but not written: ${kept.failure}`);
  const path = `/spec/indicators/${String(index)}`;
  const sent = await clients.risks.patch(place, [
    // The place may belong to another indicator by now.
    { op: 'test', path: `${path}/name`, value: indicator.name },
    { op: 'add', path: `${path}/signal/reference`, value: report.reference as unknown as JSONValue },
  ]);
  if (!sent.ok) return failure(`the reference was captured but not written into ModelRisk ${report.modelRisk}: ${sent.failure.message}`);
  return success({
    ...report,
    applied: true,
    sentences: [
      ...report.sentences,
      report.configMap === null
        ? 'It is written into the ModelRisk.'
        : `It is written into ConfigMap ${report.configMap.metadata.name}, and named in the ModelRisk.`,
    ],
  });
}
