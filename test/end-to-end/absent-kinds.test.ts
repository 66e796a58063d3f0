import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createAPIClient } from '../../testbed/api-client.ts';
import type { APIClient } from '../../testbed/api-client.ts';
import { publishBackend } from '../../testbed/backend.ts';
import { startControlPlane } from '../../testbed/control-plane.ts';
import type { ControlPlane } from '../../testbed/control-plane.ts';
import { crdSource, installCRDs } from '../../testbed/crds.ts';
import { eventually } from '../../testbed/eventually.ts';
import { installOperator } from '../../testbed/install.ts';
import { operatorAccount, startOperator } from '../../testbed/operator-process.ts';
import type { OperatorProcess } from '../../testbed/operator-process.ts';
import { aFlag, aModelRisk, aPlan, aPolicy, aRoute, featureFlags, httpRoutes } from '../builders/guarded-model.ts';
import { mitigationPlans, modelRisks, riskPolicies } from '../builders/guarded-model.ts';
import { conditionOf } from '../builders/traffic-view.ts';

/** A control plane of its own, without the CRDs of any target: those of the run's shared one can't be taken away. */
describe('a cluster with neither the Gateway API nor OpenFeature', () => {
  const namespace = 'lending';
  let plane: ControlPlane;
  let client: APIClient;
  let operator: OperatorProcess;

  const readiness = async () => conditionOf(await client.get(mitigationPlans, { namespace, name: 'credit' }), 'Ready');
  const untilReadyIs = (reason: string) =>
    eventually(
      async () => {
        const ready = await readiness();
        return ready?.reason === reason ? ready : null;
      },
      { timeoutMs: 60_000 },
    );

  beforeAll(async () => {
    plane = await startControlPlane();
    client = createAPIClient({ server: plane.server, caFile: plane.caFile, token: plane.adminToken });
    await installOperator(plane);
    await client.create({ group: '', version: 'v1', plural: 'namespaces' }, { metadata: { name: namespace } });
    // All defaults, and nothing but what config/default grants.
    operator = await startOperator({ access: plane, flags: { namespace: operatorAccount.namespace } });
  }, 180_000);

  afterAll(async () => {
    await operator.process.stop();
    await client.close();
    await plane.stop();
  });

  it('leads and is ready', async () => {
    await operator.leading();
    expect((await fetch(`${operator.url}/readyz`)).status).toBe(200);
    expect((await fetch(`${operator.url}/healthz`)).status).toBe(200);
  }, 60_000);

  it('tells the owner of a plan which CRDs are missing, and turns Ready by itself when they and the objects are there', async () => {
    const options = { namespace, providerURL: 'http://127.0.0.1:9' };
    await client.create(riskPolicies, aPolicy(options));
    await client.create(modelRisks, aModelRisk(options));
    await client.create(mitigationPlans, aPlan(options));
    const missing = await untilReadyIs('KindNotServed');
    expect(missing.message).toMatch(/HTTPRoute .*CRDs of the Gateway API.*FeatureFlag .*CRDs of the OpenFeature operator/);
    await installCRDs(plane, (await crdSource('gateway-api')).path);
    await installCRDs(plane, (await crdSource('openfeature')).path);
    await untilReadyIs('TargetMissing');
    for (const name of ['credit-v1', 'credit-v2']) await publishBackend(client, { name, namespace, port: 8080 });
    await client.apply(httpRoutes, aRoute(namespace), { fieldManager: 'kubectl' });
    await client.create(featureFlags, aFlag(namespace));
    await untilReadyIs('Reconciled');
  }, 180_000);
});
