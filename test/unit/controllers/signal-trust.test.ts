import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { memoryPlan, memoryPolicy, memoryRisk, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { liveIn, planIn, shareIn } from '../../builders/memory-story.ts';
import { conditionOf } from '../../builders/traffic-view.ts';

function planWithSafeVersion(version: string): object {
  const safe = { service: 'credit-v1', port: 8080, version };
  const targets = [{ name: 'traffic', httpRoute: { name: 'credit', candidate: { service: 'credit-v2', port: 8080 }, safe } }];
  return memoryPlan({ targets, stages: [{ name: 'limit', actions: [{ target: 'traffic', canaryLimit: { maxPercent: 10 } }] }] });
}

const inline = (query: string, windowSeconds: number) => ({
  signal: { promQL: { provider: 'prometheus', query, windowSeconds } },
});
const drift = 'max by (namespace, model, version) (score_drift)';

describe('what an operator takes a signal for', () => {
  let world: MemoryOperator;

  beforeEach(async () => {
    world = await startMemoryOperator();
  });
  afterEach(() => world.stop());

  it('regression: a signal that knows no versions is never read as the safe one: the cause always looked shared and nothing moved', async () => {
    world.api.apply('riskpolicies', memoryPolicy({ identity: { namespace: 'namespace', model: 'model' } }));
    world.api.apply('mitigationplans', planWithSafeVersion('2.2.0'));
    await world.pass(2);
    world.read(0.9, 0.01);
    await world.passUntil('capped', () => shareIn(world) <= 10);
    expect(conditionOf(planIn(world), 'Engaged')).toMatchObject({ status: 'True' });
  });

  it('still moves nothing when a signal that knows versions breaches on the safe one too', async () => {
    world.api.apply('mitigationplans', planWithSafeVersion('2.2.0'));
    await world.pass(2);
    world.read(0.9, 0.9);
    await world.pass(10);
    expect(shareIn(world)).toBe(50);
  });

  it('regression: a plan that calls the candidate safe is not ready, and its reading never counts as both', async () => {
    world.api.apply('mitigationplans', planWithSafeVersion('2.3.0'));
    await world.pass(2);
    expect(conditionOf(planIn(world), 'Ready')).toMatchObject({
      status: 'False',
      reason: 'SafeVersionIsCandidate',
      message: expect.stringContaining('safe.version 2.3.0 is the version under guard'),
    });
    world.read(0.9);
    await world.passUntil('capped', () => shareIn(world) <= 10);
  });

  describe.each([
    ['looks back further than its window', { query: `max_over_time(${drift}[6h:1m])` }, 'write windowSeconds: 21600'],
    ['is no PromQL', { query: 'max by (namespace, model, version) (' }, 'value query: the query is not PromQL'],
    ['counts rows without saying whose', { query: drift, countQuery: 'count by (namespace) (score)' }, 'no label model, version'],
    [
      'sees activity without saying whose',
      { query: drift, activityQuery: 'sum(rate(score[1m]))' },
      'activity query: its answer has no label',
    ],
  ])('regression: a template whose query %s', (_what, promQL, said) => {
    it('is told to its author, and to whoever uses it', async () => {
      world.api.apply('riskpolicies', memoryPolicy({ promQL }));
      await world.pass(2);
      const expected = { status: 'False', reason: 'SignalInvalid', message: expect.stringContaining(said) };
      expect(conditionOf(liveIn(world, 'riskpolicies', 'default'), 'Ready')).toMatchObject(expected);
      expect(conditionOf(liveIn(world, 'modelrisks', 'credit'), 'Ready')).toMatchObject(expected);
      world.api.apply('riskpolicies', memoryPolicy());
      await world.pass(2);
      expect(conditionOf(liveIn(world, 'riskpolicies', 'default'), 'Ready')).toMatchObject({ status: 'True' });
      expect(conditionOf(liveIn(world, 'modelrisks', 'credit'), 'Ready')).toMatchObject({ status: 'True' });
    });
  });

  it('regression: an inline query that looks back further than its window is told on its ModelRisk', async () => {
    world.api.apply('riskpolicies', memoryPolicy({}, { inlineQueries: { enforceLabel: 'namespace' } }));
    world.api.apply('modelrisks', memoryRisk(inline('sum(increase(errors[6h]))', 1)));
    await world.pass(2);
    expect(conditionOf(liveIn(world, 'modelrisks', 'credit'), 'Ready')).toMatchObject({
      status: 'False',
      reason: 'SignalInvalid',
      message: expect.stringContaining('indicator score-drift: value query: it looks back 21600 s'),
    });
    world.api.apply('modelrisks', memoryRisk(inline('sum(increase(errors[6h]))', 21_600)));
    await world.pass(2);
    expect(conditionOf(liveIn(world, 'modelrisks', 'credit'), 'Ready')).toMatchObject({ status: 'True' });
  });

  it('never takes a query nobody could ask for a breach', async () => {
    world.api.apply('riskpolicies', memoryPolicy({ promQL: { query: `max_over_time(${drift}[6h:1m])` } }));
    world.api.apply('modelrisks', memoryRisk({ onError: 'Breach', onNoData: 'Breach' }));
    const source = { provider: 'default/prometheus', query: 'q', queriedAtMs: world.clock.nowMs() };
    world.read({ kind: 'NoData', cause: 'Empty', message: 'nothing', source });
    await world.pass(10);
    expect(shareIn(world)).toBe(50);
    world.api.apply('riskpolicies', memoryPolicy());
    await world.passUntil('capped', () => shareIn(world) <= 10);
  });

  describe('when answers come further apart than two intervals', () => {
    const assessed = () => conditionOf(liveIn(world, 'modelrisks', 'credit'), 'Assessed');
    const said = () => world.events.filter(({ reason }) => reason === 'TooSlow');

    it('regression: says that a breach may never fire, to the owner and once, and takes it back when answers keep pace again', async () => {
      world.api.apply('modelrisks', memoryRisk({ forSeconds: 5 }));
      world.answerAfter(2.5);
      world.read(0.9);
      await world.pass(30);
      expect(shareIn(world)).toBe(50);
      const message = expect.stringContaining('answered up to 3 s apart, more than twice its evaluationIntervalSeconds (1)');
      expect(assessed()).toMatchObject({ status: 'False', reason: 'TooSlow', message });
      expect(said()).toMatchObject([{ type: 'Warning', note: message }]);
      world.answerAfter(0);
      await world.passUntil('capped', () => shareIn(world) <= 10);
      await world.pass(10);
      expect(assessed()).toMatchObject({ status: 'True', reason: 'AllRead' });
      expect(said()).toHaveLength(1);
    });

    it('says nothing of an indicator that waits for nothing, nor of one that keeps the interval it is told to write', async () => {
      world.api.apply('modelrisks', memoryRisk({ forSeconds: 0, clearForSeconds: 0 }));
      world.answerAfter(2.5);
      await world.pass(30);
      expect(assessed()).toMatchObject({ status: 'True' });
      const slower = memoryRisk({ forSeconds: 5 }) as { readonly spec: object };
      world.api.apply('modelrisks', { ...slower, spec: { ...slower.spec, evaluationIntervalSeconds: 3 } });
      world.read(0.9);
      await world.passUntil('capped', () => shareIn(world) <= 10);
      expect(assessed()).toMatchObject({ status: 'True' });
    });
  });
});
