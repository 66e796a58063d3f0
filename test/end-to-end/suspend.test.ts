import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { KubeObject } from '../../testbed/api-client.ts';
import { refusal } from '../builders/admission-bed.ts';
import { untilPolled } from '../builders/deciding.ts';
import { applyGuardedModel, httpRoutes, mitigationPlans, riskIncidents } from '../builders/guarded-model.ts';
import { openOperatorWorld } from '../builders/operator-world.ts';
import type { OperatorWorld } from '../builders/operator-world.ts';
import { grant, person } from '../builders/people.ts';
import type { Person } from '../builders/people.ts';
import { conditionOf, entriesOf, isConstrained, ownedByUsers, phaseOf, shareOf } from '../builders/traffic-view.ts';

describe('suspend', () => {
  let world: OperatorWorld;
  let route: KubeObject;
  let editor: Person;
  let onCall: Person;

  const suspend = (who: Person, value: 'None' | 'Hold' | 'Release'): Promise<KubeObject> =>
    who.client.merge(mitigationPlans, { namespace: world.namespace, name: 'credit' }, { spec: { suspend: value } });
  const untilCapped = (): Promise<KubeObject> => world.until(httpRoutes, 'credit', (object) => shareOf(object, 'credit-v2') === 10);

  beforeAll(async () => {
    world = await openOperatorWorld();
    const { plane, namespace } = world;
    [editor, onCall] = await Promise.all([
      person(plane, plane.client, { namespace, name: 'editor' }),
      person(plane, plane.client, { namespace, name: 'on-call' }),
    ]);
    const patch = (group: string, resource: string) => ({ apiGroups: [group], resources: [resource], verbs: ['patch'] });
    await Promise.all([
      grant(plane.client, onCall, { namespace, clusterRole: 'modelrisk-restorer' }),
      grant(plane.client, editor, {
        namespace,
        rules: [
          patch('modelrisk.dev', 'mitigationplans'),
          patch('gateway.networking.k8s.io', 'httproutes'),
          patch('core.openfeature.dev', 'featureflags'),
        ],
      }),
    ]);
    const stages = [{ name: 'limit', actions: [{ target: 'traffic', canaryLimit: { maxPercent: 10 } }] }];
    await applyGuardedModel(plane.client, { namespace, providerURL: world.provider.url, plan: { stages, recovery: { stepSeconds: 1 } } });
    route = await world.get(httpRoutes, 'credit');
    await world.start();
  }, 120_000);

  afterAll(async () => {
    await Promise.all([editor.client.close(), onCall.client.close()]);
    await world.close();
  });

  it('Hold keeps an idle plan from engaging, and None lets it', async () => {
    await suspend(editor, 'Hold');
    await world.until(mitigationPlans, 'credit', (plan) => conditionOf(plan, 'Held')?.status === 'True');
    world.setDrift(0.9);
    await untilPolled(world, 3);
    expect(ownedByUsers(await world.get(httpRoutes, 'credit'))).toEqual(ownedByUsers(route));
    await suspend(editor, 'None');
    await untilCapped();
  }, 60_000);

  it('Hold keeps an engaged plan from stepping down', async () => {
    await world.until(mitigationPlans, 'credit', (plan) => phaseOf(plan) === 'Engaged');
    await suspend(editor, 'Hold');
    await world.until(mitigationPlans, 'credit', (plan) => conditionOf(plan, 'Held')?.status === 'True');
    world.setDrift(0.01);
    await untilPolled(world, 4);
    expect(shareOf(await world.get(httpRoutes, 'credit'), 'credit-v2')).toBe(10);
  }, 60_000);

  it('Release needs the verb release', async () => {
    expect(await refusal(suspend(editor, 'Release'), 'plan-release')).toContain('may not end that');
    expect(shareOf(await world.get(httpRoutes, 'credit'), 'credit-v2')).toBe(10);
  }, 60_000);

  it('Release gives the targets back though the breach goes on, and engages no more', async () => {
    world.setDrift(0.9);
    await suspend(onCall, 'Release');
    await world.until(httpRoutes, 'credit', (object) => !isConstrained(object));
    expect(ownedByUsers(await world.get(httpRoutes, 'credit'))).toEqual(ownedByUsers(route));
    const [incident] = await world.untilListed(riskIncidents, (list) =>
      list.every((each) => conditionOf(each, 'Closed')?.status === 'True'),
    );
    expect(entriesOf(incident ?? route)).toContainEqual(
      expect.objectContaining({ type: 'Released', reason: expect.stringContaining('suspend: Release') }),
    );
    await untilPolled(world, 3);
    expect(isConstrained(await world.get(httpRoutes, 'credit'))).toBe(false);
  }, 60_000);

  it('None lets it engage again', async () => {
    await suspend(onCall, 'None');
    await untilCapped();
  }, 60_000);
});
