import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { applyGuardedModelTo, memoryRisk, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { sign, signAll, signedOff, signedOffMessage, signedPolicy, signedRisk, signedTiers } from '../../builders/signing.ts';

type Fields = Readonly<Record<string, unknown>>;

const digest = `sha256:${'a'.repeat(64)}`;
const plural = 'riskgates';

function aNamespace(mode: string | null): object {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'lending', ...(mode === null ? {} : { labels: { 'modelrisk.dev/gate': mode } }) },
  };
}

describe('the RiskGate of a namespace', () => {
  let world: MemoryOperator;
  const models = (): readonly Fields[] | null => {
    const gate = world.api.get(plural, 'gate') as { readonly spec: { readonly models: readonly Fields[] } } | null;
    return gate === null ? null : gate.spec.models;
  };
  const writes = () => world.api.writes.filter(({ resource }) => resource === plural);
  beforeEach(async () => {
    world = await startMemoryOperator((api) => {
      applyGuardedModelTo(api);
      api.apply('riskpolicies', signedPolicy());
      const workloadRefs = [{ group: 'apps', kind: 'Deployment', name: 'credit-v2' }];
      api.apply('modelrisks', signedRisk({ workloadRefs, model: { name: 'credit', version: '2.3.0', imageDigest: digest } }));
      api.apply('namespaces', aNamespace('Enforce'));
    });
    await world.pass(3);
  });
  afterEach(() => world.stop());

  it('knows its models, what they run on, who has to sign, and that nothing is approved yet', () => {
    const workloads = [{ kind: 'Deployment', name: 'credit-v2' }];
    const roles = ['compliance', 'product'];
    expect(models()).toEqual([{ risk: 'credit', tier: 'High', signOffs: 'Required', roles, approved: [], workloads }]);
  });

  it('lets in what carries all sign-offs, with the digest that was signed, and not what carries some', async () => {
    await sign(world, 'one', { author: 'pia', role: 'product' });
    await world.pass(2);
    expect(models()).toMatchObject([{ approved: [] }]);
    await signAll(world);
    expect(models()).toMatchObject([{ approved: [{ version: '2.3.0', imageDigest: digest }] }]);
  });

  it('keeps the version that was signed when another comes under guard, which is let in once it is signed', async () => {
    await signAll(world);
    const next = signedRisk({ model: { name: 'credit', version: '2.4.0' } });
    world.api.apply('modelrisks', next);
    await world.pass(3);
    expect(models()).toMatchObject([{ approved: [{ version: '2.3.0' }] }]);
    await signAll(world, 'second');
    expect(models()).toMatchObject([{ approved: [{ version: '2.4.0' }, { version: '2.3.0', imageDigest: digest }] }]);
  });

  it('regression: keeps the workloads that were signed for beside those that are written: an edit let them bring any version', async () => {
    await signAll(world);
    const gated = () => (models()?.[0]?.['workloads'] as readonly Fields[]).map((each) => each['name']);
    const refs = (...names: readonly string[]) => ({
      workloadRefs: names.map((name) => ({ group: 'apps', kind: 'Deployment', name })),
      model: { name: 'credit', version: '2.3.0', imageDigest: digest },
    });
    world.api.apply('modelrisks', signedRisk(refs()));
    await world.pass(2);
    expect(gated()).toEqual(['credit-v2']);
    world.api.apply('modelrisks', signedRisk(refs('credit-v3', 'credit-v2')));
    await world.pass(2);
    expect(gated()).toEqual(['credit-v2', 'credit-v3']);
    world.api.apply('modelrisks', signedRisk(refs('credit-v3')));
    await world.pass(2);
    await signAll(world, 'second');
    await world.pass(2);
    expect(gated()).toEqual(['credit-v3']);
  });

  it('names no more roles than it can hold, those that have to sign first (regression: the server refused the whole gate)', async () => {
    await signAll(world);
    const signOffRoles = Array.from({ length: 16 }, (_, index) => `role-${String(index).padStart(2, '0')}`);
    world.api.apply('riskpolicies', signedPolicy({ tiers: [{ name: 'High', when: { criticality: ['High'] }, signOffRoles }] }));
    await world.passUntil('all of them are asked', () => String(models()?.[0]?.['roles']) === String(signOffRoles));
  });

  it('asks for no sign-offs where the tier asks for none', async () => {
    world.api.apply('modelrisks', memoryRisk());
    world.api.apply('riskpolicies', signedPolicy({ tiers: [{ name: 'Low' }] }));
    await world.passUntil('none is asked for', () => models()?.[0]?.['signOffs'] === 'NotRequired');
  });

  it('regression: lets in no version of a model in no tier, while others of its policy have to be signed: it let in any', async () => {
    const [high] = signedTiers;
    world.api.apply('riskpolicies', signedPolicy({ tiers: [high] }));
    world.api.remove('modelrisks', 'credit');
    await world.pass(1);
    world.api.apply('modelrisks', signedRisk({ criticality: 'Low' }));
    await world.pass(3);
    expect(models()).toMatchObject([{ tier: '', signOffs: 'Required', roles: [], approved: [] }]);
    expect(signedOff(world)).toBe('False/TierMissing');
    expect(signedOffMessage(world)).toMatch(
      /^No tier of RiskPolicy default fits .* Write spec\.criticality .* a last tier without when\.$/,
    );
    world.api.apply('riskpolicies', signedPolicy({ tiers: [high, { name: 'Low' }] }));
    await world.passUntil('none is asked for', () => models()?.[0]?.['signOffs'] === 'NotRequired');
  });

  it('asks for none in no tier where no tier of the policy does', async () => {
    world.api.remove('modelrisks', 'credit');
    await world.pass(1);
    world.api.apply('modelrisks', signedRisk({ criticality: 'Low' }));
    world.api.apply('riskpolicies', signedPolicy({ tiers: [{ name: 'High', when: { criticality: ['High'] } }] }));
    await world.passUntil('none is asked for', () => models()?.[0]?.['signOffs'] === 'NotRequired');
    expect(signedOff(world)).toBe('True/NotRequired');
  });

  it('costs no write while nothing changes, whatever is read', async () => {
    const before = writes().length;
    world.read(0.9);
    await world.pass(30);
    expect(writes()).toHaveLength(before);
  });

  it('follows models that come and go, in the order of their names', async () => {
    const risk = memoryRisk() as { readonly metadata: Fields };
    world.api.apply('modelrisks', { ...risk, metadata: { ...risk.metadata, name: 'a-first' } });
    await world.pass(2);
    expect(models()?.map((each) => each['risk'])).toEqual(['a-first', 'credit']);
    world.api.remove('modelrisks', 'a-first');
    await world.pass(2);
    expect(models()?.map((each) => each['risk'])).toEqual(['credit']);
  });

  it('is written again when somebody deletes or edits it', async () => {
    const before = models();
    world.api.remove(plural, 'gate');
    await world.pass(2);
    expect(models()).toEqual(before);
    const gate = world.api.get(plural, 'gate');
    world.api.apply(plural, { ...gate, spec: { models: [] } });
    await world.pass(2);
    expect(models()).toEqual(before);
  });

  it.each(['Off', null])('goes when the namespace no longer opts in (%s)', async (mode) => {
    world.api.apply('namespaces', aNamespace(mode));
    await world.passUntil('it is gone', () => models() === null);
    const count = writes().length;
    await world.pass(10);
    expect(writes()).toHaveLength(count);
  });

  it('is there under Audit too, and after a restart is not written again', async () => {
    world.api.apply('namespaces', aNamespace('Audit'));
    await world.pass(2);
    const before = writes().length;
    await world.restart();
    await world.pass(3);
    expect(models()).not.toBeNull();
    expect(writes()).toHaveLength(before);
  });

  it('is written after all when the first attempts are lost', async () => {
    world.api.apply('namespaces', aNamespace(null));
    await world.pass(2);
    let lost = 0;
    world.api.onWrite(({ resource }) => (resource === plural && lost++ < 3 ? 'Lose' : 'Pass'));
    world.api.apply('namespaces', aNamespace('Enforce'));
    await world.passUntil('it is written', () => models() !== null);
    expect(lost).toBeGreaterThan(3);
  });
});

describe('a namespace that did not opt in', () => {
  it('has no gate, and nobody writes one', async () => {
    const world = await startMemoryOperator();
    await world.pass(5);
    expect(world.api.writes.filter(({ resource }) => resource === plural)).toEqual([]);
    await world.stop();
  });
});
