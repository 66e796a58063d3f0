import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parseModelRisk } from '../../../src/api/model-risk.ts';
import { riskDigest } from '../../../src/api/risk-digest.ts';
import { drill, drillsIn } from '../../builders/drilling.ts';
import { applyGuardedModelTo, memoryPolicy, memoryRisk, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { shareIn } from '../../builders/memory-story.ts';
import { validityOf } from '../../builders/memory-decisions.ts';
import { conditionOf } from '../../builders/traffic-view.ts';

type Fields = Readonly<Record<string, unknown>>;

const tiers = [
  { name: 'High', when: { criticality: ['High'] }, reviewEverySeconds: 3600, reviewRoles: ['risk'] },
  { name: 'Low', reviewEverySeconds: 7200 },
];

/** As anybody can compute it, who does not wait for the operator to tell. */
function digestOf(object: object): string {
  const parsed = parseModelRisk(object);
  if (!parsed.ok) throw new Error(parsed.failure.join());
  return riskDigest(parsed.value.spec);
}

interface Status {
  readonly digest: string;
  readonly tier?: { readonly inherent: string };
  readonly review?: Readonly<Record<string, unknown>>;
}

describe('reviews of a model', () => {
  let world: MemoryOperator;
  const live = () => {
    const risk = world.api.get('modelrisks', 'credit');
    if (risk === null) throw new Error('the risk is gone');
    return risk;
  };
  const status = (): Status => (live() as unknown as { readonly status: Status }).status;
  const current = () => {
    const condition = conditionOf(live(), 'ReviewCurrent');
    return condition === undefined ? null : `${condition.status}/${condition.reason}`;
  };
  const policy = (spec: Fields) => {
    const written = memoryPolicy() as { readonly spec: Fields };
    return { ...written, spec: { ...written.spec, reviewWarningSeconds: 5, ...spec } };
  };
  const risk = (spec: Fields = {}) => {
    const written = memoryRisk() as { readonly spec: Fields };
    return { ...written, spec: { ...written.spec, criticality: 'High', ...spec } };
  };
  const review = (name: string, changes: Fields = {}) => {
    const { metadata } = live();
    world.api.apply('riskdecisions', {
      apiVersion: 'modelrisk.dev/v1alpha1',
      kind: 'RiskDecision',
      metadata: { name, namespace: 'lending' },
      spec: {
        ...{ action: 'Review', role: 'risk', author: 'ana', reason: 'looked at', minutesSpent: 90, digest: status().digest },
        subjectRef: { kind: 'ModelRisk', name: 'credit', uid: metadata.uid },
        ...changes,
      },
    });
  };
  const events = () => world.events.map(({ reason }) => reason);

  beforeEach(async () => {
    world = await startMemoryOperator((api) => {
      applyGuardedModelTo(api);
      api.apply('riskpolicies', policy({ tiers }));
      api.apply('modelrisks', risk());
    });
    await world.pass(2);
  });
  afterEach(() => world.stop());

  it('nobody has reviewed is due soon, then overdue, and people are told once', async () => {
    expect(current()).toBe('True/DueSoon');
    await world.pass(6);
    expect(current()).toBe('False/Overdue');
    expect(status().review).toMatchObject({ reason: 'NeverReviewed' });
    expect(await world.sample('modelrisk_reviews_overdue', 'lending')).toBe(1);
    await world.pass(4);
    expect(events().filter((reason) => reason === 'Overdue')).toHaveLength(1);
  });

  it('one that counts makes it current, for a period from then', async () => {
    await world.pass(6);
    review('spring');
    await world.pass(2);
    expect(validityOf(world, 'spring')).toEqual({ status: 'True', reason: 'Used' });
    expect(current()).toBe('True/Reviewed');
    const { last, next } = status().review as { readonly last: string; readonly next: string };
    expect(status().review).toMatchObject({ by: 'ana', decision: 'spring', minutesSpent: 90, version: '2.3.0', reason: 'Cadence' });
    expect(Date.parse(next) - Date.parse(last)).toBe(3_600_000);
    expect(await world.sample('modelrisk_reviews_overdue', 'lending')).toBe(0);
    expect(await world.sample('modelrisk_review_due_timestamp_seconds', 'lending', 'credit')).toBe(Date.parse(next) / 1000);
    expect(events()).toContain('ReviewCurrentAgain');
  });

  it('is remembered over a restart, and costs no write while nothing changes', async () => {
    review('spring');
    await world.pass(2);
    const before = status().review;
    await world.restart();
    await world.pass(3);
    expect(status().review).toEqual(before);
    const writes = () => world.api.writes.filter(({ resource }) => resource === 'modelrisks' || resource === 'riskdecisions').length;
    const written = writes();
    await world.pass(5);
    expect(writes()).toBe(written);
  });

  it('another version brings the next one forward', async () => {
    review('spring');
    await world.pass(2);
    world.api.apply('modelrisks', risk({ model: { name: 'credit', version: '2.4.0' } }));
    await world.pass(1);
    expect(current()).toBe('True/DueSoon');
    expect(status().review).toMatchObject({ revalidation: { reason: 'NewVersion' }, reason: 'NewVersion', version: '2.3.0' });
    await world.pass(6);
    expect(current()).toBe('False/Overdue');
    review('again');
    await world.pass(2);
    expect(current()).toBe('True/Reviewed');
    expect(status().review).not.toHaveProperty('revalidation');
    expect(status().review).toMatchObject({ version: '2.4.0', decision: 'again' });
  });

  it('an engagement brings the next one forward, from when it began', async () => {
    review('spring');
    await world.pass(2);
    world.read(0.9);
    await world.passUntil('capped', () => shareIn(world) === 10);
    await world.pass(3);
    expect(status().review).toMatchObject({ revalidation: { reason: 'Incident' } });
    expect(current()).toMatch(/DueSoon|Overdue/);
  });

  it('a drill brings nothing forward: nobody was harmed (one counted as an engagement, its record is no boolean)', async () => {
    review('spring');
    await world.pass(2);
    await drill(world, 'one');
    await world.pass(3);
    expect(drillsIn(world)).toHaveLength(1);
    expect(status().review).not.toHaveProperty('revalidation');
    expect(current()).toBe('True/Reviewed');
  });

  it.each([
    ['of what the model was before', { digest: `sha256:${'0'.repeat(64)}` }, 'DigestChanged'],
    ['by a role its tier does not ask', { role: 'product' }, 'ForeignRole'],
    ['of another object of that name', { subjectRef: { kind: 'ModelRisk', name: 'credit', uid: 'other' } }, 'SubjectMissing'],
    ['that ended before it was seen', { expiresAt: '2020-01-01T00:00:00Z' }, 'Expired'],
  ])('one %s is void', async (_, changes, reason) => {
    review('void', changes);
    await world.pass(2);
    expect(validityOf(world, 'void')).toEqual({ status: 'False', reason });
    expect(status().review).not.toHaveProperty('last');
  });

  it('one that counted stays counted, whatever the model becomes', async () => {
    review('spring');
    await world.pass(2);
    world.api.apply('modelrisks', risk({ risks: [{ name: 'stale-population', category: 'Fairness' }] }));
    await world.pass(2);
    expect(validityOf(world, 'spring')).toEqual({ status: 'True', reason: 'Used' });
    expect(current()).toBe('True/Reviewed');
  });

  it('a tier falls by a review, and by nothing else', async () => {
    world.api.apply('modelrisks', risk({ criticality: 'Low' }));
    await world.pass(2);
    expect(status().tier?.inherent).toBe('High');
    review('spring');
    await world.pass(2);
    expect(status().tier?.inherent).toBe('Low');
    const { last, next } = status().review as { readonly last: string; readonly next: string };
    expect(Date.parse(next) - Date.parse(last)).toBe(7_200_000);
  });

  it('one that goes leaves the last one the last: no tier falls for an older one (a record that went was taken for a review)', async () => {
    review('spring');
    await world.pass(2);
    review('summer');
    await world.pass(2);
    expect(status().review).toMatchObject({ decision: 'summer' });
    world.api.apply('modelrisks', risk({ criticality: 'Low' }));
    await world.pass(2);
    world.api.remove('riskdecisions', 'summer');
    // Anything that makes the operator look again.
    world.api.apply('modelrisks', risk({ criticality: 'Low', model: { name: 'credit', version: '2.4.0' } }));
    await world.pass(2);
    expect(status().review).toMatchObject({ decision: 'summer', revalidation: { reason: 'NewVersion' } });
    expect(status().tier?.inherent).toBe('High');
  });

  it('does not count before anybody can say whose review the tier asks for, and counts once that is known', async () => {
    world.api.remove('riskpolicies', 'default', '');
    await world.pass(1);
    review('early', { role: 'product' });
    review('right');
    await world.pass(1);
    expect([validityOf(world, 'early'), validityOf(world, 'right')].map((each) => each?.reason)).toEqual(['NotAsked', 'NotAsked']);
    world.api.apply('riskpolicies', policy({ tiers }));
    await world.pass(12);
    expect(validityOf(world, 'early')).toEqual({ status: 'False', reason: 'ForeignRole' });
    expect(validityOf(world, 'right')).toEqual({ status: 'True', reason: 'Used' });
  });

  it('does not count by the tier of before: an edit that raises it is looked at first', async () => {
    world.api.apply(
      'riskpolicies',
      policy({ tiers: [{ name: 'Top', when: { criticality: ['Critical'] }, reviewRoles: ['risk'] }, { name: 'Rest' }] }),
    );
    await world.pass(2);
    expect(status().tier?.inherent).toBe('Rest');
    const letThrough = world.api.hold('modelrisks');
    const edited = risk({ criticality: 'Critical' });
    world.api.apply('modelrisks', edited);
    review('quick', { role: 'product', digest: digestOf(live()) });
    await world.pass(1);
    expect(validityOf(world, 'quick')?.reason).toBe('NotAsked');
    letThrough();
    await world.pass(12);
    expect(status().tier?.inherent).toBe('Top');
    expect(validityOf(world, 'quick')?.reason).toBe('ForeignRole');
  });

  it('is not asked for where the tier has no period', async () => {
    world.api.apply('riskpolicies', policy({ tiers: [{ name: 'all' }] }));
    await world.pass(2);
    expect(current()).toBe('True/NoCadence');
    expect(await world.sample('modelrisk_review_due_timestamp_seconds', 'lending', 'credit')).toBeNull();
  });

  it('is not told as not asked for while nobody can read the policy that asks (the overdue one turned green)', async () => {
    await world.pass(6);
    expect(current()).toBe('False/Overdue');
    world.api.remove('riskpolicies', 'default', '');
    await world.pass(2);
    expect(current()).toBe('Unknown/PolicyMissing');
  });

  it('leave the plan alone', async () => {
    review('spring');
    await world.pass(3);
    expect(shareIn(world)).toBe(50);
    expect(world.api.list('riskincidents')).toEqual([]);
  });
});
