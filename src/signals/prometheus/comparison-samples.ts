import { growSample, type ComparisonSample, type PolledWindow, type SampleRule } from '../../core/statistics/comparison-sample.ts';
import type { StatisticGap } from '../../core/statistics/reading.ts';
import type { Result } from '../../shared/result.ts';
import type { SignalRequest } from '../port.ts';

/** Versions and kinds of answers one signal is asked for at a time, and as many that it was asked for before. */
const maxPerSignal = 8;

/** What comparisons have added up so far. */
export interface ComparisonSamples {
  grow(request: SignalRequest, polled: PolledWindow, rule: SampleRule): Result<ComparisonSample | null, StatisticGap>;
}

/**
 * In memory only, and kept for as long as a signal is: a restart or an edit of risk or policy makes another signal, so its samples begin anew. That is the
 * safe side: what little is known then is Insufficient, and holds.
 */
export function createComparisonSamples(): ComparisonSamples {
  const bySignal = new WeakMap<SignalRequest['signal'], Map<string, ComparisonSample>>();
  return {
    grow({ signal, identity, served }, polled, rule) {
      const samples = bySignal.get(signal) ?? new Map<string, ComparisonSample>();
      bySignal.set(signal, samples);
      const key = JSON.stringify([identity.namespace, identity.model, identity.version, served]);
      const grown = growSample(samples.get(key) ?? null, polled, rule);
      if (!grown.ok) return grown;
      // Set again at each poll, so that the first one is whoever was asked for longest ago.
      samples.delete(key);
      if (grown.value !== null) samples.set(key, grown.value);
      const [oldest] = samples.keys();
      if (samples.size > maxPerSignal && oldest !== undefined) samples.delete(oldest);
      return grown;
    },
  };
}
