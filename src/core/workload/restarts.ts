import type { EpochMs } from '../../shared/clock.ts';
import type { Pod, PodContainer, RestartHistory } from './facts.ts';
import { gap, isCount, listing, reading, sum, type WorkloadResult } from './reading.ts';

/** How often containers restarted in a window that ends now. Where that is not known it lies between `low` and `high`. */
interface Restarts {
  readonly low: number;
  readonly high: number;
}

export interface RestartQuestion {
  readonly nowMs: EpochMs;
  readonly windowSeconds: number;
  readonly historyOf: (pod: Pod, container: string) => RestartHistory | null;
}

/** Restarts of the containers of these pods within the window. */
export function readRestarts(pods: readonly Pod[], question: RestartQuestion): WorkloadResult {
  const odd = pods.find(({ containers }) => containers.some(({ restarts }) => !isCount(restarts)));
  if (odd !== undefined)
    return gap('NotANumber', `the restarts of a container of pod ${odd.name} are not a count`, 'Check the status of the pod.');
  const each = pods.flatMap((pod) =>
    pod.containers.map((container) => ({ name: `${container.name} of pod ${pod.name}`, ...restartsOf(pod, container, question) })),
  );
  const low = sum(each.map((restarts) => restarts.low));
  const high = sum(each.map((restarts) => restarts.high));
  const restarted = each.filter((restarts) => restarts.high > 0).sort((a, b) => b.high - a.high);
  return reading(low, {
    sampleCount: pods.length,
    interval: low === high ? null : { low, high },
    computation: { statistic: 'Restarts', parameters: { windowSeconds: question.windowSeconds }, counts: { restarts: [low, high] } },
    detail: listing(restarted.map(({ name, ...restarts }) => `${name} restarted ${times(restarts)}`)),
  });
}

function times({ low, high }: Restarts): string {
  return low === high ? `${String(low)} times` : `${String(low)} to ${String(high)} times`;
}

function restartsOf(pod: Pod, container: PodContainer, { nowMs, windowSeconds, historyOf }: RestartQuestion): Restarts {
  const fromMs = nowMs - windowSeconds * 1000;
  const total = container.restarts;
  // All its restarts lie in the window, whoever saw them.
  if (pod.createdAtMs >= fromMs) return { low: total, high: total };
  const unknown = { unseen: total, unseenUntilMs: container.endedAtMs ?? nowMs, lastUnseenAtMs: container.endedAtMs, seenAtMs: [] };
  const { unseen, unseenUntilMs, lastUnseenAtMs, seenAtMs } = historyOf(pod, container.name) ?? unknown;
  const seen = seenAtMs.filter((atMs) => atMs > fromMs).length;
  // Of what happened before anybody looked only the last end is known: with that before the window all others are too.
  if (unseen === 0 || unseenUntilMs <= fromMs) return { low: seen, high: seen };
  return { low: seen + (lastUnseenAtMs !== null && lastUnseenAtMs > fromMs ? 1 : 0), high: seen + unseen };
}
