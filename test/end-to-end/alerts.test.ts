import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { crdSource, installCRDs } from '../../testbed/crds.ts';
import { eventually } from '../../testbed/eventually.ts';
import { startPrometheus } from '../../testbed/prometheus.ts';
import type { RunningPrometheus } from '../../testbed/prometheus.ts';
import { applyGuardedModel, modelRisks, riskPolicies } from '../builders/guarded-model.ts';
import { openOperatorWorld } from '../builders/operator-world.ts';
import type { OperatorWorld } from '../builders/operator-world.ts';
import { conditionOf } from '../builders/traffic-view.ts';

const rules = { group: 'monitoring.coreos.com', version: 'v1', plural: 'prometheusrules' };

interface Alert {
  readonly state: string;
  readonly labels: Readonly<Record<string, string>>;
}

describe('the PrometheusRule of a model, from the bundle on the real API server', () => {
  let world: OperatorWorld;
  let operator: Awaited<ReturnType<OperatorWorld['start']>>;
  let prometheus: RunningPrometheus | null = null;
  const standing = async (): Promise<string | null> => {
    const condition = conditionOf(await world.plane.client.get(riskPolicies, { name: world.namespace }), 'AlertsMaintained');
    return condition === undefined ? null : `${condition.status}/${condition.reason}`;
  };
  const maintained = () => eventually(async () => (await standing()) === 'True/Maintained', { timeoutMs: 60_000 });

  beforeAll(async () => {
    world = await openOperatorWorld();
    const { plane, namespace } = world;
    await applyGuardedModel(plane.client, { namespace, providerURL: world.provider.url });
    await plane.client.patch(riskPolicies, { name: namespace }, [
      { op: 'add', path: '/spec/prometheusRules', value: { mode: 'Maintain' } },
    ]);
    operator = await world.start();
  }, 120_000);

  afterAll(async () => {
    await prometheus?.stop();
    await world.close();
  });

  it('waits for the rights and for the definition, and says which is missing', async () => {
    // Who holds no rights is told so first: the server looks at them before it looks whether it serves the kind.
    await eventually(async () => (await standing()) === 'False/RightsMissing', { timeoutMs: 60_000 });
    const bound = await world.plane.kubectl(['apply', '--server-side', '-k', 'config/prometheus-rules']);
    expect(bound.stderr).toBe('');
    await eventually(async () => (await standing()) === 'False/KindNotServed', { timeoutMs: 60_000 });
    await installCRDs(world.plane, (await crdSource('prometheus-rules')).path);
    await maintained();
  }, 180_000);

  it('is taken by the real definition as it is, owned by its model, and is not written again', async () => {
    const rule = await world.until(rules, 'modelrisk-credit', () => true);
    const risk = await world.get(modelRisks, 'credit');
    expect(rule.metadata.ownerReferences).toEqual([expect.objectContaining({ kind: 'ModelRisk', name: 'credit', uid: risk.metadata.uid })]);
    expect(rule.metadata.generation).toBe(1);
    await world.plane.client.patch(rules, { namespace: world.namespace, name: 'modelrisk-credit' }, [
      { op: 'replace', path: '/spec/groups/0/rules/0/expr', value: 'vector(1)' },
    ]);
    const back = await world.until(rules, 'modelrisk-credit', ({ spec }) => JSON.stringify(spec) === JSON.stringify(rule['spec']));
    expect(back.metadata.generation).toBe(3);
  }, 60_000);

  it('fires in a real Prometheus that scrapes the operator when the limit is broken, and not before', async () => {
    const { spec } = await world.get(rules, 'modelrisk-credit');
    const running = await startPrometheus({
      targets: [{ address: new URL(operator.url).host, labels: {} }],
      honorsLabels: true,
      rules: spec as object,
    });
    prometheus = running;
    const alerts = async (): Promise<readonly Alert[]> => {
      const answer = (await (await fetch(`${running.url}/api/v1/alerts`)).json()) as {
        readonly data: { readonly alerts: readonly Alert[] };
      };
      return answer.data.alerts.filter(({ state }) => state === 'firing');
    };
    const sees = async (): Promise<boolean> => {
      const query = encodeURIComponent(`modelrisk:indicator_headroom{namespace="${world.namespace}"}`);
      const answer = (await (await fetch(`${running.url}/api/v1/query?query=${query}`)).json()) as {
        readonly data: { readonly result: readonly object[] };
      };
      return answer.data.result.length > 0;
    };
    await eventually(sees, { timeoutMs: 30_000 });
    expect(await alerts()).toEqual([]);
    world.setDrift(0.9);
    const names = (all: readonly Alert[]) => [...new Set(all.map(({ labels }) => labels['alertname']))].sort();
    await eventually(async () => names(await alerts()).includes('ModelRiskMitigationEngaged'), { timeoutMs: 30_000 });
    const fired = await alerts();
    expect(names(fired)).toEqual(['ModelRiskIndicatorBreached', 'ModelRiskMitigationEngaged']);
    expect(fired[0]?.labels).toMatchObject({ team: 'lending-ml', namespace: world.namespace });
  }, 120_000);
});
