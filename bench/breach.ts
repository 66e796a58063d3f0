import type { AuditedRequest } from '../testbed/audit-log.ts';

/** One model made bad, as the bench saw it: wall-clock milliseconds. */
export interface Breach {
  readonly model: string;
  /** From when on whoever asks the provider sees the bad value; never later than the truth. */
  readonly visibleAtMs: number;
  /** When the first answer that carried it was handed to the socket; null where nobody can tell. */
  readonly servedAtMs: number | null;
  /** When the model was made good again. */
  readonly clearedAtMs: number;
  /** The live route was seen with the candidate under the cap before that. */
  readonly capped: boolean;
}

export interface BreachTimes {
  readonly visibleToPatchedMs: readonly number[];
  /** Of the breaches whose answer was stamped. */
  readonly queryToPatchedMs: readonly number[];
  /** Models whose breach was not answered by a patch that capped the route before it was cleared. */
  readonly missed: readonly string[];
}

/** Finds for each breach the first patch of its route the API server accepted after it. Routes are named like their models. */
export function timeBreaches(breaches: readonly Breach[], requests: readonly AuditedRequest[]): BreachTimes {
  const accepted = requests.filter(
    ({ verb, resource, subresource, status }) => verb === 'patch' && resource === 'httproutes' && subresource === '' && status === 200,
  );
  const timed = breaches.map((breach) => ({ breach, patchedAtMs: patchedAt(breach, accepted) }));
  const answered = timed.flatMap(({ breach, patchedAtMs }) => (patchedAtMs === null ? [] : [{ ...breach, patchedAtMs }]));
  return {
    visibleToPatchedMs: answered.map(({ visibleAtMs, patchedAtMs }) => patchedAtMs - visibleAtMs),
    queryToPatchedMs: answered.flatMap(({ servedAtMs, patchedAtMs }) => (servedAtMs === null ? [] : [patchedAtMs - servedAtMs])),
    missed: timed.flatMap(({ breach, patchedAtMs }) => (patchedAtMs === null ? [breach.model] : [])),
  };
}

function patchedAt({ model, visibleAtMs, clearedAtMs, capped }: Breach, patches: readonly AuditedRequest[]): number | null {
  const times = patches
    .filter(({ name, answeredAtMs }) => name === model && answeredAtMs > visibleAtMs && answeredAtMs < clearedAtMs)
    .map(({ answeredAtMs }) => answeredAtMs);
  return capped && times.length > 0 ? Math.min(...times) : null;
}
