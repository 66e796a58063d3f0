import { pathProblem } from './http-json/path.ts';
import type { AskedSignal, ClusterSignal } from './port.ts';
import { labelProblem, planQuery } from './prometheus/query-plan.ts';

/** What is wrong with a signal whatever a provider answers, for its author; null when it can be asked. `namespace` is that of an inline query. */
export function signalProblem(signal: AskedSignal, namespace: string): string | null {
  if (signal.kind === 'HTTPJSON') return pathProblem(signal.query);
  // What is pushed is asked of nobody, and what the state of the cluster needs only a model can lack.
  if (signal.kind === 'Push' || signal.kind === 'Alert' || signal.kind === 'Cluster') return null;
  const plan = planQuery(signal, { namespace, only: null });
  if (!plan.ok) return plan.failure.message;
  return signal.kind === 'Inline' ? null : labelProblem(signal);
}

/** What a model lacks for a signal that reads the state of the cluster: the end of a sentence about it; null when nothing. */
export function clusterSignalProblem({ measure, references }: ClusterSignal, imageDigest: string | undefined): string | null {
  if (references.length === 0) return 'reads what the model runs on, and spec.workloadRefs names nothing; write its Deployment there';
  if (measure.kind === 'UnapprovedPods' && measure.isByDigest && imageDigest === undefined)
    return 'compares images with spec.model.imageDigest, which is not written; write the digest of the approved image';
  return null;
}
