import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';

import { featureFlagActuator as flags } from '../../../src/actuators/feature-flag/actuator.ts';
import { httpRouteActuator as routes } from '../../../src/actuators/http-route/actuator.ts';
import { installCRDs } from '../../../testbed/crds.ts';
import { eventually } from '../../../testbed/eventually.ts';
import { runCommand } from '../../../testbed/run-command.ts';
import { rollback } from '../../builders/feature-flag.ts';
import { aFlag, aPlan, aRoute, mitigationPlans } from '../../builders/guarded-model.ts';
import { cap } from '../../builders/http-route.ts';
import { startLiveTargets, userView } from '../../builders/live-target.ts';
import type { LiveTargets } from '../../builders/live-target.ts';

jest.setTimeout(90_000);

const finalizer = 'modelrisk.dev/restore';
let targets: LiveTargets;

beforeAll(async () => {
  targets = await startLiveTargets();
  await installCRDs(targets.runtime.plane, 'crds/');
}, 120_000);

afterAll(() => targets.close());

/** The command as a person runs it, with an ordinary kubeconfig. */
const modelrisk = (...args: readonly string[]) =>
  runCommand(process.execPath, ['src/cli/main.ts', ...args, '--kubeconfig', targets.runtime.plane.kubeconfig]);

async function createPlan(namespace: string): Promise<void> {
  const plan = aPlan({ namespace, providerURL: '' });
  await targets.runtime.plane.client.create(mitigationPlans, { ...plan, metadata: { ...plan.metadata, finalizers: [finalizer] } });
}

it('with the operator gone: gives every target back and lets the deleted plan go, which hung for ever', async () => {
  const { namespace, runtime } = targets;
  const { client } = runtime.plane;
  await targets.kubectl(['apply', '--server-side', '-f', '-'], aRoute(namespace));
  await targets.kubectl(['apply', '--server-side', '-f', '-'], aFlag(namespace));
  const before = [await targets.read(routes, 'credit'), await targets.read(flags, 'credit-flags')];
  await targets.pass(routes, 'credit', [cap(10)]);
  await targets.pass(flags, 'credit-flags', [rollback()]);
  await createPlan(namespace);
  await client.delete(mitigationPlans, { namespace, name: 'credit' });
  expect((await client.get(mitigationPlans, { namespace, name: 'credit' })).metadata.finalizers).toEqual([finalizer]);

  const done = await modelrisk('restore', '--all', '--drop-finalizers', '-n', namespace);
  expect([done.code, done.stderr]).toEqual([0, '']);
  expect(done.stdout.split('\n')).toEqual(
    expect.arrayContaining([
      `HTTPRoute ${namespace}/credit: credit-v1 90 %, credit-v2 10 % -> credit-v1 50 %, credit-v2 50 %.`,
      expect.stringContaining(`FeatureFlag ${namespace}/credit-flags: `),
      `MitigationPlan ${namespace}/credit: finalizer ${finalizer} taken off. Its deletion goes on.`,
    ]),
  );
  expect(await client.find(mitigationPlans, { namespace, name: 'credit' })).toBeNull();
  // All is as its users had it but for the tombstone, by which an operator that comes back knows to hold.
  const after = [await targets.read(routes, 'credit'), await targets.read(flags, 'credit-flags')];
  expect(after.map(({ spec }) => spec)).toEqual(before.map(({ spec }) => spec));
  expect(after.map((live) => [routes, flags].map((each) => each.readJournal(live).kind).includes('Released'))).toEqual([true, true]);
  const bare = after.map((live) => {
    const kept = Object.entries(live.metadata.annotations ?? {}).filter(([key]) => !key.startsWith('modelrisk.dev/'));
    return userView({ ...live, metadata: { ...live.metadata, annotations: Object.fromEntries(kept) } });
  });
  expect(bare).toEqual(before.map(userView));
});

it('lets a namespace go that a plan kept Terminating', async () => {
  const { plane } = targets.runtime;
  const namespaces = { group: '', version: 'v1', plural: 'namespaces' };
  const name = await plane.createNamespace();
  await createPlan(name);
  await plane.client.delete(namespaces, { name });
  await eventually(
    async () => (await plane.client.find(mitigationPlans, { namespace: name, name: 'credit' }))?.metadata.deletionTimestamp !== undefined,
  );
  const done = await modelrisk('restore', '--all', '--drop-finalizers', '-n', name, '--json');
  expect(done.code).toBe(0);
  expect(JSON.parse(done.stdout)).toEqual({ targets: [], plans: [{ namespace: name, name: 'credit' }], failures: [] });
  await eventually(async () => (await plane.client.find(namespaces, { name })) === null, { timeoutMs: 60_000 });
});

it('answers a flag it does not know with one sentence, and where the commands are listed', async () => {
  const refused = await modelrisk('--foo');
  expect(refused.code).toBe(2);
  expect(refused.stderr).toMatch(/^kubectl modelrisk: [^\n]*--foo[^\n]*\n\nkubectl modelrisk --help lists the commands\.\n$/);
  expect(refused.stderr).not.toMatch(/^\s+at /m);
});
