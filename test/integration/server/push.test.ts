import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createAuthentication, type Authentication } from '../../../src/server/push/authentication.ts';
import type { APIClient } from '../../../testbed/api-client.ts';
import { operatorAccount } from '../../../testbed/operator-process.ts';
import { startLiveRuntime, type LiveRuntime } from '../../builders/live-runtime.ts';
import { grant, person, type Person } from '../../builders/people.ts';

/** The API server itself says who somebody is and what they may, asked with the rights of the shipped ServiceAccount alone. */
describe('who may push, on the real API server', () => {
  let runtime: LiveRuntime;
  let admin: APIClient;
  let namespace: string;
  let anna: Person;
  let authentication: Authentication;
  const closing: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    runtime = await startLiveRuntime();
    const { plane } = runtime;
    admin = plane.client;
    await plane.kubectl(['apply', '--server-side', '-f', 'config/namespace/namespace.yaml']);
    for (const file of ['config/rbac/service-account.yaml', 'config/rbac/people.yaml', 'config/push/rbac.yaml']) {
      const applied = await plane.kubectl(['apply', '--server-side', '--force-conflicts', '-f', file]);
      if (applied.code !== 0) throw new Error(applied.stderr);
    }
    namespace = await plane.createNamespace();
    anna = await person(plane, admin, { namespace, name: 'anna' });
    closing.push(() => anna.client.close());
    const transport = await runtime.openTransport(await plane.kubeconfigFor(operatorAccount, {}));
    closing.push(() => transport.close());
    authentication = createAuthentication({ transport, clock: runtime.clock });
  }, 120_000);

  afterAll(async () => {
    for (const close of closing) await close();
    await runtime.close();
  });

  it('knows a ServiceAccount by its token, and nobody by another', async () => {
    const token = await runtime.plane.tokenFor(namespace, 'anna');
    const known = await authentication.authenticate(`Bearer ${token}`);
    expect(known).toMatchObject({
      ok: true,
      value: { username: anna.user, groups: expect.arrayContaining([`system:serviceaccounts:${namespace}`]) },
    });
    expect(await authentication.authenticate(`Bearer ${token}x`)).toMatchObject({ ok: false, failure: { status: 401 } });
  });

  it('lets push whom modelrisk-pusher was bound to, there and nowhere else', async () => {
    const token = await runtime.plane.tokenFor(namespace, 'anna');
    const known = await authentication.authenticate(`Bearer ${token}`);
    if (!known.ok) throw new Error(JSON.stringify(known.failure));
    const other = await runtime.plane.createNamespace();
    expect(await authentication.mayPush(known.value, other)).toEqual({ ok: true, value: false });
    await grant(admin, anna, { namespace, clusterRole: 'modelrisk-pusher' });
    expect(await authentication.mayPush(known.value, namespace)).toEqual({ ok: true, value: true });
    expect(await authentication.mayPush(known.value, '')).toEqual({ ok: true, value: false });
  });

  it("gives nobody the right by an everyday role: the cluster's own edit role has no such verb", async () => {
    const bob = await person(runtime.plane, admin, { namespace, name: 'bob' });
    closing.push(() => bob.client.close());
    await grant(admin, bob, { namespace, clusterRole: 'modelrisk-editor' });
    expect(await authentication.mayPush({ username: bob.user }, namespace)).toEqual({ ok: true, value: false });
  });

  it('asks with two rights: the reviews are refused to who lacks them, and then nobody gets in', async () => {
    const token = await runtime.plane.tokenFor(namespace, 'anna');
    const transport = await runtime.openTransport(await runtime.plane.kubeconfigFor({ namespace, serviceAccount: 'anna' }, {}));
    closing.push(() => transport.close());
    const powerless = createAuthentication({ transport, clock: runtime.clock });
    expect(await powerless.authenticate(`Bearer ${token}`)).toMatchObject({ ok: false, failure: { status: 503 } });
    expect(await powerless.mayPush({ username: anna.user }, namespace)).toMatchObject({ ok: false, failure: { status: 503 } });
  });
});
