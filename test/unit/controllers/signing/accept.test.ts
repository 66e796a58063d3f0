import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { toDecisionReading } from '../../../../src/api/handled-incident.ts';
import { incidentsIn, validityOf } from '../../../builders/memory-decisions.ts';
import { applyGuardedModelTo, startMemoryOperator } from '../../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../../builders/memory-operator.ts';
import { liveIn, planIn, shareIn } from '../../../builders/memory-story.ts';
import { owner, signedPolicy, signedRisk, signingStatus } from '../../../builders/signing.ts';
import { phaseOf } from '../../../builders/traffic-view.ts';

type Fields = Readonly<Record<string, unknown>>;

let world: MemoryOperator;

beforeEach(async () => {
  world = await startMemoryOperator((api) => {
    applyGuardedModelTo(api);
    api.apply('riskpolicies', signedPolicy({ maxAcceptanceSeconds: 60, maxRenewals: 1 }));
    api.apply('modelrisks', signedRisk());
  });
  await world.pass(2);
});
afterEach(() => world.stop());

const inSeconds = (seconds: number) => new Date(world.clock.nowMs() + seconds * 1000).toISOString();

/** As admission lets it through. */
function accept(name: string, changes: Fields = {}): void {
  world.api.apply('riskdecisions', {
    apiVersion: 'modelrisk.dev/v1alpha1',
    kind: 'RiskDecision',
    metadata: { name, namespace: 'lending' },
    spec: {
      ...{ action: 'Accept', role: 'risk', author: 'rita', reason: 'Known, and mended by then.', digest: signingStatus(world).digest },
      subjectRef: { kind: 'ModelRisk', name: 'credit', uid: liveIn(world, 'modelrisks', 'credit').metadata.uid },
      ...{ indicators: ['score-drift'], expiresAt: inSeconds(20) },
      ...changes,
    },
  });
}

describe('an accepted breach', () => {
  it('engages nothing until the acceptance ends, and then does', async () => {
    accept('known');
    world.read(0.9);
    await world.pass(10);
    expect(validityOf(world, 'known')).toEqual({ status: 'True', reason: 'Valid' });
    expect(phaseOf(planIn(world))).toBe('Idle');
    expect(shareIn(world)).toBe(50);
    expect(incidentsIn(world)).toEqual([]);
    await world.pass(12);
    expect(validityOf(world, 'known')).toEqual({ status: 'False', reason: 'Expired' });
    await world.passUntil('capped', () => shareIn(world) <= 10);
  });

  it('is still shown as one', async () => {
    accept('known');
    world.read(0.9);
    await world.pass(3);
    expect(signingStatus(world).indicators).toEqual([expect.objectContaining({ state: 'Firing', verdict: 'Breach' })]);
  });

  it('of another indicator changes nothing', async () => {
    const written = signedRisk() as { readonly spec: { readonly indicators: readonly object[] } };
    world.api.apply('modelrisks', {
      ...written,
      spec: { ...written.spec, indicators: [...written.spec.indicators, { ...written.spec.indicators[0], name: 'second' }] },
    });
    await world.pass(2);
    accept('other', { indicators: ['second'] });
    world.read(0.9);
    await world.passUntil('capped', () => shareIn(world) <= 10);
  });

  it('releases nothing and stops no constraint: it only climbs no further, and the record says who answers for it', async () => {
    world.read(0.9);
    await world.passUntil('capped', () => shareIn(world) === 10);
    accept('known');
    await world.pass(10);
    expect(shareIn(world)).toBe(10);
    const [incident] = incidentsIn(world);
    const { entries } = incident?.['status'] as {
      readonly entries: readonly { readonly type: string; readonly actor: string; readonly target: string }[];
    };
    expect(entries.filter(({ type }) => type === 'Accepted')).toEqual([
      expect.objectContaining({ actor: 'rita', target: 'RiskDecision/known' }),
    ]);
    await world.pass(12);
    expect(shareIn(world)).toBeLessThan(10);
  });

  it('survives a restart', async () => {
    accept('known');
    world.read(0.9);
    await world.pass(3);
    await world.restart();
    await world.pass(5);
    expect(shareIn(world)).toBe(50);
  });

  it('is accepted no more when the model is another', async () => {
    accept('known');
    await world.pass(2);
    world.api.apply('modelrisks', signedRisk({ owner: { team: 'lending-ml', contact: '#other' } }));
    await world.pass(2);
    expect(validityOf(world, 'known')).toEqual({ status: 'False', reason: 'ModelChanged' });
    world.read(0.9);
    await world.passUntil('capped', () => shareIn(world) <= 10);
  });

  it('may be accepted again as often as the policy lets it, in a row', async () => {
    accept('first');
    await world.pass(2);
    accept('second', { expiresAt: inSeconds(30) });
    await world.pass(2);
    accept('third', { expiresAt: inSeconds(40) });
    await world.pass(2);
    expect(['first', 'second', 'third'].map((name) => validityOf(world, name)?.reason)).toEqual(['Valid', 'Valid', 'TooOften']);
    await world.pass(100);
    accept('later', { expiresAt: inSeconds(20) });
    await world.pass(2);
    expect(validityOf(world, 'later')).toEqual({ status: 'True', reason: 'Valid' });
  });

  it('regression: one that never counted is no renewal, one that a later edit voided is', async () => {
    accept('void-digest', { digest: `sha256:${'0'.repeat(64)}` });
    accept('void-end', { expiresAt: '2020-01-01T00:00:00Z' });
    await world.pass(2);
    accept('first');
    await world.pass(2);
    expect(validityOf(world, 'first')).toEqual({ status: 'True', reason: 'Valid' });
    for (const [contact, name, reason] of [
      ['#a', 'second', 'Valid'],
      ['#b', 'third', 'TooOften'],
    ] as const) {
      world.api.apply('modelrisks', signedRisk({ owner: { team: 'lending-ml', contact } }));
      await world.pass(2);
      accept(name);
      await world.pass(2);
      expect([name, validityOf(world, name)?.reason]).toEqual([name, reason]);
    }
  });

  it('regression: one that ran to its end is a renewal too, whatever the model was edited to since', async () => {
    for (const [contact, name, reason] of [
      ['#a', 'first', 'Valid'],
      ['#b', 'second', 'Valid'],
      ['#c', 'third', 'TooOften'],
    ] as const) {
      accept(name);
      await world.pass(2);
      expect([name, validityOf(world, name)?.reason]).toEqual([name, reason]);
      await world.pass(22);
      world.api.apply('modelrisks', signedRisk({ owner: { team: 'lending-ml', contact } }));
      await world.pass(2);
    }
  });

  it('regression: a model that is deleted and made anew is not accepted anew from the first time', async () => {
    for (const [name, reason] of [
      ['first', 'Valid'],
      ['second', 'Valid'],
      ['third', 'TooOften'],
    ] as const) {
      accept(name);
      await world.pass(2);
      expect([name, validityOf(world, name)?.reason]).toEqual([name, reason]);
      world.api.remove('modelrisks', 'credit');
      await world.pass(1);
      world.api.apply('modelrisks', signedRisk());
      await world.pass(2);
    }
  });

  it('regression: an indicator under another name is not accepted anew from the first time', async () => {
    for (const [indicator, name, reason] of [
      ['score-drift', 'first', 'Valid'],
      ['drift', 'second', 'Valid'],
      ['drift-again', 'third', 'TooOften'],
    ] as const) {
      const names = (changes: object) => signedRisk({}, { name: indicator, ...changes });
      world.api.apply('modelrisks', names({}));
      await world.pass(2);
      accept(name, { indicators: [indicator] });
      await world.pass(2);
      expect([name, validityOf(world, name)?.reason]).toEqual([name, reason]);
    }
  });

  it('regression: nor is a model under another name of its ModelRisk', async () => {
    const second = signedRisk() as { readonly metadata: object };
    world.api.apply('modelrisks', { ...second, metadata: { ...second.metadata, name: 'credit-2' } });
    for (const name of ['first', 'second']) {
      accept(name);
      await world.pass(2);
      expect([name, validityOf(world, name)?.reason]).toEqual([name, 'Valid']);
    }
    const { uid } = liveIn(world, 'modelrisks', 'credit-2').metadata;
    const { digest } = (liveIn(world, 'modelrisks', 'credit-2') as unknown as { readonly status: { readonly digest: string } }).status;
    accept('third', { subjectRef: { kind: 'ModelRisk', name: 'credit-2', uid }, digest });
    await world.pass(2);
    expect(validityOf(world, 'third')?.reason).toBe('TooOften');
  });

  it.each([
    ['for longer than the policy lets it', () => ({ expiresAt: inSeconds(61) }), 'TooLong'],
    ['by who wrote the model', () => ({ author: owner }), 'AuthorContributed'],
    ['of an indicator it has not', () => ({ indicators: ['speed'] }), 'SubjectMissing'],
    ['of what the model was before', () => ({ digest: `sha256:${'0'.repeat(64)}` }), 'DigestChanged'],
    ['of another object of that name', () => ({ subjectRef: { kind: 'ModelRisk', name: 'credit', uid: 'other' } }), 'SubjectMissing'],
    ['that ended before', () => ({ expiresAt: '2020-01-01T00:00:00Z' }), 'Expired'],
  ])('%s is not accepted: the plan engages', async (_, changes, reason) => {
    accept('void', changes());
    await world.pass(2);
    expect(validityOf(world, 'void')).toEqual({ status: 'False', reason });
    world.read(0.9);
    await world.passUntil('capped', () => shareIn(world) <= 10);
  });

  it('regression: one that had ended when it was made was said to be of a model that changed, as if it had counted until then', async () => {
    accept('late', { expiresAt: inSeconds(-5) });
    await world.pass(2);
    expect(validityOf(world, 'late')?.reason).toBe('Expired');
    world.api.apply('modelrisks', signedRisk({ documentation: { objective: 'Another.' } }));
    await world.pass(5);
    expect(validityOf(world, 'late')?.reason).not.toBe('ModelChanged');
    const [late] = world.api.list('riskdecisions').map(toDecisionReading);
    expect(late).toMatchObject({ isCounted: false });
  });
});
