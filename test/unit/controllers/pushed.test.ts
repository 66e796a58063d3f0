import { afterEach, describe, expect, it } from '@jest/globals';
import { applyGuardedModelTo, memoryPlan, memoryPolicy, memoryRisk, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { shareIn } from '../../builders/memory-story.ts';
import { notification } from '../../builders/pushing.ts';

const common = { name: 'score-drift', windowSeconds: 1, measurableIn: ['Live', 'Shadow'] };
const identity = { namespace: 'namespace', model: 'model', version: 'version' };
const policyWith = (signal: object) => ({ ...memoryPolicy(), spec: { signals: [{ ...common, ...signal }] } });
const labels = { alertname: 'ScoreDrift', namespace: 'lending', model: 'credit', version: '2.3.0' };
/** Far longer than any of these stories: what happens, happens because something was pushed. */
const evaluationIntervalSeconds = 600;

let world: MemoryOperator;

async function guardedBy(
  signal: object,
  interval = evaluationIntervalSeconds,
  indicator: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  world = await startMemoryOperator((api) => {
    applyGuardedModelTo(api);
    api.apply('riskpolicies', policyWith(signal));
    const risk = memoryRisk(indicator) as { readonly spec: object };
    api.apply('modelrisks', { ...risk, spec: { ...risk.spec, evaluationIntervalSeconds: interval } });
  });
  await world.pass(1);
}

afterEach(() => world.stop());

const reading = (value: number, changes: object = {}) => ({
  ...{ namespace: 'lending', model: 'credit', version: '2.3.0', served: 'Live', signal: 'score-drift', value },
  time: world.clock.nowMs() / 1000,
  ...changes,
});

const stateOf = () => {
  const { status } = world.api.get('modelrisks', 'credit') as unknown as {
    readonly status: { readonly indicators: readonly { readonly state: string; readonly verdict: string; readonly message: string }[] };
  };
  return status.indicators[0];
};

describe('a pushed reading', () => {
  it('engages a plan at once, long before the next poll', async () => {
    await guardedBy({ push: {} });
    expect(shareIn(world)).toBe(50);
    expect(await world.push('/v1/readings', reading(0.9))).toBe(200);
    await world.pass(0.25);
    expect(shareIn(world)).toBe(10);
    expect(await world.sample('modelrisk_pushed_total', 'reading', 'Kept')).toBe(1);
  });

  it.each([
    ['another model', { model: 'other' }],
    ['another signal', { signal: 'other' }],
  ])('is refused when nobody is judged by it: %s', async (_what, changes) => {
    await guardedBy({ push: {} });
    expect(await world.push('/v1/readings', reading(0.9, changes))).toBe(422);
  });

  it('of another version moves nothing', async () => {
    await guardedBy({ push: {} });
    expect(await world.push('/v1/readings', reading(0.9, { version: '2.2.0' }))).toBe(200);
    await world.pass(2);
    expect(shareIn(world)).toBe(50);
  });

  it('is gone after a restart, and the verdict says so instead of going on with it', async () => {
    await guardedBy({ push: {} }, 1);
    await world.push('/v1/readings', reading(0.01));
    await world.pass(2);
    expect(stateOf()).toMatchObject({ verdict: 'Ok' });
    await world.restart();
    await world.pass(2);
    expect(stateOf()).toMatchObject({ verdict: 'NoData', message: expect.stringContaining('a restart forgets what was pushed before') });
  });

  it('regression: missing after a restart is no breach, even where its owner says so, until its pusher had the time to push again', async () => {
    await guardedBy({ push: {} }, 1, { onNoData: 'Breach', staleAfterSeconds: 10 });
    await world.push('/v1/readings', reading(0.01));
    await world.pass(5);
    await world.restart();
    await world.pass(9);
    expect(stateOf()).toMatchObject({ state: 'Clear', verdict: 'NoData' });
    expect(shareIn(world)).toBe(50);
    await world.pass(4);
    expect(shareIn(world)).toBe(10);
  });

  it('grows old though it is read at every poll', async () => {
    await guardedBy({ push: {} }, 1, { staleAfterSeconds: 10 });
    await world.push('/v1/readings', reading(0.01));
    await world.pass(13);
    expect(stateOf()).toMatchObject({ verdict: 'NoData', message: expect.stringContaining('Stale') });
  });

  it('holds forSeconds as long as polls do: many pushes in a second are no longer than a second', async () => {
    await guardedBy({ push: {} }, 1, { forSeconds: 5 });
    for (let pushes = 0; pushes < 20; pushes += 1) {
      await world.push('/v1/readings', reading(0.9));
      await world.pass(0.25);
      if (pushes < 19) expect(shareIn(world)).toBe(50);
    }
    await world.push('/v1/readings', reading(0.9));
    await world.pass(0.5);
    expect(shareIn(world)).toBe(10);
  });

  it('that comes between polls far apart keeps forSeconds unbroken, and no gap is counted', async () => {
    await guardedBy({ push: {} }, 10, { forSeconds: 25 });
    for (let seconds = 0; seconds <= 30; seconds += 5) {
      await world.push('/v1/readings', reading(0.9));
      await world.pass(5);
    }
    expect(shareIn(world)).toBe(10);
    expect(JSON.stringify(world.api.get('modelrisks', 'credit'))).not.toContain('answered up to');
  });
});

describe('a quorum of pushed readings', () => {
  it('is counted at once, in the turn of the push that completes it', async () => {
    const risk = memoryRisk() as { readonly spec: { readonly indicators: readonly object[] } };
    const [drift] = risk.spec.indicators;
    const parity = { ...drift, name: 'parity', signal: { template: { name: 'parity' } } };
    const signal = { quorum: { indicators: ['score-drift', 'parity'], atLeast: 2 } };
    const quorum = { name: 'both', risk: 'stale-population', signal, forSeconds: 0, clearForSeconds: 1 };
    world = await startMemoryOperator((api) => {
      applyGuardedModelTo(api);
      api.apply('riskpolicies', {
        ...memoryPolicy(),
        spec: { signals: ['score-drift', 'parity'].map((name) => ({ ...common, name, push: {} })) },
      });
      api.apply('modelrisks', { ...risk, spec: { ...risk.spec, evaluationIntervalSeconds, indicators: [drift, parity, quorum] } });
      api.apply('mitigationplans', memoryPlan({ trigger: { indicators: ['both'] } }));
    });
    await world.pass(1);
    await world.push('/v1/readings', reading(0.9));
    await world.pass(1);
    expect(shareIn(world)).toBe(50);
    await world.push('/v1/readings', reading(0.9, { signal: 'parity' }));
    await world.pass(0.25);
    expect(shareIn(world)).toBe(10);
  });
});

describe('an alert', () => {
  const counted = { alert: { alertName: 'ScoreDrift', heartbeat: 'Watchdog', repeatSeconds: 60 }, identity };
  const firing = { threshold: { direction: 'Above', breach: 0 }, staleAfterSeconds: 120 };

  it('that fires engages a plan at once', async () => {
    await guardedBy(counted, evaluationIntervalSeconds, firing);
    expect(await world.push('/v1/alerts', notification(['firing', labels]))).toBe(200);
    await world.pass(0.25);
    expect(shareIn(world)).toBe(10);
  });

  it('of another model or version moves nothing', async () => {
    await guardedBy(counted, evaluationIntervalSeconds, firing);
    await world.push('/v1/alerts', notification(['firing', { ...labels, model: 'other' }], ['firing', { ...labels, version: '1' }]));
    await world.pass(1);
    expect(shareIn(world)).toBe(50);
  });

  it('regression: silence after a restart is no Ok until every alert that fires was notified again, however alive the heartbeat is', async () => {
    await guardedBy(counted, 1, firing);
    await world.push('/v1/alerts', notification(['firing', labels]));
    await world.pass(1);
    expect(shareIn(world)).toBe(10);
    await world.restart();
    const beat = notification(['firing', { alertname: 'Watchdog' }]);
    for (let seconds = 0; seconds < 55; seconds += 5) {
      await world.push('/v1/alerts', beat);
      await world.pass(5);
    }
    expect(stateOf()).toMatchObject({ state: 'Firing', verdict: 'NoData' });
    expect(shareIn(world)).toBeLessThanOrEqual(10);
    for (let seconds = 0; seconds < 20; seconds += 5) {
      await world.push('/v1/alerts', beat);
      await world.pass(5);
    }
    expect(stateOf()).toMatchObject({ verdict: 'Ok' });
  });

  it('regression: silence after a restart is no breach either, even where its owner says so, while it can prove nothing yet', async () => {
    await guardedBy(counted, 1, { ...firing, onNoData: 'Breach', staleAfterSeconds: 70 });
    const beat = notification(['firing', { alertname: 'Watchdog' }]);
    // The heartbeat comes once in a repeat_interval, and the first one late in it.
    await world.pass(50);
    for (let beats = 0; beats < 2; beats += 1) {
      await world.push('/v1/alerts', beat);
      await world.pass(60);
      expect(shareIn(world)).toBe(50);
    }
    expect(stateOf()).toMatchObject({ state: 'Clear', verdict: 'Ok' });
  });

  it('regression: goes on to be heard for the plan that engaged on it when its template is taken out of the policy', async () => {
    await guardedBy(counted, 1, firing);
    await world.push('/v1/alerts', notification(['firing', labels]));
    await world.pass(1);
    expect(shareIn(world)).toBe(10);
    world.api.apply('riskpolicies', policyWith({ alert: { alertName: 'Other', repeatSeconds: 60 }, identity }));
    await world.pass(1);
    await world.push('/v1/alerts', notification(['resolved', labels]));
    await world.pass(1);
    await world.passUntil('the plan releases', () => shareIn(world) === 50);
  });
});
