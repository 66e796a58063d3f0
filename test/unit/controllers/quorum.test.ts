import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parseModelRisk } from '../../../src/api/model-risk.ts';
import { parseRiskPolicy } from '../../../src/api/risk-policy.ts';
import { resolveRisk, type RiskState } from '../../../src/controllers/risk-state.ts';
import { stored, type Manifest } from '../../builders/api.ts';
import { failedReading, noReading } from '../../builders/core.ts';
import { applyGuardedModelTo, memoryPlan, memoryPolicy, memoryRisk, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { planIn, shareIn } from '../../builders/memory-story.ts';
import { phaseOf } from '../../builders/traffic-view.ts';
import { noConfigMaps } from '../../builders/references.ts';

type Fields = Readonly<Record<string, unknown>>;

const otherQuery = 'max by (namespace, model, version) (rejections)';
const quorum = {
  name: 'both',
  risk: 'stale-population',
  signal: { quorum: { indicators: ['score-drift', 'rejections'], atLeast: 2 } },
  forSeconds: 0,
  clearForSeconds: 1,
};

function riskWith(changes: Fields = {}): object {
  const risk = memoryRisk() as { readonly spec: Fields & { readonly indicators: readonly Fields[] } };
  const [drift] = risk.spec.indicators;
  const rejections = { ...drift, name: 'rejections', signal: { template: { name: 'rejections' } }, ...changes };
  return { ...risk, spec: { ...risk.spec, indicators: [drift, rejections, quorum] } };
}

function policyWithBoth(): object {
  const policy = memoryPolicy() as { readonly spec: Fields & { readonly signals: readonly Fields[] } };
  const [drift] = policy.spec.signals;
  const rejections = { ...drift, name: 'rejections', promQL: { query: otherQuery } };
  return { ...policy, spec: { ...policy.spec, signals: [drift, rejections] } };
}

describe('a plan that goes by a quorum', () => {
  let world: MemoryOperator;
  const indicator = (name: string) =>
    (
      world.api.get('modelrisks', 'credit') as unknown as { readonly status: { readonly indicators: readonly Fields[] } }
    ).status.indicators.find((each) => each['name'] === name);
  const statusWrites = () =>
    world.api.writes.filter(({ resource, subresource }) => resource === 'modelrisks' && subresource === 'status').length;

  beforeEach(async () => {
    world = await startMemoryOperator((api) => {
      applyGuardedModelTo(api);
      api.apply('riskpolicies', policyWithBoth());
      api.apply('modelrisks', riskWith());
      const stages = [{ name: 'limit', actions: [{ target: 'traffic', canaryLimit: { maxPercent: 10 } }] }];
      api.apply('mitigationplans', memoryPlan({ trigger: { indicators: ['both'] }, stages }));
    });
    await world.pass(3);
  });
  afterEach(() => world.stop());

  it('moves nothing on one member, and engages in the turn of the second', async () => {
    world.read(0.9);
    await world.pass(5);
    expect(indicator('score-drift')).toMatchObject({ verdict: 'Breach', state: 'Firing' });
    expect(indicator('both')).toMatchObject({ verdict: 'Ok', state: 'Clear' });
    expect(shareIn(world)).toBe(50);
    world.readElsewhere(0.8);
    await world.passUntil('capped', () => shareIn(world) === 10);
    expect(indicator('both')).toMatchObject({ verdict: 'Breach', value: 2, threshold: { direction: 'Above', breach: 1, clear: 1 } });
  });

  it('records which member said what, and gives back when one of them is good again', async () => {
    world.read(0.9);
    world.readElsewhere(0.8);
    await world.passUntil('capped', () => shareIn(world) === 10);
    await world.pass(2);
    const [incident] = world.api.list('riskincidents') as unknown as readonly { readonly spec: { readonly trigger: readonly Fields[] } }[];
    expect(incident?.spec.trigger).toMatchObject([
      {
        ...{ indicator: 'both', verdict: 'Breach', value: 2, provider: 'quorum' },
        query: 'score-drift: Breach at 0.9; rejections: Breach at 0.8',
        computation: {
          statistic: 'Quorum',
          counts: [
            { name: 'score-drift', values: [1, 1] },
            { name: 'rejections', values: [1, 1] },
          ],
        },
      },
    ]);
    world.readElsewhere(0.01);
    await world.passUntil('given back', () => shareIn(world) === 50);
  });

  it('is Insufficient while it does not know, neither engages nor releases on it, and comes back so after a restart', async () => {
    world.read(0.9);
    world.readElsewhere(noReading);
    await world.pass(4);
    expect(indicator('both')).toMatchObject({ verdict: 'Insufficient' });
    expect(shareIn(world)).toBe(50);
    world.readElsewhere(0.8);
    await world.passUntil('capped', () => shareIn(world) === 10);
    world.readElsewhere(failedReading);
    await world.pass(5);
    await world.restart();
    await world.pass(10);
    expect(indicator('both')).toMatchObject({ verdict: 'Insufficient', state: 'Firing' });
    expect(shareIn(world)).toBe(10);
    world.readElsewhere(0.01);
    await world.passUntil('given back', () => shareIn(world) === 50);
  });

  it('is left by nobody who loosens a member: the engagement counts by the limits it began on', async () => {
    world.read(0.9);
    world.readElsewhere(0.8);
    await world.passUntil('capped', () => shareIn(world) === 10);
    world.api.apply('modelrisks', riskWith({ threshold: { direction: 'Above', breach: 50 } }));
    await world.pass(10);
    expect(indicator('rejections')).toMatchObject({ verdict: 'Ok' });
    expect(shareIn(world)).toBe(10);
    expect(phaseOf(planIn(world))).toBe('Engaged');
    world.readElsewhere(0.01);
    await world.passUntil('given back', () => shareIn(world) === 50);
  });

  it('writes no status while nothing changes', async () => {
    await world.pass(5);
    const before = statusWrites();
    await world.pass(20);
    expect(statusWrites()).toBe(before);
  });
});

describe('what a quorum reads', () => {
  const stateOf = (manifest: object, policy: object = policyWithBoth(), previous: RiskState | null = null) => {
    const [risk, read] = [parseModelRisk(stored(manifest as Manifest)), parseRiskPolicy(stored(policy as Manifest))];
    if (!risk.ok || !read.ok) throw new Error([risk, read].flatMap((each) => (each.ok ? [] : each.failure)).join());
    return resolveRisk(risk.value, read.value, { previous, nowMs: 0, invalidSignals: new Map(), readText: noConfigMaps });
  };
  const withQuorum = (indicators: readonly string[]): object => {
    const risk = riskWith() as { readonly spec: Fields & { readonly indicators: readonly Fields[] } };
    const changed = { ...quorum, signal: { quorum: { indicators, atLeast: 1 } } };
    return { ...risk, spec: { ...risk.spec, indicators: [...risk.spec.indicators.slice(0, 2), changed] } };
  };

  it('is what its members read, to the letter: one query answers both', () => {
    const { indicators, problems } = stateOf(riskWith());
    expect(problems).toEqual([]);
    const members = ['score-drift', 'rejections'].map((name) => {
      const state = indicators.get(name);
      return { indicator: state?.indicator, signal: state?.signal };
    });
    expect(indicators.get('both')?.signal).toMatchObject({ kind: 'Quorum', members });
  });

  it('is something else when a member reads something else or is judged by other limits, not when one waits longer', () => {
    const digest = (changes: Fields) => stateOf(riskWith(changes)).indicators.get('both')?.digest;
    expect(digest({ forSeconds: 500 })).toBe(digest({}));
    expect(digest({ threshold: { direction: 'Above', breach: 50 } })).not.toBe(digest({}));
    expect(digest({ signal: { template: { name: 'score-drift' } } })).not.toBe(digest({}));
  });

  it('regression: is forgotten with the version it was read of, so that versions that come and go leave nothing behind', () => {
    const first = stateOf(riskWith());
    first.indicators.get('both')?.votes.set('2.3.0 Live', new Map());
    const edited = riskWith({ forSeconds: 500 }) as { readonly spec: Fields & { readonly model: Fields } };
    const next = { ...edited, spec: { ...edited.spec, model: { ...edited.spec.model, version: '2.4.0' } } };
    expect(stateOf(edited, undefined, first).indicators.get('both')?.votes.size).toBe(1);
    expect(stateOf(next, undefined, first).indicators.get('both')?.votes.size).toBe(0);
  });

  it.each([
    ['itself', ['both', 'rejections'], 'both is no other indicator with a signal of its own'],
    ['nobody', ['score-drift', 'drift'], 'drift is no other indicator with a signal of its own'],
  ])('is nothing where it counts %s', (_whom, members, message) => {
    expect(stateOf(withQuorum(members)).problems).toMatchObject([{ reason: 'SignalMissing', message: expect.stringContaining(message) }]);
  });

  it('says whose signal is missing', () => {
    expect(stateOf(riskWith(), memoryPolicy()).problems.map(({ message }) => message)).toEqual([
      expect.stringContaining('indicator rejections: the policy has no signal rejections'),
      expect.stringContaining(
        "indicator both counts rejections, which can't be read: indicator rejections: the policy has no signal rejections",
      ),
    ]);
  });
});
