import { beforeEach, describe, expect, it } from '@jest/globals';
import { experimentActuator } from '../../../src/actuators/experiment/actuator.ts';
import { flagdConfigMapActuator } from '../../../src/actuators/flagd-config-map/actuator.ts';
import { grpcRouteActuator } from '../../../src/actuators/grpc-route/actuator.ts';
import type { Actuator, Claim } from '../../../src/actuators/port.ts';
import { actuators } from '../../../src/actuators/registry.ts';
import { rolloutActuator } from '../../../src/actuators/rollout/actuator.ts';
import { virtualServiceActuator } from '../../../src/actuators/virtual-service/actuator.ts';
import { restoreAll } from '../../../src/cli/restore-all.ts';
import type { RestoreAllReport } from '../../../src/cli/restore-all.ts';
import { clientFor, targetClient } from '../../../src/cli/target-client.ts';
import type { UntypedObject } from '../../../src/kube/kube-object.ts';
import { capacityPlan } from '../../builders/capacity.ts';
import { pin, standing } from '../../builders/deployment.ts';
import { cap as experimentCap } from '../../builders/experiment.ts';
import { actuator as featureFlags, rollback } from '../../builders/feature-flag.ts';
import { rollback as fileRollback } from '../../builders/flagd-config-map.ts';
import { aRouteClaim, cap, inputFor, settled, shadow, weightsOf, withAnnotations } from '../../builders/http-route.ts';
import { actuator as inferenceServices, anInferenceService, cap as serviceCap, percentOf } from '../../builders/inference-service.ts';
import { createManualClock } from '../../builders/manual-clock.ts';
import { createMemoryAPI } from '../../builders/memory-api.ts';
import type { MemoryAPI } from '../../builders/memory-api.ts';
import { memoryFlag, memoryPlan, memoryRoute } from '../../builders/memory-operator.ts';
import { followRollouts } from '../../builders/memory-rollouts.ts';
import { cap as updateCap } from '../../builders/rollout.ts';
import { storyTargets } from '../../builders/story-target.ts';
import { cap as meshCap } from '../../builders/virtual-service.ts';

const finalizer = 'modelrisk.dev/restore';

let api: MemoryAPI;

const inNamespace = (manifest: object, namespace: string, metadata: object = {}): object => {
  const object = manifest as { readonly metadata: object };
  return { ...object, metadata: { ...object.metadata, namespace, ...metadata } };
};

function engagedRoute(namespace: string): void {
  const claim = namespace === 'lending' ? cap(10) : shadow(100);
  api.apply('httproutes', settled(api.apply('httproutes', inNamespace(memoryRoute(), namespace)), [claim]));
}

/** As its story has it: the object of one kind its user applied, under a constraint. */
function engage(actuator: Actuator, claim: Claim): void {
  const manifest = storyTargets.find(({ kind }) => kind === actuator.targetKind)?.manifest('lending') ?? {};
  const { plural } = actuator.resource;
  api.apply(plural, manifest);
  // An update is in progress only once its controller has said so.
  followRollouts(api);
  api.apply(plural, settled(api.get(plural, 'credit') ?? {}, [claim], { actuator }));
}

function planWith(namespace: string, ...finalizers: string[]): void {
  api.apply('mitigationplans', inNamespace(memoryPlan(), namespace, { finalizers }));
}

async function engageService(): Promise<void> {
  const client = targetClient(api, inferenceServices.resource, createManualClock());
  api.apply('inferenceservices', storyTargets.find(({ kind }) => kind === 'InferenceService')?.manifest('lending') ?? {});
  api.setStatus('inferenceservices', 'credit', anInferenceService()['status'] ?? null);
  for (let again = true; again;) {
    const live = await client.get({ namespace: 'lending', name: 'credit' });
    if (!live.ok) throw new Error(live.failure.message);
    const actuation = inferenceServices.plan(inputFor(live.value, [serviceCap(10)]));
    again = actuation.kind === 'Patch';
    if (actuation.kind === 'Patch') await client.patch({ namespace: 'lending', name: 'credit' }, actuation.operations);
  }
}

function run(options: { readonly namespace?: string | null; readonly dropFinalizers?: boolean } = {}): Promise<RestoreAllReport> {
  return restoreAll({
    targets: [...actuators.values()].map((actuator) => ({ actuator, client: targetClient(api, actuator.resource, createManualClock()) })),
    plans: clientFor(api, { group: 'modelrisk.dev', version: 'v1alpha1', plural: 'mitigationplans', kind: 'MitigationPlan' }),
    namespace: 'lending',
    dropFinalizers: false,
    nowMs: 0,
    ...options,
  });
}

const route = (namespace = 'lending') => api.get('httproutes', 'credit', namespace) ?? {};
const user = { 'credit-v1': 50, 'credit-v2': 50 };

beforeEach(async () => {
  api = createMemoryAPI(createManualClock());
  engagedRoute('lending');
  engagedRoute('claims');
  api.apply('httproutes', inNamespace(memoryRoute(), 'lending', { name: 'quiet' }));
  engage(grpcRouteActuator, aRouteClaim([{ kind: 'Cap', maxPercent: 10 }], { target: { kind: 'GRPCRoute' } }));
  engage(virtualServiceActuator, meshCap(10));
  engage(rolloutActuator, updateCap(10));
  engage(experimentActuator, experimentCap(10));
  engage(flagdConfigMapActuator, fileRollback({ target: { object: 'credit', key: 'flags.json' } }));
  api.apply('featureflags', settled(api.apply('featureflags', memoryFlag()), [rollback()], { actuator: featureFlags }));
  const deployment = storyTargets.find(({ kind }) => kind === 'Deployment')?.manifest('lending') ?? {};
  api.apply('deployments', standing(api.apply('deployments', deployment), [pin()]));
  await engageService();
});

describe('restore --all', () => {
  it('gives back every target of every kind in one namespace, and says so one by one', async () => {
    const report = await run();
    expect(report.failures).toEqual([]);
    expect(report.targets.map(({ kind, namespace, name, restored }) => [kind, namespace, name, restored])).toEqual([
      ['HTTPRoute', 'lending', 'credit', true],
      ['GRPCRoute', 'lending', 'credit', true],
      ['VirtualService', 'lending', 'credit', true],
      ['Experiment', 'lending', 'credit', true],
      ['InferenceService', 'lending', 'credit', true],
      ['Rollout', 'lending', 'credit', true],
      ['FeatureFlag', 'lending', 'credit-flags', true],
      ['ConfigMap', 'lending', 'credit', true],
      ['Deployment', 'lending', 'credit', true],
    ]);
    expect(percentOf(api.get('inferenceservices', 'credit') ?? {})).toBeUndefined();
    expect(weightsOf(route())).toEqual(user);
    expect(weightsOf(route('claims'))).not.toEqual(user);
    expect(report.sentences).toEqual([
      expect.stringContaining('HTTPRoute lending/credit: '),
      'HTTPRoute: 1 of 2 carry a journal; the others were never changed.',
      expect.stringContaining('GRPCRoute lending/credit: '),
      'GRPCRoute: 1 of 1 carry a journal; the others were never changed.',
      expect.stringContaining('VirtualService lending/credit: '),
      'VirtualService: 1 of 1 carry a journal; the others were never changed.',
      expect.stringContaining('Experiment lending/credit: '),
      'Experiment: 1 of 1 carry a journal; the others were never changed.',
      expect.stringContaining('InferenceService lending/credit: latest revision 10 % -> latest revision 100 %'),
      'InferenceService: 1 of 1 carry a journal; the others were never changed.',
      expect.stringContaining(', paused -> '),
      'Rollout: 1 of 1 carry a journal; the others were never changed.',
      expect.stringContaining('FeatureFlag lending/credit-flags: '),
      'FeatureFlag: 1 of 1 carry a journal; the others were never changed.',
      expect.stringContaining('ConfigMap lending/credit: '),
      'ConfigMap: 1 of 1 carry a journal; the others were never changed.',
      expect.stringContaining('Deployment lending/credit: '),
      'Deployment: 1 of 1 carry a journal; the others were never changed.',
    ]);
  });

  it('in all namespaces', async () => {
    expect((await run({ namespace: null })).targets).toHaveLength(10);
    expect([weightsOf(route()), weightsOf(route('claims'))]).toEqual([user, user]);
  });

  it('a second time it finds nothing to do, and that is no failure', async () => {
    await run();
    const again = await run();
    expect(again.failures).toEqual([]);
    expect(again.targets.every(({ restored }) => !restored)).toBe(true);
  });

  it('passes over kinds the cluster does not serve', async () => {
    api.serve('featureflags', false);
    const report = await run();
    expect(report.failures).toEqual([]);
    expect(report.sentences).toContain('FeatureFlag is not served by this cluster: nothing to give back.');
    expect(weightsOf(route())).toEqual(user);
  });

  it('looks at no ConfigMap that does not say it is a target', async () => {
    api.apply('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'ca', namespace: 'lending' }, data: {} });
    expect((await run()).sentences).toContain('ConfigMap: 1 of 1 carry a journal; the others were never changed.');
  });

  it('passes over a kind of a role of its own that nobody needs, and fails where a plan acts on one', async () => {
    api.forbid('deployments');
    planWith('lending', finalizer);
    const report = await run();
    expect(report.failures).toEqual([]);
    expect(report.sentences).toContainEqual(
      expect.stringMatching(/^Deployment could not be listed \(.*forbidden.*\), and no plan acts on one\.$/),
    );
    api.apply('mitigationplans', capacityPlan());
    expect((await run()).failures).toEqual([expect.stringContaining('Deployment could not be listed: ')]);
  });

  it('leaves a copied journal alone without failing for it', async () => {
    const { annotations } = (route('claims') as UntypedObject).metadata;
    api.apply('httproutes', withAnnotations(inNamespace(memoryRoute(), 'lending', { name: 'copy' }) as UntypedObject, annotations ?? {}));
    const report = await run();
    expect(report.failures).toEqual([]);
    expect(report.sentences).toContainEqual(expect.stringContaining('HTTPRoute lending/copy was left as it is.'));
  });

  it('keeps its hands off plans unless told', async () => {
    planWith('lending', finalizer);
    expect((await run()).plans).toEqual([]);
    expect(api.get('mitigationplans', 'credit')?.metadata.finalizers).toEqual([finalizer]);
  });
});

describe('restore --all --drop-finalizers (a deleted plan and its namespace hung for ever with the operator gone)', () => {
  it('lets a deleted plan go, after its targets', async () => {
    planWith('lending', finalizer);
    api.remove('mitigationplans', 'credit');
    expect(api.get('mitigationplans', 'credit')).not.toBeNull();
    const report = await run({ dropFinalizers: true });
    expect([report.failures, report.plans]).toEqual([[], [{ namespace: 'lending', name: 'credit' }]]);
    expect(report.sentences.at(-1)).toBe(`MitigationPlan lending/credit: finalizer ${finalizer} taken off. Its deletion goes on.`);
    expect(api.get('mitigationplans', 'credit')).toBeNull();
    expect(api.writes.at(-1)).toMatchObject({ resource: 'mitigationplans' });
  });

  it("leaves other people's finalizers, and says that a running operator puts ours on again", async () => {
    planWith('lending', 'example.com/a', finalizer, 'example.com/b');
    expect((await run({ dropFinalizers: true })).sentences.at(-1)).toMatch(/A running operator puts it on again\.$/);
    expect(api.get('mitigationplans', 'credit')?.metadata.finalizers).toEqual(['example.com/a', 'example.com/b']);
  });

  it('keeps the plans of a namespace where something could not be given back, and fails', async () => {
    for (const namespace of ['lending', 'claims']) planWith(namespace, finalizer);
    const { uid } = (route() as UntypedObject).metadata;
    const newer = { 'modelrisk.dev/journal': `{"schemaVersion":99,"uid":"${uid}"}` };
    api.apply('httproutes', withAnnotations(route(), newer));
    const report = await run({ namespace: null, dropFinalizers: true });
    expect(report.plans).toEqual([{ namespace: 'claims', name: 'credit' }]);
    expect(report.failures).toEqual([
      expect.stringContaining('HTTPRoute lending/credit was left as it is.'),
      expect.stringContaining('MitigationPlan lending/credit keeps its finalizer'),
    ]);
    expect(api.get('mitigationplans', 'credit')?.metadata.finalizers).toEqual([finalizer]);
  });
});
