import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { validityOf } from '../../builders/memory-decisions.ts';
import { applyGuardedModelTo, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { shareIn } from '../../builders/memory-story.ts';
import { reviewedObject, reviewedPolicy, statusOf, writeReview } from '../../builders/reviewing.ts';
import { conditionOf } from '../../builders/traffic-view.ts';

describe('reviews of the policy', () => {
  let world: MemoryOperator;
  const review = (name: string, changes: Readonly<Record<string, unknown>> = {}) => {
    writeReview(world, name, { kind: 'RiskPolicy', ...changes });
  };
  const status = () => statusOf(world, 'RiskPolicy');
  const current = () => {
    const condition = conditionOf(reviewedObject(world, 'RiskPolicy'), 'ReviewCurrent');
    return condition === undefined ? null : `${condition.status}/${condition.reason}`;
  };
  const asked = { reviewEverySeconds: 3600, reviewRoles: ['risk'] };
  const edit = (spec: Readonly<Record<string, unknown>>) => world.api.apply('riskpolicies', reviewedPolicy({ ...asked, ...spec }));

  beforeEach(async () => {
    world = await startMemoryOperator((api) => {
      applyGuardedModelTo(api);
      api.apply('riskpolicies', reviewedPolicy(asked));
    });
    await world.pass(2);
  });
  afterEach(() => world.stop());

  it('that nobody reviewed: due soon, then overdue, told once, with a metric', async () => {
    expect(current()).toBe('True/DueSoon');
    expect(await world.sample('modelrisk_policy_review_overdue', 'default')).toBe(0);
    await world.pass(6);
    expect(current()).toBe('False/Overdue');
    expect(status().review).toMatchObject({ reason: 'NeverReviewed' });
    expect(await world.sample('modelrisk_policy_review_overdue', 'default')).toBe(1);
    await world.pass(4);
    const told = world.events.filter(({ regarding, reason }) => reason === 'Overdue' && regarding.kind === 'RiskPolicy');
    expect(told).toHaveLength(1);
  });

  it('one that counts makes it current for a period, and says who and where', async () => {
    review('spring');
    await world.pass(2);
    expect(validityOf(world, 'spring')).toEqual({ status: 'True', reason: 'Used' });
    expect(current()).toBe('True/Reviewed');
    const { last, next } = status().review as { readonly last: string; readonly next: string };
    expect(status().review).toMatchObject({ by: 'ana', decision: 'spring', namespace: 'lending', minutesSpent: 90, reason: 'Cadence' });
    expect(Date.parse(next) - Date.parse(last)).toBe(3_600_000);
    expect(await world.sample('modelrisk_policy_review_due_timestamp_seconds', 'default')).toBe(Date.parse(next) / 1000);
  });

  it('is remembered over a restart and over the loss of the decision, and costs no write at rest', async () => {
    review('spring');
    await world.pass(2);
    const before = status().review;
    world.api.remove('riskdecisions', 'spring');
    await world.restart();
    await world.pass(3);
    expect(status().review).toEqual(before);
    const writes = () => world.api.writes.filter(({ resource }) => resource === 'riskpolicies').length;
    const written = writes();
    await world.pass(5);
    expect(writes()).toBe(written);
  });

  it('an edit brings the next one forward, and the review of the edit ends that', async () => {
    review('spring');
    await world.pass(2);
    edit({ categories: [{ name: 'Fairness' }, { name: 'Safety' }] });
    await world.pass(1);
    expect(current()).toBe('True/DueSoon');
    expect(status().review).toMatchObject({ reason: 'PolicyChanged', revalidation: { reason: 'PolicyChanged' } });
    await world.pass(6);
    expect(current()).toBe('False/Overdue');
    review('of-the-edit');
    await world.pass(2);
    expect(current()).toBe('True/Reviewed');
    expect(status().review).not.toHaveProperty('revalidation');
  });

  it('an edit taken back still is one: somebody judged by it meanwhile', async () => {
    review('spring');
    await world.pass(2);
    edit({ currency: 'EUR' });
    await world.pass(1);
    edit({});
    await world.pass(1);
    expect(status().review).toMatchObject({ revalidation: { reason: 'PolicyChanged' } });
  });

  it.each([
    ['of what it said before', { digest: `sha256:${'0'.repeat(64)}` }, 'DigestChanged'],
    ['by a role it does not ask', { role: 'product' }, 'ForeignRole'],
    ['of another object of that name', { subjectRef: { kind: 'RiskPolicy', name: 'default', uid: 'other' } }, 'SubjectMissing'],
    ['of one that does not exist', { subjectRef: { kind: 'RiskPolicy', name: 'other', uid: 'other' } }, 'SubjectMissing'],
    ['that ended before it was seen', { expiresAt: '2020-01-01T00:00:00Z' }, 'Expired'],
  ])('one %s is void', async (_, changes, reason) => {
    review('void', changes);
    await world.pass(2);
    expect(validityOf(world, 'void')).toEqual({ status: 'False', reason });
    expect(status().review).not.toHaveProperty('last');
  });

  it('one of what it says now counts though it came before the edit was seen', async () => {
    const before = status().digest;
    edit({ currency: 'EUR' });
    await world.pass(1);
    const after = status().digest;
    edit({});
    await world.pass(1);
    expect(status().digest).toBe(before);
    review('early', { digest: after });
    await world.pass(1);
    expect(validityOf(world, 'early')?.reason).toBe('DigestChanged');
    edit({ currency: 'EUR' });
    await world.pass(2);
    expect(validityOf(world, 'early')).toEqual({ status: 'True', reason: 'Used' });
  });

  it('a review of a model is none of the policy, and the other way round', async () => {
    writeReview(world, 'of-the-model', { kind: 'ModelRisk' });
    await world.pass(2);
    expect(status().review).not.toHaveProperty('last');
    review('of-the-policy');
    await world.pass(2);
    expect(statusOf(world, 'ModelRisk').review).toMatchObject({ decision: 'of-the-model' });
    expect(status().review).toMatchObject({ decision: 'of-the-policy' });
  });

  it('is not asked for without reviewEverySeconds, has then no series, and moves nothing when overdue', async () => {
    await world.pass(6);
    expect(current()).toBe('False/Overdue');
    expect(shareIn(world)).toBe(50);
    world.api.apply('riskpolicies', reviewedPolicy());
    await world.pass(2);
    expect(current()).toBe('True/NoCadence');
    expect(await world.sample('modelrisk_policy_review_overdue', 'default')).toBeNull();
  });
});
