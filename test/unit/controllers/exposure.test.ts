import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Observation } from '../../../src/core/model/observation.ts';
import { applyGuardedModelTo, memoryPlan, memoryPolicy, memoryRisk, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { shareIn } from '../../builders/memory-story.ts';

type Fields = Readonly<Record<string, unknown>>;

const exposure = { signal: { template: { name: 'decisions' } }, unit: 'application', valuePerUnit: 180 };

const decisions = {
  name: 'decisions',
  provider: 'prometheus',
  promQL: { query: 'sum by (namespace, model, version) (rate(model_decisions_total{served="live"}[5m]))' },
  windowSeconds: 300,
  identity: { namespace: 'namespace', model: 'model', version: 'version' },
};

const { promQL: _, ...withoutQuery } = decisions;

const blind: Observation = {
  kind: 'NoData',
  cause: 'Empty',
  message: 'no series for this model',
  source: { provider: 'default/prometheus', query: 'rate', queriedAtMs: 0 },
};

describe('the live exposure of a model', () => {
  let world: MemoryOperator;
  const policy = (signals: readonly Fields[] = [decisions]) => {
    const { spec, ...written } = memoryPolicy() as { readonly spec: { readonly signals: readonly Fields[] } & Fields };
    return { ...written, spec: { ...spec, currency: 'USD', signals: [...spec.signals, ...signals] } };
  };
  const risk = (spec: Fields = { exposure }) => {
    const written = memoryRisk() as { readonly spec: Fields };
    return { ...written, spec: { ...written.spec, ...spec } };
  };
  const shown = () =>
    (world.api.get('modelrisks', 'credit') as unknown as { readonly status: { readonly exposure?: Fields } }).status.exposure;
  const metric = (name: string) => world.sample(`modelrisk_exposure_${name}`, 'lending', 'credit');
  const writes = () => world.api.writes.filter(({ resource }) => resource === 'modelrisks').length;

  beforeEach(async () => {
    world = await startMemoryOperator((api) => {
      applyGuardedModelTo(api);
      api.apply('riskpolicies', policy());
      api.apply('modelrisks', risk());
    });
    world.readElsewhere(2);
    await world.pass(3);
  });
  afterEach(() => world.stop());

  it('stands in the status and the metrics, by the minute and in money', async () => {
    await world.pass(31);
    expect(shown()).toMatchObject({ unit: 'application', unitsPerMinute: 120, moneyPerMinute: 21_600 });
    expect(await metric('units_per_minute')).toBe(120);
    expect(await metric('money_per_minute')).toBe(21_600);
    expect(await metric('known')).toBe(1);
  });

  it('costs no write while traffic goes on about as it was, and /metrics follows all the same', async () => {
    await world.pass(31);
    const before = writes();
    world.readElsewhere(2.2);
    await world.pass(400);
    expect(writes()).toBe(before);
    expect(await metric('units_per_minute')).toBeCloseTo(132, 9);
    world.readElsewhere(4);
    await world.pass(35);
    expect(shown()).toMatchObject({ unitsPerMinute: 240 });
    expect(writes()).toBe(before + 1);
  });

  it('is unknown, not 0, once readings failed for five minutes, says why, and comes back', async () => {
    await world.pass(31);
    world.readElsewhere(blind);
    await world.pass(280);
    expect(shown()).toMatchObject({ unitsPerMinute: 120 });
    await world.pass(60);
    expect(shown()).toEqual({ unit: 'application', message: 'no series for this model' });
    expect(await metric('units_per_minute')).toBeNull();
    expect(await metric('money_per_minute')).toBeNull();
    expect(await metric('known')).toBe(0);
    world.readElsewhere(3);
    await world.pass(31);
    expect(shown()).toMatchObject({ unitsPerMinute: 180 });
    expect(shown()).not.toHaveProperty('message');
  });

  it.each([
    ['a number that is none', Number.NaN],
    ['a negative rate', -1],
    ['an infinite one', Number.POSITIVE_INFINITY],
  ])('takes %s for no reading', async (_, value) => {
    world.readElsewhere(value);
    await world.restart();
    await world.pass(400);
    expect(shown()).toMatchObject({ message: `the signal answered ${String(value)}, which is no rate` });
  });

  it('moves no traffic and breaks no condition, whatever becomes of it', async () => {
    const before = JSON.stringify((world.api.get('modelrisks', 'credit') as unknown as { readonly status: Fields }).status['conditions']);
    world.readElsewhere(blind);
    await world.pass(400);
    expect(shareIn(world)).toBe(50);
    expect(JSON.stringify((world.api.get('modelrisks', 'credit') as unknown as { readonly status: Fields }).status['conditions'])).toBe(
      before,
    );
    expect(world.api.list('riskincidents')).toEqual([]);
  });

  it('keeps what was shown over a restart until the first look, and says what that finds', async () => {
    await world.pass(31);
    const before = shown();
    await world.restart();
    await world.pass(1);
    expect(shown()).toEqual(before);
    world.readElsewhere(9);
    await world.pass(400);
    expect(shown()).toMatchObject({ unitsPerMinute: 540 });
  });

  it('of another version begins anew: the reading of the one before is not its own', async () => {
    await world.pass(31);
    world.api.apply('modelrisks', risk({ exposure, model: { name: 'credit', version: '2.4.0' } }));
    world.read(0.01, blind);
    await world.pass(35);
    expect(shown()).toEqual({ unit: 'application', message: 'no series for this model' });
  });

  it('has another price at once, and goes with its declaration', async () => {
    await world.pass(31);
    world.api.apply('modelrisks', risk({ exposure: { ...exposure, valuePerUnit: 200 } }));
    await world.pass(31);
    expect(shown()).toMatchObject({ moneyPerMinute: 24_000 });
    world.api.apply('modelrisks', risk({}));
    await world.pass(3);
    expect(shown()).toBeUndefined();
    expect(await metric('known')).toBeNull();
  });

  it.each([
    ['a signal the policy does not have', [], /the policy has no signal decisions/],
    ['a statistic', [{ ...withoutQuery, drift: { live: 'sum by (namespace, model, version, le) (x)' } }], /gives no rate/],
    ['what is measured in copies alone', [{ ...decisions, measurableIn: ['Shadow'] }], /is of copies/],
    [
      'a query that can not be read',
      [{ ...decisions, promQL: { query: 'sum by (namespace, model, version) (rate(x[5m])' } }],
      /can't be used/,
    ],
  ])('says what is wrong with %s', async (_, signals, message) => {
    world.api.apply('riskpolicies', policy(signals));
    await world.restart();
    await world.pass(340);
    expect(shown()).toEqual({ unit: 'application', message: expect.stringMatching(message) });
  });

  it('says so of a suspended model, and of a policy that is gone', async () => {
    world.api.apply('modelrisks', risk({ exposure, suspend: 'Hold' }));
    await world.pass(340);
    expect(shown()?.['message']).toBe('the model is suspended, so nothing is read');
    world.api.apply('modelrisks', risk());
    world.api.remove('riskpolicies', 'default', '');
    await world.restart();
    await world.pass(31);
    expect(shown()).toEqual({ unit: 'application', message: expect.any(String) });
  });

  describe('in what people are told of an incident', () => {
    const text = (): string | undefined =>
      world.notices.map(({ message }) => (JSON.parse(message.body) as { readonly text: string }).text)[0];

    async function engaged(): Promise<void> {
      const { spec, ...written } = policy() as { readonly spec: Fields };
      world.api.apply('riskpolicies', {
        ...written,
        spec: { ...spec, receivers: [{ name: 'chat', webhook: { url: 'https://chat.example/hook' } }] },
      });
      world.api.apply('mitigationplans', memoryPlan({ notify: { receivers: ['chat'] } }));
      await world.pass(35);
      world.read(0.9);
      await world.passUntil('told', () => world.notices.length > 0);
    }

    it('stands with its unit, its money and its time', async () => {
      await engaged();
      expect(text()).toMatch(/\nAt stake: 120 a minute \(unit: application\), 21,600 USD a minute, as of 2026-06-01T12:0[0-9.:TZ]+\.\n/);
    });

    it('is unknown where nobody knows it', async () => {
      world.readElsewhere(blind);
      world.api.apply('modelrisks', risk({ exposure: { ...exposure, unit: 'claim' } }));
      // The last reading stands for five minutes.
      await world.clock.advance(330_000);
      await engaged();
      expect(text()).toContain('At stake: unknown, not 0 (unit: claim)');
    });

    it('is left out where nothing was declared', async () => {
      world.api.apply('modelrisks', risk({}));
      await engaged();
      expect(text()).toContain('Engaged');
      expect(text()).not.toContain('At stake');
    });
  });
});
