import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import type { KubeObject } from '../../../testbed/api-client.ts';
import type { KubeRequest } from '../../../testbed/kube-request.ts';
import { startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { flagIn, routeIn, shareIn, untilGivenBack } from '../../builders/memory-story.ts';
import { defaultVariant, stepsOf } from '../../builders/traffic-view.ts';

describe('steps taken while the record could not be written', () => {
  let world: MemoryOperator;
  const steps = (): readonly (readonly string[])[] => world.api.list('riskincidents').map((each) => stepsOf(each as unknown as KubeObject));
  const engagementOn = (incident: object): number => (incident as { readonly spec: { readonly engagement: number } }).spec.engagement;
  const isRolledBack = (): boolean => defaultVariant(flagIn(world)) === 'off';

  beforeEach(async () => {
    world = await startMemoryOperator();
    await world.pass(2);
    world.read(0.9);
  });
  afterEach(() => world.stop());

  it('regression: are all on record after a crash, not the last one only', async () => {
    world.api.onWrite(({ resource }) => (resource.startsWith('risk') ? 'Lose' : 'Pass'));
    await world.passUntil('capped', () => shareIn(world) <= 10);
    await world.passUntil('rolled back', isRolledBack);
    expect(steps()).toEqual([]);
    await world.restart();
    world.api.onWrite(() => 'Pass');
    world.read(0.01);
    await untilGivenBack(world);
    expect(steps()).toEqual([['Engaged', 'Escalated', 'Escalated', 'SteppedDown', 'SteppedDown', 'Released', 'Closed']]);
  });

  describe('up to the release', () => {
    const whole = ['Engaged', 'Escalated', 'Escalated', 'SteppedDown', 'SteppedDown', 'Released', 'Closed'];
    const untilReleased = async (): Promise<void> => {
      await world.passUntil('rolled back', isRolledBack);
      world.read(0.01);
      await world.passUntil('released', () => shareIn(world) === 50 && !isRolledBack());
      await world.pass(2);
    };
    const tombstone = (): string => routeIn(world).metadata.annotations?.['modelrisk.dev/journal'] ?? '';

    it.each([
      ['it', ({ resource }: KubeRequest) => resource === 'riskincidents'],
      ['neither it nor any status', ({ resource }: KubeRequest) => resource !== 'httproutes' && resource !== 'featureflags'],
    ])('regression: are all on record after a crash, evidence too, though %s could be written before', async (_what, isLost) => {
      world.api.onWrite((write) => (isLost(write) ? 'Lose' : 'Pass'));
      await untilReleased();
      expect(steps()).toEqual([]);
      expect(tombstone().length).toBeLessThan(4096);
      await world.restart();
      world.api.onWrite(() => 'Pass');
      await world.pass(10);
      expect(steps()).toEqual([whole]);
      expect(tombstone()).toBe('');
      const [incident] = world.api.list('riskincidents');
      expect(incident?.['spec']).toMatchObject({ engagement: 1, trigger: [{ indicator: 'score-drift', threshold: { breach: 0.25 } }] });
    });

    it('regression: outlive the next engagement too, and are recorded as the first one', async () => {
      world.api.onWrite(({ resource }) => (resource === 'riskincidents' ? 'Lose' : 'Pass'));
      await untilReleased();
      world.read(0.9);
      await world.passUntil('capped again', () => shareIn(world) <= 10);
      await world.restart();
      world.api.onWrite(() => 'Pass');
      world.read(0.01);
      await untilGivenBack(world);
      await world.pass(10);
      const inOrder = world.api.list('riskincidents').toSorted((a, b) => engagementOn(a) - engagementOn(b));
      expect(inOrder.map((each) => stepsOf(each as unknown as KubeObject)[0])).toEqual(['Engaged', 'Engaged']);
      expect(stepsOf(inOrder[0] as unknown as KubeObject)).toEqual(whole);
    });

    it('cost the tombstone nothing where all was on record', async () => {
      const seen: string[] = [];
      world.api.onWrite(({ resource }) => {
        if (resource === 'httproutes') seen.push(tombstone());
        return 'Pass';
      });
      await untilReleased();
      await world.pass(5);
      expect(seen.some((text) => text.includes('"state":"Released"'))).toBe(true);
      expect(seen.filter((text) => text.includes('"state":"Released"') && text.includes('unrecorded'))).toEqual([]);
    });
  });

  it('outlive a second crash, and are recorded once', async () => {
    world.api.onWrite(({ resource }) => (resource === 'riskincidents' ? 'Lose' : 'Pass'));
    await world.passUntil('rolled back', isRolledBack);
    await world.restart();
    world.read(0.01);
    await world.passUntil('back in shadow', () => !isRolledBack());
    await world.restart();
    world.api.onWrite(() => 'Pass');
    await world.pass(3);
    await world.restart();
    await untilGivenBack(world);
    expect(steps()).toEqual([['Engaged', 'Escalated', 'Escalated', 'SteppedDown', 'SteppedDown', 'Released', 'Closed']]);
  });
});
