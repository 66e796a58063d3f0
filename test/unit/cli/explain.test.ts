import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { explainModelRisk } from '../../../src/cli/explain.ts';
import { failure, success } from '../../../src/shared/result.ts';
import { applyGuardedModelTo, memoryPolicy, memoryRisk, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';

type Fields = Readonly<Record<string, unknown>>;
const impact = { customerHarm: { low: 50_000, high: 2_000_000 }, regulatory: { constant: 100_000, fineProbabilityPercent: 20 } };

/** The objects of a running operator, as the plugin reads them: no operator needed any more. */
describe('explainModelRisk', () => {
  let world: MemoryOperator;
  const reader = (plural: string, denied = false) => ({
    get: ({ namespace, name }: { readonly namespace: string | null; readonly name: string }) => {
      const object = world.api.get(plural, name, namespace ?? undefined);
      if (denied) return Promise.resolve(failure({ kind: 'Forbidden', message: 'not allowed' } as never));
      return Promise.resolve(object === null ? failure({ kind: 'NotFound', message: 'not found' } as never) : success(object));
    },
  });
  const explain = (name = 'credit', denied = false) =>
    explainModelRisk(
      { risks: reader('modelrisks'), policies: reader('riskpolicies', denied) },
      { namespace: 'lending', name, nowMs: world.clock.nowMs() },
    );
  const explained = async (denied = false) => {
    const result = await explain('credit', denied);
    if (!result.ok) throw new Error(result.failure);
    return result.value;
  };

  beforeEach(async () => {
    world = await startMemoryOperator((api) => {
      applyGuardedModelTo(api);
      const risk = memoryRisk() as { readonly spec: Fields };
      const policy = memoryPolicy() as { readonly spec: Fields };
      const register = [
        { name: 'stale-population', category: 'DataQuality', likelihood: { incidents: 2, years: 4 }, impact },
        { name: 'theft', category: 'Security' },
      ];
      api.apply('modelrisks', { ...risk, spec: { ...risk.spec, risks: register } });
      api.apply('riskpolicies', { ...policy, spec: { ...policy.spec, currency: 'USD', tiers: [{ name: 'all' }] } });
    });
    await world.pass(3);
  });
  afterEach(() => world.stop());

  it('comes to the figures the operator wrote, under a constraint too', async () => {
    world.read(0.9);
    await world.pass(4);
    const { status } = world.api.get('modelrisks', 'credit') as unknown as {
      readonly status: { readonly expectedAnnualLoss: Readonly<Record<string, number>>; readonly p95: number };
    };
    expect(status.expectedAnnualLoss['liveSharePercent']).toBeLessThan(100);
    const { loss } = await explained();
    const shown = (value: number | undefined) => Number(value?.toPrecision(3));
    expect({
      value: shown(loss?.loss.expected.value),
      low: shown(loss?.loss.expected.low),
      high: shown(loss?.loss.expected.high),
      inherent: shown(loss?.loss.inherent.expectedAnnualLoss),
      residual: shown(loss?.loss.residual),
    }).toEqual(
      Object.fromEntries(['value', 'low', 'high', 'inherent', 'residual'].map((field) => [field, status.expectedAnnualLoss[field]])),
    );
    expect(shown(loss?.loss.p95)).toBe(status.p95);
  });

  it('says verdicts, loss and tier in sentences, and what the figure leaves out', async () => {
    world.read(0.9);
    await world.pass(4);
    const { sentences, verdicts } = await explained();
    expect(sentences[0]).toBe('ModelRisk lending/credit: model credit 2.3.0.');
    expect(verdicts).toMatchObject([{ name: 'score-drift', last: { verdict: 'Breach', value: 0.9, likelihoodRatio: 5 } }]);
    const text = sentences.join('\n');
    expect(text).toContain('Value 0.9, bad above its limits: beyond breach 0.25, beyond warn 0.1, beyond clear 0.1.');
    expect(text).toContain('Live evidence: score-drift stands at factor 5.');
    expect(text).toContain('Residual: callers get at most');
    expect(text).toContain('Left out, for want of likelihood and impact: theft.');
    expect(sentences.at(-1)).toBe('Tier all. all: it reaches none of the limits of the tiers above.');
  });

  it('is plain data: what --json prints reads back as it was', async () => {
    const explanation = await explained();
    expect(JSON.parse(JSON.stringify(explanation))).toEqual(explanation);
  });

  it('goes without the policy where a person may not read it', async () => {
    const { sentences, loss } = await explained(true);
    expect(sentences[1]).toBe("RiskPolicy default can't be read (not allowed): currency is taken from the status.");
    expect(loss?.currency).toBe('USD');
  });

  it('names what is missing or unreadable', async () => {
    expect(await explain('nobody')).toEqual({ ok: false, failure: "ModelRisk lending/nobody can't be read: not found" });
    world.api.apply('modelrisks', { ...memoryRisk(), spec: {} });
    expect(await explain()).toMatchObject({
      ok: false,
      failure: expect.stringContaining('ModelRisk lending/credit is not readable: spec.'),
    });
  });

  it('says what is left of a budget, and by what assumption', async () => {
    expect((await explained()).budgets).toEqual([]);
    expect((await explained()).sentences.join()).not.toContain('Budget');
    const objective = { targetPercent: 90, windowSeconds: 604_800 };
    const { spec, ...written } = memoryRisk({ objective, onNoData: 'Hold' }) as { readonly spec: Fields };
    world.api.apply('modelrisks', { ...written, spec });
    await world.pass(90);
    world.read(0.9);
    await world.pass(5);
    const { budgets, sentences } = await explained();
    const [budget] = budgets;
    expect(budget).toMatchObject({ indicator: 'score-drift', standing: 'Bad', targetPercent: 90, windowSeconds: 604_800, isSpent: false });
    expect(budget?.left).toBeCloseTo(1 - 4 / 94 / 0.1, 2);
    const said = sentences.filter((each) => /budget|spent/i.test(each));
    expect(said[0]).toMatch(
      /^Budget of indicator score-drift: [0-9]+ % left; a breach for [0-9.]+ s of the [0-9.]+ min that were judged since 2026/,
    );
    expect(said[1]).toMatch(/^If the breach goes on, nothing is left in [0-9.]+ s; it is called spent once 5\.6 h were judged\.$/);
    expect(said[2]).toBe('Budgets are reckoned as if an operator had looked until now.');
  });

  it('says what is at stake by the status, and that it is not known where it is not', async () => {
    const { metadata, spec, status } = world.api.get('modelrisks', 'credit') as unknown as Record<'metadata' | 'spec' | 'status', Fields>;
    expect((await explained()).exposure).toBeNull();
    const exposure = { signal: { template: { name: 'score-drift' } }, unit: 'application', valuePerUnit: 180 };
    const shown = { unit: 'application', unitsPerMinute: 1200, moneyPerMinute: 216_000, observedAt: '2026-06-01T12:00:00Z' };
    const written = { apiVersion: 'modelrisk.dev/v1alpha1', kind: 'ModelRisk', metadata, spec: { ...spec, exposure } };
    const sentence = async (of: Fields) => {
      const reads = { get: () => Promise.resolve(success({ ...written, status: { ...status, ...of } } as never)) };
      const read = await explainModelRisk(
        { risks: reads, policies: reader('riskpolicies') },
        { namespace: 'lending', name: 'credit', nowMs: world.clock.nowMs() },
      );
      if (!read.ok) throw new Error(read.failure);
      return read.value.sentences.find((each) => each.startsWith('At stake'));
    };
    expect(await sentence({ exposure: shown })).toBe(
      'At stake: 1,200 a minute (unit: application), 216,000 USD a minute, as of 2026-06-01T12:00:00.000Z.',
    );
    expect(await sentence({})).toBe('At stake: unknown, not 0 (unit: application): nobody has read it yet.');
  });

  it('says what is written and waits for signatures', async () => {
    const { metadata, spec, status } = world.api.get('modelrisks', 'credit') as unknown as Record<'metadata' | 'spec' | 'status', Fields>;
    const held = { ...status, signedTerms: [{ field: 'plans.credit.mode', signed: 'Enforce', written: 'Observe' }] };
    const object = { apiVersion: 'modelrisk.dev/v1alpha1', kind: 'ModelRisk', metadata, spec, status: held };
    const reads = { get: () => Promise.resolve(success(object as never)) };
    const read = await explainModelRisk(
      { risks: reads, policies: reader('riskpolicies') },
      { namespace: 'lending', name: 'credit', nowMs: world.clock.nowMs() },
    );
    expect(read.ok && read.value.sentences).toContain(
      'In force as signed until all have signed again: plans.credit.mode (signed: Enforce, written: Observe).',
    );
  });
});
