import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { KubeObject } from '../../testbed/api-client.ts';
import { refusal } from '../builders/admission-bed.ts';
import { drillIncidentsOf, drillRequest, lastDrillOf } from '../builders/drilling.ts';
import { applyGuardedModel, featureFlags, httpRoutes, mitigationPlans, riskIncidents } from '../builders/guarded-model.ts';
import { openOperatorWorld } from '../builders/operator-world.ts';
import type { OperatorWorld } from '../builders/operator-world.ts';
import { grant, person } from '../builders/people.ts';
import type { Person } from '../builders/people.ts';
import { conditionOf, entriesOf, ownedByUsers, phaseOf } from '../builders/traffic-view.ts';

describe('drills, from the bundle on the real API server', () => {
  let world: OperatorWorld;
  let route: KubeObject;
  let flag: KubeObject;
  let editor: Person;

  const namespaces = { group: '', version: 'v1', plural: 'namespaces' };
  const mark = (value: string | null): Promise<KubeObject> =>
    world.plane.client.merge(namespaces, { name: world.namespace }, { metadata: { labels: { 'modelrisk.dev/sandbox': value } } });
  const drill = (...flags: readonly string[]) => world.plugin(['drill', 'credit', '--namespace', world.namespace, '--json', ...flags]);
  const drills = async (): Promise<readonly KubeObject[]> =>
    drillIncidentsOf(await world.plane.client.list(riskIncidents, { namespace: world.namespace }));
  const users = async () => [
    ownedByUsers(await world.get(httpRoutes, 'credit')),
    ownedByUsers(await world.get(featureFlags, 'credit-flags')),
  ];

  beforeAll(async () => {
    world = await openOperatorWorld();
    const { plane, namespace } = world;
    const plan = { drill: { everySeconds: 86_400, scope: 'Sandbox' } };
    await applyGuardedModel(plane.client, { namespace, providerURL: world.provider.url, plan });
    editor = await person(plane, plane.client, { namespace, name: 'editor' });
    await grant(plane.client, editor, {
      namespace,
      rules: [{ apiGroups: ['modelrisk.dev'], resources: ['mitigationplans'], verbs: ['get', 'patch'] }],
    });
    route = await world.get(httpRoutes, 'credit');
    flag = await world.get(featureFlags, 'credit-flags');
    await world.start();
    await world.until(mitigationPlans, 'credit', (object) => phaseOf(object) === 'Idle');
  }, 120_000);

  afterAll(async () => {
    await editor.client.close();
    await world.close();
  });

  it('are asked for by who has the verb, and by nobody else', async () => {
    const ask = editor.client.merge(
      mitigationPlans,
      { namespace: world.namespace, name: 'credit' },
      { metadata: { annotations: { [drillRequest]: 'now' } } },
    );
    expect(await refusal(ask, 'plan-drill')).toBe(
      `annotation modelrisk.dev/drill-requested-at asks for a drill of plan credit: leave it as it is, or have the verb drill on mitigationplans granted to ${editor.user}`,
    );
  });

  it('computed from the objects alone, say what the operator would do', async () => {
    const { code, stdout } = await drill('--dry-run');
    expect(JSON.parse(stdout)).toMatchObject({ result: 'Passed' });
    expect(code).toBe(0);
    expect(await drills()).toEqual([]);
  });

  it('on live objects need a namespace that is marked', async () => {
    const { code, stdout } = await drill('--wait', '20');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ result: 'Skipped' });
    expect(await users()).toEqual([ownedByUsers(route), ownedByUsers(flag)]);
  }, 40_000);

  it('dry, have every patch judged by the API server, and touch nothing', async () => {
    const asked = `${new Date().toISOString()}/DryRun`;
    await world.plane.client.merge(
      mitigationPlans,
      { namespace: world.namespace, name: 'credit' },
      { metadata: { annotations: { [drillRequest]: asked } } },
    );
    const plan = await world.until(mitigationPlans, 'credit', (object) => lastDrillOf(object)?.request === asked);
    expect(lastDrillOf(plan)).toMatchObject({ scope: 'DryRun', result: 'Passed', restored: 'NotCompared' });
    expect(lastDrillOf(plan)?.steps.map(({ outcome }) => outcome)).toEqual(['Ok', 'Ok', 'Ok', 'Ok', 'Ok', 'Ok']);
    const now = await world.get(httpRoutes, 'credit');
    expect(now.metadata.generation).toBe(route.metadata.generation);
    expect(await users()).toEqual([ownedByUsers(route), ownedByUsers(flag)]);
  }, 40_000);

  it('in a sandbox, walk every stage over the live objects and give them back to the byte', async () => {
    await mark('true');
    const { code, stdout } = await drill('--wait', '40');
    expect(JSON.parse(stdout)).toMatchObject({ result: 'Passed' });
    expect(code).toBe(0);
    const plan = await world.get(mitigationPlans, 'credit');
    expect(lastDrillOf(plan)).toMatchObject({ scope: 'Sandbox', result: 'Passed', restored: 'Restored' });
    expect(lastDrillOf(plan)?.timeToMitigateSeconds).toBeGreaterThan(0);
    expect(phaseOf(plan)).toBe('Idle');
    await world.until(mitigationPlans, 'credit', (object) => conditionOf(object, 'Drilled')?.status === 'True');
    expect(await users()).toEqual([ownedByUsers(route), ownedByUsers(flag)]);
    // It was really there: three stages, and everything given back.
    const now = await world.get(httpRoutes, 'credit');
    expect((now.metadata.generation ?? 0) - (route.metadata.generation ?? 0)).toBeGreaterThanOrEqual(4);
  }, 60_000);

  it('are on record, in one chain that audit verify finds intact', async () => {
    const records = await world.untilListed(riskIncidents, (all) =>
      drillIncidentsOf(all).every((each) => entriesOf(each).at(-1)?.type === 'Closed'),
    );
    expect(drillIncidentsOf(records).map((each) => entriesOf(each).at(-1)?.after)).toEqual(['Passed', 'Passed']);
    const { stdout } = await world.plugin(['audit', 'verify', '--namespace', world.namespace, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ incidents: 2, findings: [] });
  });

  it('find a policy that would keep a plan from acting', async () => {
    await mark(null);
    const quota = `no-flags-${world.namespace}`;
    const policies = { group: 'admissionregistration.k8s.io', version: 'v1', plural: 'validatingadmissionpolicies' };
    const bindings = { group: 'admissionregistration.k8s.io', version: 'v1', plural: 'validatingadmissionpolicybindings' };
    const rules = [{ apiGroups: ['core.openfeature.dev'], apiVersions: ['*'], operations: ['UPDATE'], resources: ['featureflags'] }];
    const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': world.namespace } };
    await world.plane.client.create(policies, {
      metadata: { name: quota },
      spec: {
        matchConstraints: { resourceRules: rules, namespaceSelector },
        validations: [{ expression: 'false', message: 'flags are frozen' }],
      },
    });
    await world.plane.client.create(bindings, { metadata: { name: quota }, spec: { policyName: quota, validationActions: ['Deny'] } });
    let attempt = 0;
    try {
      // A policy counts a moment after it is stored.
      const plan = await world.until(mitigationPlans, 'credit', (object) => {
        const last = lastDrillOf(object);
        if (last?.result === 'Failed') return true;
        if (attempt === 0 || last?.request === `frozen-${String(attempt)}/DryRun`) {
          attempt += 1;
          const annotations = { [drillRequest]: `frozen-${String(attempt)}/DryRun` };
          void world.plane.client.merge(mitigationPlans, { namespace: world.namespace, name: 'credit' }, { metadata: { annotations } });
        }
        return false;
      });
      expect(lastDrillOf(plan)).toMatchObject({ result: 'Failed', message: expect.stringContaining('flags are frozen') as unknown });
      expect(conditionOf(plan, 'Drilled')).toMatchObject({ status: 'False', reason: 'Failed' });
    } finally {
      await world.plane.client.delete(bindings, { name: quota });
      await world.plane.client.delete(policies, { name: quota });
    }
  }, 60_000);
});
