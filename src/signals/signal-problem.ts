import { pathProblem } from './http-json/path.ts';
import type { AskedSignal } from './port.ts';
import { labelProblem, planQuery } from './prometheus/query-plan.ts';

/** What is wrong with a signal whatever a provider answers, for its author; null when it can be asked. `namespace` is that of an inline query. */
export function signalProblem(signal: AskedSignal, namespace: string): string | null {
  if (signal.kind === 'HTTPJSON') return pathProblem(signal.query);
  // What is pushed is asked of nobody.
  if (signal.kind === 'Push' || signal.kind === 'Alert') return null;
  const plan = planQuery(signal, { namespace, only: null });
  if (!plan.ok) return plan.failure.message;
  return signal.kind === 'Inline' ? null : labelProblem(signal);
}
