import { afterEach, describe, expect, it } from '@jest/globals';
import { referenceDigest } from '../../../src/api/signals/drift-reference.ts';
import { memoryPlan, memoryRisk, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryAPI } from '../../builders/memory-api.ts';
import { liveIn, planIn, shareIn } from '../../builders/memory-story.ts';
import { applyConfigMapTo, applyKeptReferenceTo, keptCounts, keptPlace, otherCounts } from '../../builders/references.ts';
import { conditionOf } from '../../builders/traffic-view.ts';

const asCaptured = JSON.stringify(keptCounts);
const live = (counts: readonly number[]) => ({ upperBounds: [0.25, 0.5, 0.75, Infinity], counts });
const alike = live([100, 300, 400, 200]);
const shifted = live([700, 200, 60, 40]);

let world: MemoryOperator;

afterEach(() => world.stop());

async function start(prepare: (api: MemoryAPI) => void = () => undefined, counts = alike): Promise<void> {
  world = await startMemoryOperator((api) => {
    applyKeptReferenceTo(api);
    prepare(api);
  });
  world.count(counts);
  await world.pass(5);
}

interface RiskStatus {
  readonly status?: { readonly indicators?: readonly { readonly verdict?: string; readonly value?: number; readonly message?: string }[] };
}

const indicatorNow = () => (liveIn(world, 'modelrisks', 'credit') as RiskStatus).status?.indicators?.[0] ?? {};
const phaseNow = () => (planIn(world).status as { readonly memory?: { readonly phase: string } } | undefined)?.memory?.phase;
const readyNow = () => conditionOf(liveIn(world, 'modelrisks', 'credit'), 'Ready');
const readsOfConfigMaps = () => world.api.requests.filter(({ resource }) => resource === 'configmaps').map(({ verb }) => verb);

describe('a reference kept in a ConfigMap', () => {
  it('is what live counts are measured from', async () => {
    await start();
    expect(readyNow()).toMatchObject({ status: 'True', reason: 'Reconciled' });
    expect(indicatorNow()).toMatchObject({ verdict: 'Ok', value: 0 });
    world.count(shifted);
    await world.passUntil('capped', () => shareIn(world) === 10);
  });

  it('that is edited is no data and a sentence, however well the live counts fit the edit; put back, it judges again', async () => {
    await start(undefined, live(otherCounts.counts));
    expect(indicatorNow().verdict).toBe('Breach');
    await world.passUntil('the plan engaged', () => phaseNow() === 'Engaged');
    world.count(alike);
    await world.passUntil('idle', () => phaseNow() === 'Idle');
    world.count(live(otherCounts.counts));
    applyConfigMapTo(world.api, JSON.stringify(otherCounts));
    await world.pass(3);
    const sentence = `key score-drift.json of ConfigMap credit-references has the digest ${referenceDigest(otherCounts)} and signal.reference.digest is ${referenceDigest(keptCounts)}: put its counts back, or capture it again`;
    expect(readyNow()).toMatchObject({ status: 'False', reason: 'SignalInvalid', message: `indicator score-drift: ${sentence}.` });
    expect(indicatorNow()).toMatchObject({ verdict: 'NoData', message: expect.stringContaining(sentence) });
    expect(phaseNow()).toBe('Idle');
    applyConfigMapTo(world.api, asCaptured);
    await world.pass(3);
    expect(readyNow()?.status).toBe('True');
    expect(indicatorNow().verdict).toBe('Breach');
  });

  it.each<[string, (api: MemoryAPI) => void, string]>([
    [
      'is not there',
      (api) => {
        api.remove('configmaps', keptPlace.name);
      },
      'is not in namespace lending with the label modelrisk.dev/reference: "true"',
    ],
    [
      'has no label',
      (api) => {
        applyConfigMapTo(api, asCaptured, {});
      },
      'with the label modelrisk.dev/reference: "true"; create it, or give it the label',
    ],
    [
      'has no such key',
      (api) => {
        applyConfigMapTo(api, null);
      },
      'ConfigMap credit-references has no key score-drift.json',
    ],
    [
      'is too large',
      (api) => {
        applyConfigMapTo(api, asCaptured + ' '.repeat(65_536));
      },
      'has more than 65536 characters under score-drift.json',
    ],
    [
      'is no JSON',
      (api) => {
        applyConfigMapTo(api, '{');
      },
      'is no JSON; capture it again',
    ],
    [
      'may not be read',
      (api) => {
        api.forbid('configmaps');
      },
      'bind the ClusterRole modelrisk-operator-config-map-references to its ServiceAccount',
    ],
  ])('that %s is no data, never a breach, and the ModelRisk says what to do', async (_what, prepare, sentence) => {
    await start((api) => {
      const reference = { configMap: keptPlace, digest: referenceDigest(keptCounts) };
      api.apply('modelrisks', memoryRisk({ signal: { template: { name: 'score-drift' }, reference }, onNoData: 'Breach' }));
      prepare(api);
    }, shifted);
    await world.pass(60);
    expect(readyNow()).toMatchObject({ status: 'False', reason: 'SignalInvalid', message: expect.stringContaining(sentence) });
    expect(indicatorNow()).toMatchObject({ verdict: 'NoData' });
    expect(shareIn(world)).toBe(50);
  });

  it('that appears later wakes the ModelRisk', async () => {
    await start((api) => {
      api.remove('configmaps', keptPlace.name);
    });
    expect(readyNow()?.status).toBe('False');
    applyConfigMapTo(world.api, asCaptured);
    await world.pass(3);
    expect(readyNow()?.status).toBe('True');
    expect(indicatorNow().verdict).toBe('Ok');
  });

  it('is read again by another process, which goes on where the first was', async () => {
    await start(undefined, shifted);
    await world.passUntil('capped', () => shareIn(world) === 10);
    await world.restart();
    await world.pass(5);
    expect(readyNow()?.status).toBe('True');
    expect(indicatorNow()).toMatchObject({ verdict: 'Breach' });
    expect(phaseNow()).toBe('Engaged');
    world.count(alike);
    await world.passUntil('given back', () => phaseNow() === 'Idle');
  });

  it('stays what an engagement began on, whatever becomes of the ConfigMap: nobody leaves or keeps a constraint by editing it', async () => {
    await start((api) => {
      const stages = [{ name: 'limit', actions: [{ target: 'traffic', canaryLimit: { maxPercent: 10 } }] }];
      api.apply('mitigationplans', memoryPlan({ stages }));
    }, live(otherCounts.counts));
    await world.passUntil('capped', () => shareIn(world) === 10);
    const digest = referenceDigest(otherCounts);
    applyConfigMapTo(world.api, JSON.stringify(otherCounts));
    world.api.apply(
      'modelrisks',
      memoryRisk({ signal: { template: { name: 'score-drift' }, reference: { configMap: keptPlace, digest } } }),
    );
    await world.pass(30);
    expect(indicatorNow()).toMatchObject({ verdict: 'Ok' });
    expect([phaseNow(), shareIn(world)]).toEqual(['Engaged', 10]);
    world.count(alike);
    await world.passUntil('given back', () => phaseNow() === 'Idle');
  });

  it('is watched only while a ModelRisk names one', async () => {
    await start();
    expect(readsOfConfigMaps()).toEqual(['list', 'watch']);
    world.api.apply('modelrisks', memoryRisk({ signal: { template: { name: 'score-drift' }, reference: keptCounts } }));
    await world.pass(65);
    applyConfigMapTo(world.api, '{');
    await world.pass(65);
    expect(readyNow()?.status).toBe('True');
    expect(readsOfConfigMaps()).toEqual(['list', 'watch']);
    applyConfigMapTo(world.api, asCaptured);
    const reference = { configMap: keptPlace, digest: referenceDigest(keptCounts) };
    world.api.apply('modelrisks', memoryRisk({ signal: { template: { name: 'score-drift' }, reference } }));
    await world.pass(5);
    expect(indicatorNow().verdict).toBe('Ok');
    expect(readsOfConfigMaps()).toEqual(['list', 'watch', 'list', 'watch']);
  });
});
