import { expect, it } from '@jest/globals';
import { listReviews, needsReview, reviewSentences } from '../../../src/cli/reviews.ts';
import type { UntypedObject } from '../../../src/kube/kube-object.ts';
import { failure, success } from '../../../src/shared/result.ts';
import { modelRiskManifest } from '../../builders/api.ts';

function reviewed(name: string, reason: string | null, review: object = {}): UntypedObject {
  const manifest = modelRiskManifest();
  const condition = { type: 'ReviewCurrent', status: 'True', reason, message: `${name} says.`, lastTransitionTime: '2026-06-01T12:00:00Z' };
  const status = { conditions: reason === null ? [] : [condition], review, tier: { inherent: 'High', message: 'Declared.' } };
  const metadata = {
    name,
    namespace: 'lending',
    uid: name,
    resourceVersion: '1',
    generation: 1,
    creationTimestamp: '2026-06-01T12:00:00Z',
  };
  return { ...manifest, metadata, ...(reason === null ? {} : { status }) } as unknown as UntypedObject;
}

const lister = (...items: readonly UntypedObject[]) => ({
  listPage: () => Promise.resolve(success({ items, continueToken: null, resourceVersion: '1' })),
});

it('lists the most urgent first, and adds up what they took', async () => {
  const listed = await listReviews(
    lister(
      reviewed('none', 'NoCadence'),
      reviewed('late', 'Overdue', { next: '2026-01-01T00:00:00Z', last: '2025-01-01T00:00:00Z', by: 'ana', minutesSpent: 30 }),
      reviewed('fine', 'Reviewed', { next: '2027-01-01T00:00:00Z', last: '2026-05-01T00:00:00Z', by: 'ben', minutesSpent: 60 }),
      reviewed('soon', 'DueSoon', { next: '2026-07-01T00:00:00Z' }),
      reviewed('unseen', null),
    ),
    null,
  );
  if (!listed.ok) throw new Error(listed.failure);
  expect(listed.value.models.map(({ name, standing }) => [name, standing])).toEqual([
    ['late', 'Overdue'],
    ['soon', 'DueSoon'],
    ['fine', 'Current'],
    ['none', 'NoCadence'],
    ['unseen', 'NotObserved'],
  ]);
  expect(reviewSentences(listed.value)).toEqual([
    'lending/late (tier High): Overdue; last reviewed at 2025-01-01T00:00:00Z by ana. late says.',
    'lending/soon (tier High): DueSoon; never reviewed. soon says.',
    'lending/fine (tier High): Current; last reviewed at 2026-05-01T00:00:00Z by ben. fine says.',
    'lending/none (tier High): NoCadence; never reviewed. none says.',
    'lending/unseen (no tier): NotObserved; never reviewed. No operator has looked at it yet.',
    '5 models: 1 reviews overdue, 1 due soon; the last reviews took 90 minutes.',
  ]);
});

it('says why it can list none', async () => {
  const denied = { listPage: () => Promise.resolve(failure({ kind: 'Forbidden', message: 'not allowed' } as never)) };
  expect(await listReviews(denied as never, 'lending')).toEqual(failure("ModelRisks can't be listed: not allowed"));
});

it('regression: names a ModelRisk it can’t read, which was dropped as if there were none, and does not call that fine', async () => {
  const fine = reviewed('fine', 'Reviewed', { next: '2027-01-01T00:00:00Z', last: '2026-05-01T00:00:00Z', by: 'ben', minutesSpent: 60 });
  const newer = { ...reviewed('newer', 'Overdue'), spec: { policyRef: 7 } } as unknown as UntypedObject;
  const listed = await listReviews(lister(fine, newer), null);
  if (!listed.ok) throw new Error(listed.failure);
  expect(listed.value).toMatchObject({ models: [{ name: 'fine' }], unreadable: ['lending/newer'] });
  expect(reviewSentences(listed.value)).toContain(
    'ModelRisk lending/newer is not readable by this version and is left out: use the version of the operator.',
  );
  expect(needsReview(listed.value)).toBe(true);
  expect(needsReview({ ...listed.value, unreadable: [] })).toBe(false);
});

it('asks for something while a review is overdue', async () => {
  const listed = await listReviews(lister(reviewed('late', 'Overdue', { next: '2026-01-01T00:00:00Z' })), null);
  expect(listed.ok && needsReview(listed.value)).toBe(true);
});
