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
    ['by who wrote its text', { author: 'petra' }, 'AuthorContributed'],
    ['by nobody', { author: undefined }, 'AuthorContributed'],
  ])('one %s is void', async (_, changes, reason) => {
    review('void', changes);
    await world.pass(2);
    expect(validityOf(world, 'void')).toEqual({ status: 'False', reason });
    expect(status().review).not.toHaveProperty('last');
  });

  const writtenBy = (contributors: string | null) => {
    const policy = reviewedPolicy(asked) as { readonly metadata: object };
    const annotations = contributors === null ? {} : { 'modelrisk.dev/contributors': contributors };
    world.api.apply('riskpolicies', { ...policy, metadata: { ...policy.metadata, annotations } });
  };
  const saidOf = (name: string) => conditionOf(world.api.get('riskdecisions', name, 'lending') ?? raise(), 'Valid')?.message;
  const raise = (): never => {
    throw new Error('the decision is gone');
  };

  it('by one of several who ever wrote it is void, and says who they are; one by somebody else counts', async () => {
    writtenBy('petra,CN=ana%2CO=risk,ana');
    review('own');
    review('by-another', { author: 'otto' });
    await world.pass(2);
    expect(validityOf(world, 'own')).toEqual({ status: 'False', reason: 'AuthorContributed' });
    expect(saidOf('own')).toBe('ana wrote RiskPolicy default (contributors: petra; CN=ana,O=risk; ana); somebody else must review it.');
    expect(validityOf(world, 'by-another')).toEqual({ status: 'True', reason: 'Used' });
    expect(status().review).toMatchObject({ by: 'otto' });
  });

  it('of a policy from before its writers were recorded is void, until it is written once more', async () => {
    writtenBy(null);
    review('old');
    await world.pass(2);
    expect(validityOf(world, 'old')).toEqual({ status: 'False', reason: 'AuthorContributed' });
    expect(saidOf('old')).toContain('(contributors: unknown: write it once more, so that they are recorded)');
    edit({ currency: 'EUR' });
    await world.pass(1);
    review('new');
    await world.pass(2);
    expect(validityOf(world, 'new')).toEqual({ status: 'True', reason: 'Used' });
  });

  it('that counted stays on record, though its author writes the policy later', async () => {
    review('spring');
    await world.pass(2);
    writtenBy('petra,ana');
    await world.pass(2);
    expect(validityOf(world, 'spring')).toEqual({ status: 'True', reason: 'Used' });
    expect(status().review).toMatchObject({ by: 'ana' });
  });

  describe('while it can not be read', () => {
    const unreadable = { ...asked, providers: 'as a later version writes them' };

    it('regression: a review of what was last read is void, since something else stands there; it counts once that is back', async () => {
      const { digest } = status();
      world.api.apply('riskpolicies', reviewedPolicy(unreadable));
      await world.pass(1);
      review('blind', { digest });
      await world.pass(2);
      expect(validityOf(world, 'blind')).toEqual({ status: 'False', reason: 'NotAsked' });
      expect(saidOf('blind')).toContain("RiskPolicy default can't be read by this operator (condition Ready says why)");
      expect(status().review).not.toHaveProperty('last');
      edit({});
      await world.pass(6);
      expect(validityOf(world, 'blind')).toEqual({ status: 'True', reason: 'Used' });
    });

    it('a review of it is judged by what it says once it can be, also after a restart', async () => {
      const { digest } = status();
      world.api.apply('riskpolicies', reviewedPolicy(unreadable));
      await world.restart();
      await world.pass(1);
      review('blind', { digest });
      await world.pass(2);
      expect(validityOf(world, 'blind')).toEqual({ status: 'False', reason: 'NotAsked' });
      edit({ currency: 'EUR' });
      await world.pass(6);
      expect(validityOf(world, 'blind')).toEqual({ status: 'False', reason: 'DigestChanged' });
    });
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
