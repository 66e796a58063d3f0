import { parseModelRisk } from '../api/model-risk.ts';
import { parseRiskPolicy } from '../api/risk-policy.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { ResourceClient } from '../kube/resource-client.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import { bySoonestReview, toReviewLine } from '../report/review-line.ts';
import type { ReviewLine } from '../report/review-line.ts';
import { listAll } from './list-all.ts';

export interface Reviews {
  readonly models: readonly ReviewLine[];
  readonly policies: readonly ReviewLine[];
  /** Minutes of the last reviews of all of these. */
  readonly minutesSpent: number;
  /** ModelRisks of a schema this version can't read: whether their reviews are due nobody knows. */
  readonly unreadable: readonly string[];
  /** Why policies are left out; null: they are not. */
  readonly note: string | null;
}

type Lister = Pick<ResourceClient<UntypedObject>, 'listPage'>;

/**
 * `kubectl modelrisk reviews`: whose review is due when, the most urgent first. Namespace null: all. Who may see no policies is told of the
 * models alone. Failure: one sentence.
 */
export async function listReviews(
  clients: { readonly risks: Lister; readonly policies: Lister },
  namespace: string | null,
): Promise<Result<Reviews, string>> {
  const listed = await listAll(clients.risks, namespace);
  if (!listed.ok) return failure(`ModelRisks can't be listed: ${listed.failure.message}`);
  const policies = await listAll(clients.policies, null);
  const read = listed.value.map((object) => ({ object, risk: parseModelRisk(object) }));
  const risks = read.flatMap(({ risk }) => (risk.ok ? [risk.value] : []));
  const readable = (policies.ok ? policies.value : []).flatMap((object) => {
    const parsed = parseRiskPolicy(object);
    return parsed.ok ? [parsed.value] : [];
  });
  return success({
    models: risks.map(toReviewLine).sort(bySoonestReview),
    policies: readable.map(toReviewLine).sort(bySoonestReview),
    minutesSpent: [...risks, ...readable].reduce((sum, { status }) => sum + (status.review?.minutesSpent ?? 0), 0),
    unreadable: read.flatMap(({ object: { metadata }, risk }) => (risk.ok ? [] : [`${metadata.namespace ?? ''}/${metadata.name}`])),
    note: policies.ok ? null : `RiskPolicies can't be listed, so their reviews are left out: ${policies.failure.message}`,
  });
}

/** Exit code 1: a review is overdue, or may be without anybody knowing. */
export function needsReview({ models, policies, unreadable }: Reviews): boolean {
  return unreadable.length > 0 || [...models, ...policies].some(({ standing }) => standing === 'Overdue');
}

function sentenceOn(name: string, { standing, last, by, message }: ReviewLine): string {
  const before = last === null ? 'never reviewed' : `last reviewed at ${last} by ${by ?? 'unknown'}`;
  return `${name}: ${standing}; ${before}. ${message}`;
}

export function reviewSentences({ models, policies, minutesSpent, unreadable, note }: Reviews): readonly string[] {
  const all = [...policies, ...models];
  const count = (standing: ReviewLine['standing']): number => all.filter((each) => each.standing === standing).length;
  return [
    ...policies.map((line) => sentenceOn(`RiskPolicy ${line.name}`, line)),
    ...models.map((line) => sentenceOn(`${line.namespace}/${line.name} (${line.tier === null ? 'no tier' : `tier ${line.tier}`})`, line)),
    ...unreadable.map((each) => `ModelRisk ${each} is not readable by this version and is left out: use the version of the operator.`),
    ...(note === null ? [] : [note]),
    `${models.length} models and ${policies.length} policies: ${count('Overdue')} reviews overdue, ${count('DueSoon')} due soon; the last reviews took ${minutesSpent} minutes.`,
  ];
}
