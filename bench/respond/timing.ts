import type { AuditedRequest } from '../../testbed/audit-log.ts';

/** One breach as the bench saw it: wall-clock milliseconds. */
export interface Struck {
  readonly namespace: string;
  /** From when on whoever asks the provider is told. */
  readonly visibleAtMs: number;
  /** When the first answer that carried it was handed to the socket; null: nobody asked. */
  readonly servedAtMs: number | null;
  /** When the model was made good again. */
  readonly clearedAtMs: number;
  /** The target was seen to carry the constraint before that. */
  readonly held: boolean;
}

export interface ResponseTimes {
  readonly breachToPatchMs: readonly number[];
  readonly answerToPatchMs: readonly number[];
  /** Breaches that were not answered by a patch before they were over. */
  readonly missed: number;
}

/** Finds for each breach the first patch of its target (named `credit`) the API server accepted after it. */
export function timeResponses(struck: readonly Struck[], requests: readonly AuditedRequest[], plural: string): ResponseTimes {
  const patches = requests.filter(
    ({ verb, resource, subresource, name, status }) =>
      verb === 'patch' && resource === plural && subresource === '' && name === 'credit' && status === 200,
  );
  const timed = struck.flatMap((breach) => {
    const { namespace, visibleAtMs, clearedAtMs, held } = breach;
    const answers = patches
      // A watch may show what a patch did before the server has written down that it answered.
      .filter((patch) => patch.namespace === namespace && patch.answeredAtMs > visibleAtMs && patch.receivedAtMs < clearedAtMs)
      .map(({ answeredAtMs }) => answeredAtMs);
    return held && answers.length > 0 ? [{ breach, patchedAtMs: Math.min(...answers) }] : [];
  });
  return {
    breachToPatchMs: timed.map(({ breach, patchedAtMs }) => patchedAtMs - breach.visibleAtMs),
    answerToPatchMs: timed.flatMap(({ breach, patchedAtMs }) => (breach.servedAtMs === null ? [] : [patchedAtMs - breach.servedAtMs])),
    missed: struck.length - timed.length,
  };
}
