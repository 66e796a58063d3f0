import { parseModelRisk } from '../api/model-risk.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { ResourceClient } from '../kube/resource-client.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import { bySoonestReview, toReviewLine } from '../report/review-line.ts';
import type { ReviewLine } from '../report/review-line.ts';
import { listAll } from './list-all.ts';

export interface Reviews {
  readonly models: readonly ReviewLine[];
  /** Minutes of the last reviews of these models. */
  readonly minutesSpent: number;
  /** ModelRisks of a schema this version can't read: whether their reviews are due nobody knows. */
  readonly unreadable: readonly string[];
}

/** `kubectl modelrisk reviews`: whose review is due when, the most urgent first. Namespace null: all. Failure: one sentence. */
export async function listReviews(
  risks: Pick<ResourceClient<UntypedObject>, 'listPage'>,
  namespace: string | null,
): Promise<Result<Reviews, string>> {
  const listed = await listAll(risks, namespace);
  if (!listed.ok) return failure(`ModelRisks can't be listed: ${listed.failure.message}`);
  const read = listed.value.map((object) => ({ object, risk: parseModelRisk(object) }));
  const models = read.flatMap(({ risk }) => (risk.ok ? [risk.value] : []));
  const unreadable = read.flatMap(({ object: { metadata }, risk }) => (risk.ok ? [] : [`${metadata.namespace ?? ''}/${metadata.name}`]));
  return success({
    models: models.map(toReviewLine).sort(bySoonestReview),
    minutesSpent: models.reduce((sum, { status }) => sum + (status.review?.minutesSpent ?? 0), 0),
    unreadable,
  });
}

/** Exit code 1: a review is overdue, or may be without anybody knowing. */
export function needsReview({ models, unreadable }: Reviews): boolean {
  return unreadable.length > 0 || models.some(({ standing }) => standing === 'Overdue');
}

export function reviewSentences({ models, minutesSpent, unreadable }: Reviews): readonly string[] {
  const count = (standing: ReviewLine['standing']): number => models.filter((each) => each.standing === standing).length;
  return [
    ...models.map(({ namespace, name, tier, standing, last, by, message }) => {
      const before = last === null ? 'never reviewed' : `last reviewed at ${last} by ${by ?? 'unknown'}`;
      return `${namespace}/${name} (${tier === null ? 'no tier' : `tier ${tier}`}): ${standing}; ${before}. ${message}`;
    }),
    ...unreadable.map((each) => `ModelRisk ${each} is not readable by this version and is left out: use the version of the operator.`),
    `${models.length} models: ${count('Overdue')} reviews overdue, ${count('DueSoon')} due soon; the last reviews took ${minutesSpent} minutes.`,
  ];
}
