import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { memoryPlan, memoryPolicy, memoryRisk, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { shareIn } from '../../builders/memory-story.ts';

const clearForSeconds = 20;

/** The risk of the story with changes of its spec. */
function riskWith(changes: Readonly<Record<string, unknown>> = {}): object {
  const risk = memoryRisk({ clearForSeconds }) as { readonly spec: object };
  return { ...risk, spec: { ...risk.spec, ...changes } };
}

describe('what is known of an indicator', () => {
  let world: MemoryOperator;

  beforeEach(async () => {
    world = await startMemoryOperator();
    world.api.apply('modelrisks', riskWith());
    world.api.apply('mitigationplans', memoryPlan({ recovery: { stepSeconds: 30, probeAfterSeconds: 300 } }));
    world.read(0.9);
    await world.passUntil('capped', () => shareIn(world) === 10);
  });
  afterEach(() => world.stop());

  const states = (): unknown =>
    (world.api.get('modelrisks', 'credit') as { status?: { indicators: { state: string }[] } }).status?.indicators.map(
      ({ state }) => state,
    );

  /** Good readings from now on: no caller comes back before they were good for the whole time. */
  async function expectWholeWait(): Promise<void> {
    world.read(0.01);
    await world.pass(clearForSeconds - 2);
    expect(states()).toEqual(['Clearing']);
    expect(shareIn(world)).toBeLessThanOrEqual(10);
    await world.pass(90);
    expect(shareIn(world)).toBe(50);
  }

  it('regression: outlives a RiskPolicy that is gone for a moment', async () => {
    world.api.remove('riskpolicies', 'default');
    await world.pass(1);
    expect(states()).toEqual(['Firing']);
    world.api.apply('riskpolicies', memoryPolicy());
    await expectWholeWait();
  });

  it('regression: outlives a restart while its signal can’t be found', async () => {
    world.api.apply('riskpolicies', memoryPolicy({ name: 'renamed' }));
    await world.pass(1);
    await world.restart();
    await world.pass(1);
    expect(states()).toEqual(['Firing']);
    world.api.apply('riskpolicies', memoryPolicy());
    await expectWholeWait();
  });

  it('outlives a spec that can’t be read', async () => {
    world.api.apply('modelrisks', riskWith({ indicators: 'none' }));
    await world.pass(1);
    world.api.apply('modelrisks', riskWith());
    await expectWholeWait();
  });

  it.each([
    ['in one process', false],
    ['over a restart', true],
  ])('regression: a risk created again under its name has to earn its Clear while a plan is engaged (%s)', async (_how, restarts) => {
    world.api.remove('modelrisks', 'credit');
    await world.pass(1);
    if (restarts) await world.restart();
    world.api.apply('modelrisks', riskWith());
    await expectWholeWait();
  });

  it('regression: a new version has to earn its own Clear, whatever the version before had', async () => {
    world.read(0.01);
    await world.pass(clearForSeconds + 5);
    expect(states()).toEqual(['Clear']);
    world.api.apply('modelrisks', riskWith({ model: { name: 'credit', version: '2.4.0' } }));
    await expectWholeWait();
  });
});
