import { afterEach, describe, expect, it } from '@jest/globals';
import type { JSONValue } from '../../../src/shared/json.ts';
import { startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryAPI } from '../../builders/memory-api.ts';
import { programmeObjects } from '../../builders/programme-pages.ts';
import { conditionOf } from '../../builders/traffic-view.ts';
import { aRoute, backend, rule } from '../../builders/http-route.ts';

type Fields = Readonly<Record<string, JSONValue>>;

const plurals: Readonly<Record<string, string>> = {
  RiskPolicy: 'riskpolicies',
  ModelRisk: 'modelrisks',
  MitigationPlan: 'mitigationplans',
};

/** What the exemplars act on. */
function applySurroundingsTo(api: MemoryAPI): void {
  const { metadata, ...route } = aRoute([rule([backend('credit-v1', 50), backend('credit-v2', 50)])], { controllers: [] });
  const { uid: _uid, generation: _generation, ...kept } = metadata as { readonly uid: string; readonly generation: number };
  api.apply('httproutes', { ...route, metadata: { ...kept, namespace: 'lending' } });
  for (const name of ['credit-v1', 'credit-v2']) {
    api.apply('services', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: 'lending' },
      spec: { ports: [{ port: 8080 }] },
    });
    api.apply('endpointslices', {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: `${name}-1`, namespace: 'lending', labels: { 'kubernetes.io/service-name': name } },
      endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready: true } }],
    });
  }
  const flags = { suggestion: { state: 'ENABLED', variants: { model: true, rule: false }, defaultVariant: 'model' } };
  api.apply('featureflags', {
    apiVersion: 'core.openfeature.dev/v1beta1',
    kind: 'FeatureFlag',
    metadata: { name: 'triage-flags', namespace: 'emergency' },
    spec: { flagSpec: { flags } },
  });
}

const written = programmeObjects().filter(({ where, manifest }) => where.endsWith('.yaml') && manifest.kind in plurals);

describe('the exemplars under a running operator', () => {
  let world: MemoryOperator;
  const start = async () => {
    world = await startMemoryOperator((api) => {
      applySurroundingsTo(api);
      for (const { manifest } of written) {
        const { metadata } = manifest;
        // Where admission policies would write who wrote it.
        const annotations = { 'modelrisk.dev/contributors': 'olga' };
        api.apply(plurals[manifest.kind] ?? '', { ...manifest, metadata: { ...metadata, annotations } });
      }
    });
    await world.pass(70);
  };
  afterEach(() => world.stop());
  const object = (kind: string, name: string, namespace: string) => {
    const found = world.api.get(plurals[kind] ?? '', name, namespace);
    if (found === null) throw new Error(`${kind} ${name} is not there`);
    return found;
  };
  const reasonOf = (kind: string, name: string, namespace: string, type: string) => {
    const condition = conditionOf(object(kind, name, namespace), type);
    return `${condition?.status ?? '-'}/${condition?.reason ?? '-'}: ${condition?.message ?? ''}`;
  };
  const statusOf = (kind: string, name: string, namespace: string) =>
    (object(kind, name, namespace) as unknown as { readonly status: Fields }).status;

  it.each([
    ['credit-default', 'lending'],
    ['triage', 'emergency'],
  ])('%s is Ready, in tier High, with all papers but what only a live drill shows', async (name, namespace) => {
    await start();
    expect(reasonOf('ModelRisk', name, namespace, 'Ready')).toMatch(/^True\//);
    expect(reasonOf('MitigationPlan', name, namespace, 'Ready')).toMatch(/^True\//);
    expect(reasonOf('MitigationPlan', 'credit-fairness', 'lending', 'Ready')).toMatch(/^True\//);
    expect(statusOf('ModelRisk', name, namespace)['tier']).toMatchObject({ inherent: 'High' });
    expect(statusOf('ModelRisk', name, namespace)['documentation']).toMatchObject({ missing: ['Continuity'], lineageCoveragePercent: 100 });
    const plan = object('MitigationPlan', name, namespace);
    const annotations = { ...plan.metadata.annotations, 'modelrisk.dev/drill-requested-at': 'now' };
    world.api.apply('mitigationplans', { ...plan, metadata: { ...plan.metadata, annotations } });
    await world.passUntil('drilled', () => statusOf('MitigationPlan', name, namespace)['lastDrill'] !== undefined);
    await world.pass(5);
    expect(statusOf('MitigationPlan', name, namespace)['lastDrill']).toMatchObject({ result: 'Passed' });
    expect(statusOf('ModelRisk', name, namespace)['documentation']).toMatchObject({ missing: ['Continuity'] });
    world.api.apply('namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: namespace, labels: { 'modelrisk.dev/sandbox': 'true' } },
    });
    const { spec, metadata } = object('MitigationPlan', name, namespace) as unknown as { readonly spec: Fields; readonly metadata: Fields };
    world.api.apply('mitigationplans', {
      ...plan,
      metadata: { ...metadata, annotations: { ...plan.metadata.annotations, 'modelrisk.dev/drill-requested-at': 'live' } },
      spec: { ...spec, drill: { everySeconds: 604_800, scope: 'Sandbox' } },
    });
    await world.passUntil('drilled live', () => reasonOf('ModelRisk', name, namespace, 'Documented').startsWith('True/'));
    expect(statusOf('MitigationPlan', name, namespace)['lastDrill']).toMatchObject({ result: 'Passed', recovery: 'Within' });
  });

  it('have a policy that contradicts itself nowhere, and is due for its first review', async () => {
    await start();
    expect(reasonOf('RiskPolicy', 'programme', '', 'Ready')).toMatch(/^True\//);
    expect(reasonOf('RiskPolicy', 'programme', '', 'ReviewCurrent')).toMatch(/^True\/DueSoon/);
  });

  it('the template is a sound one, of tier Medium, that lacks nothing', async () => {
    await start();
    expect(reasonOf('ModelRisk', 'my-model', 'my-team', 'Ready')).toMatch(/^True\//);
    expect(statusOf('ModelRisk', 'my-model', 'my-team')['tier']).toMatchObject({ inherent: 'Medium' });
    expect(reasonOf('ModelRisk', 'my-model', 'my-team', 'Documented')).toMatch(/^True\//);
  });
});
