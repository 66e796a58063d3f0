import { canonicalJSON } from '../../shared/canonical-json.ts';
import { failure, success, type Result } from '../../shared/result.ts';
import type { ScalesWith } from '../../core/model/indicator.ts';
import type { Served } from '../../core/model/observation.ts';
import type { WorkloadMeasure, WorkloadReference } from '../../core/workload/measure.ts';
import type { IndicatorSpec } from '../model-risk.ts';
import type { SignalTemplate } from '../risk-policy.ts';
import { needlessField } from './needless-field.ts';
import { postureMeasure } from './posture.ts';
import { reportMeasure } from './report.ts';
import { workloadMeasure } from './workload.ts';

/** Provider of every signal that is read from the state of the cluster; no policy may call one of its own so. */
export const clusterProvider = 'cluster';

/** Seconds the metrics API averages over, at most. */
const usageWindowSeconds = 60;

export type ClusterTemplate = Extract<
  SignalTemplate,
  { readonly workload: unknown } | { readonly posture: unknown } | { readonly report: unknown }
>;

/** Whose state answers it, and what is made of it. */
export interface ResolvedClusterSignal {
  readonly kind: 'Cluster';
  readonly references: readonly WorkloadReference[];
  readonly measure: WorkloadMeasure;
  readonly shape: string;
  readonly provider: string;
  readonly query: string;
  readonly windowSeconds: number;
  readonly measurableIn: readonly Served[];
  readonly scalesWith: ScalesWith;
}

export function isClusterTemplate(template: SignalTemplate): template is ClusterTemplate {
  return 'workload' in template || 'posture' in template || 'report' in template;
}

/** Failure: one sentence. That the ModelRisk names no workloads is no failure: its readings then say so. */
export function resolveClusterSignal(
  spec: IndicatorSpec,
  template: ClusterTemplate,
  model: { readonly namespace: string; readonly workloadRefs?: readonly WorkloadReference[] },
): Result<ResolvedClusterSignal, string> {
  const needless = needlessField(spec);
  if (needless !== null)
    return failure(`indicator ${spec.name}: signal ${template.name} reads the state of the cluster; leave ${needless} out`);
  return success(clusterSignal(template, model));
}

/** As it is read for a model; without one, as its author wrote it. */
export function clusterSignal(
  template: ClusterTemplate,
  { namespace = '', workloadRefs = [] }: { readonly namespace?: string; readonly workloadRefs?: readonly WorkloadReference[] } = {},
): ResolvedClusterSignal {
  const measure = measureOf(template);
  const references = workloadRefs.map(({ kind, name }) => ({ kind, name }));
  const { measurableIn, scalesWith } = template;
  const windowSeconds = 'workload' in template ? template.windowSeconds : undefined;
  return {
    kind: 'Cluster',
    // All of one kind in one namespace are answered together, from one reading of it.
    shape: canonicalJSON(['Cluster', measure.kind, namespace]),
    provider: clusterProvider,
    query: `${describe(template)} of ${references.map(({ kind, name }) => `${kind} ${name}`).join(', ')}`,
    // What is as it is now has no window, but the evidence for a stage is counted in whole seconds.
    windowSeconds: windowSeconds ?? (measure.kind === 'Usage' ? usageWindowSeconds : 1),
    measurableIn,
    scalesWith,
    references,
    measure,
  };
}

/** One line for each, here and below. */
function measureOf(template: ClusterTemplate): WorkloadMeasure {
  if ('workload' in template) return workloadMeasure(template.workload);
  return 'posture' in template ? postureMeasure(template.posture) : reportMeasure(template.report);
}

function describe(template: ClusterTemplate): string {
  if ('workload' in template) return template.workload.measure;
  return 'posture' in template ? `posture (${template.posture.checks.join(', ')})` : template.report.kind;
}
