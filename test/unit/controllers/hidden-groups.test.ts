import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Observation } from '../../../src/core/model/observation.ts';
import { readFairness } from '../../../src/core/statistics/fairness.ts';
import { parity, parityRows } from '../../builders/decision-rows.ts';
import { applyGuardedModelTo, memoryPlan, memoryPolicy, memoryRisk, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What a fairness signal answers for these decisions. */
function observed(groups: Readonly<Record<string, readonly [number, number]>>): Observation {
  const read = readFairness(parity(), parityRows(groups), 0);
  const source = { provider: 'default/prometheus', query: 'decisions', queriedAtMs: 0 };
  if (read.ok) return { kind: 'Value', dataTimeMs: 0, windowSeconds: 1, source, ...read.value };
  if (read.failure.cause !== 'Insufficient') throw new Error(read.failure.message);
  const { message, sampleCount, computation } = read.failure;
  return { kind: 'Insufficient', message, sampleCount, computation, source };
}

describe('a group with seven decisions', () => {
  let world: MemoryOperator;

  beforeEach(async () => {
    world = await startMemoryOperator((api) => {
      applyGuardedModelTo(api);
      const policy = memoryPolicy() as { readonly spec: Fields };
      const receivers = [{ name: 'oncall', webhook: { url: 'https://hooks.example/risk' } }];
      api.apply('riskpolicies', { ...policy, spec: { ...policy.spec, receivers } });
      api.apply('modelrisks', memoryRisk({ threshold: { direction: 'Below', breach: 0.8 } }));
      api.apply('mitigationplans', memoryPlan({ notify: { receivers: ['oncall'] } }));
    });
  });
  afterEach(() => world.stop());

  /** Everything the operator wrote or said, one text. */
  const everything = (): string => {
    const plurals = ['riskpolicies', 'modelrisks', 'mitigationplans', 'riskincidents', 'riskchainheads', 'httproutes', 'featureflags'];
    const objects = plurals.flatMap((plural) => world.api.list(plural));
    const events = world.events.map(({ reason, note }) => ({ reason, note }));
    return JSON.stringify({
      objects,
      writes: world.api.writes.map(({ body }) => body),
      events,
      logged: world.logged,
      notices: world.notices,
    });
  };

  it('is named nowhere in objects, records, events, notices and logs of an engagement it had no part in; the others are', async () => {
    world.read(observed({ 'zq-large': [800, 200], 'zq-other': [500, 500], 'zq-small': [1, 6] }));
    await world.pass(8);
    expect(world.api.list('riskincidents')).toHaveLength(1);
    expect(world.notices.length).toBeGreaterThan(0);
    expect(everything()).toContain('group: zq-other');
    expect(everything()).not.toContain('zq-small');
    expect(everything()).not.toContain('[1,6]');
  });

  it('is not named by what is said of groups too few to compare', async () => {
    world.read(observed({ 'zq-large': [800, 200], 'zq-some': [9, 3], 'zq-small': [1, 6] }));
    await world.pass(8);
    expect(everything()).toContain('zq-some (12); 1 with fewer than 10 decisions, which are not named');
    expect(everything()).not.toContain('zq-small');
  });
});
