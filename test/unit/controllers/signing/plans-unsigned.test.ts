import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { signedDigest } from '../../../../src/api/signed-text.ts';
import type { JSONValue } from '../../../../src/shared/json.ts';
import { memoryPlan } from '../../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../../builders/memory-operator.ts';
import { planIn, shareIn } from '../../../builders/memory-story.ts';
import { sign, signAll, signedOff, signedOffMessage, signingStatus } from '../../../builders/signing.ts';
import { startSigned, strictRisk } from '../../../builders/softening.ts';
import { conditionOf, phaseOf } from '../../../builders/traffic-view.ts';

type Fields = Readonly<Record<string, unknown>>;

let world: MemoryOperator;

beforeEach(async () => {
  world = await startSigned();
});
afterEach(() => world.stop());

/** Rewrites what the decisions say, and what the status remembers of it. */
function rewriteTexts(change: (text: Fields) => Fields, which: (name: string) => boolean = () => true): void {
  let digest = '';
  for (const decision of world.api.list('riskdecisions')) {
    const { spec, metadata } = decision as unknown as { readonly spec: Fields; readonly metadata: { readonly name: string } };
    if (!which(metadata.name)) continue;
    const signed = JSON.stringify(change(JSON.parse(String(spec['signed'])) as Fields));
    digest = signedDigest(signed);
    world.api.apply('riskdecisions', { ...decision, spec: { ...spec, signed, digest } });
  }
  const known = signingStatus(world);
  world.api.setStatus('modelrisks', 'credit', { ...known, signed: { ...known.signed, digest } } as unknown as JSONValue);
}
const withoutPlans = ({ plans: _, ...text }: Fields): Fields => text;

const observe = async (): Promise<void> => {
  world.api.apply('mitigationplans', memoryPlan({ mode: 'Observe' }));
  await world.pass(3);
};
const markOf = () => (planIn(world) as unknown as { readonly status: { readonly signed?: object } }).status.signed;
const isFree = async (): Promise<void> => {
  world.read(0.4);
  await world.pass(5);
  expect(shareIn(world)).toBe(50);
};

describe('a sign-off of before plans were in what is signed', () => {
  beforeEach(async () => {
    rewriteTexts(withoutPlans);
    await world.restart();
    await world.pass(3);
  });

  it('stays good, binds nothing of plans, and says so', async () => {
    expect([signedOff(world), markOf()]).toEqual(['True/AllSigned', undefined]);
    expect(signedOffMessage(world)).toMatch(/says nothing of its plans: they can be edited until all have signed again/);
    await observe();
    expect([signedOff(world), conditionOf(planIn(world), 'SpecPending')?.status]).toEqual(['True/AllSigned', 'False']);
    await isFree();
  });

  it('counts beside one of today, and only once all have signed plans they are bound', async () => {
    await sign(world, 'today-product', { author: 'pia', role: 'product' });
    await world.pass(3);
    expect([signedOff(world), markOf()]).toEqual(['True/AllSigned', undefined]);
    await sign(world, 'today-compliance', { author: 'carl', role: 'compliance' });
    await world.pass(3);
    expect(markOf()).toMatchObject({ risk: 'credit', digest: signingStatus(world).signableDigest });
    await observe();
    expect(signedOff(world)).toBe('False/Stale');
    world.read(0.4);
    await world.passUntil('capped', () => shareIn(world) <= 10);
  });

  it('is Stale for what it says, and names nothing of plans', async () => {
    world.api.apply('modelrisks', strictRisk({}, { forSeconds: 3600 }));
    await observe();
    expect(signedOff(world)).toBe('False/Stale');
    expect(signedOffMessage(world)).not.toContain('plans.');
  });
});

it('regression: a text that says nothing of plans counts no more once texts do: it would let all of them go', async () => {
  for (const [author, role] of [
    ['pia', 'product'],
    ['carl', 'compliance'],
  ] as const) {
    const decision = world.api.list('riskdecisions').find(({ metadata }) => metadata.name === `first-${role}`);
    const { spec } = decision as unknown as { readonly spec: Fields };
    const signed = JSON.stringify(withoutPlans(JSON.parse(String(spec['signed'])) as Fields));
    await sign(world, `bare-${role}`, { author, role, changes: { signed, digest: signedDigest(signed) } });
  }
  await world.pass(3);
  const bare = world.api.list('riskdecisions').filter(({ metadata }) => metadata.name.startsWith('bare-'));
  expect(bare.map((each) => conditionOf(each, 'Valid')?.reason)).toEqual(['DigestChanged', 'DigestChanged']);
  await observe();
  expect(markOf()).toMatchObject({ risk: 'credit' });
  world.read(0.4);
  await world.passUntil('capped', () => shareIn(world) <= 10);
});

describe('a text with plans this operator can not read whole', () => {
  const later = (text: Fields): Fields => ({ ...text, plans: (text['plans'] as readonly Fields[]).map((plan) => ({ ...plan, later: 1 })) });

  it('is told as unreadable, and moves nothing that is engaged', async () => {
    world.read(0.4);
    await world.passUntil('capped', () => shareIn(world) <= 10);
    rewriteTexts(later);
    await world.restart();
    await observe();
    expect(signedOff(world)).toBe('False/SignedUnreadable');
    expect(shareIn(world)).toBeLessThanOrEqual(10);
    expect(phaseOf(planIn(world))).toBe('Engaged');
  });

  it('holds plans as long as the operator runs that read it', async () => {
    const known = signingStatus(world).signed;
    for (const { metadata } of world.api.list('riskdecisions')) world.api.remove('riskdecisions', metadata.name);
    await observe();
    expect([signedOff(world), known?.['digest']]).toEqual(['False/SignedUnreadable', signingStatus(world).signed?.['digest']]);
    world.read(0.4);
    await world.passUntil('capped', () => shareIn(world) <= 10);
  });
});

describe('two ModelRisks that had one plan signed', () => {
  const other = (): object => {
    const risk = strictRisk({ model: { name: 'other', version: '2.3.0' } }) as { readonly metadata: Fields };
    return { ...risk, metadata: { ...risk.metadata, name: 'other' } };
  };

  it('the one that had it signed first keeps it, until its own sign-offs let it go', async () => {
    world.api.apply('modelrisks', other());
    world.api.apply('mitigationplans', memoryPlan({ riskRef: { name: 'other' }, mode: 'Observe' }));
    await world.pass(3);
    const at = { namespace: 'lending', name: 'other' };
    await sign(world, 'other-product', { author: 'pia', role: 'product', at });
    await sign(world, 'other-compliance', { author: 'carl', role: 'compliance', at });
    await world.pass(3);
    expect(markOf()).toMatchObject({ risk: 'credit' });
    await signAll(world, 'second');
    expect(markOf()).toMatchObject({ risk: 'other' });
    await isFree();
  });
});

describe('whoever wrote a plan', () => {
  const written = (contributors: string | null, changes: Fields = {}): object => {
    const { metadata, ...rest } = memoryPlan(changes) as { readonly metadata: Fields };
    const annotations = contributors === null ? {} : { 'modelrisk.dev/contributors': contributors };
    return { ...rest, metadata: { ...metadata, annotations } };
  };
  const validityOf = (name: string) => {
    const decision = world.api.list('riskdecisions').find(({ metadata }) => metadata.name === name);
    return decision === undefined ? undefined : conditionOf(decision, 'Valid');
  };
  const signAs = async (author: string): Promise<void> => {
    await sign(world, 'by-author', { author, role: 'product' });
    await world.pass(3);
  };

  it('does not sign it with its model: somebody else must', async () => {
    world.api.apply('mitigationplans', written('paul,pia', { mode: 'Observe' }));
    await world.pass(3);
    await signAs('pia');
    expect(validityOf('by-author')).toMatchObject({ status: 'False', reason: 'AuthorContributed' });
    expect(validityOf('by-author')?.message).toContain('pia wrote MitigationPlan credit, which is signed with ModelRisk lending/credit');
    expect(signedOff(world)).toBe('False/Stale');
  });

  it.each([
    ['another one of the model', 'more', 'AuthorContributed', 'credit'],
    ['one of another model', 'more', 'Used', 'other'],
  ])('by the plan: %s', async (_, name, reason, risk) => {
    const more = written('pia', { riskRef: { name: risk } }) as { readonly metadata: Fields };
    world.api.apply('mitigationplans', { ...more, metadata: { ...more.metadata, name } });
    world.api.apply('mitigationplans', written('paul', { mode: 'Observe' }));
    await world.pass(3);
    await signAs('pia');
    expect(validityOf('by-author')?.reason).toBe(reason);
  });

  it('is not known of a plan of before that was recorded: its model says who wrote that', async () => {
    world.api.apply('mitigationplans', written(null, { mode: 'Observe' }));
    await world.pass(3);
    await signAs('pia');
    expect(validityOf('by-author')?.reason).toBe('Used');
  });

  it('loses no sign-off that counted before: it was of another text', async () => {
    world.api.apply('mitigationplans', written('pia'));
    await world.pass(3);
    expect([validityOf('first-product')?.reason, signedOff(world)]).toEqual(['Used', 'True/AllSigned']);
  });
});
