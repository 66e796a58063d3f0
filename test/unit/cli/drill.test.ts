import { describe, expect, it } from '@jest/globals';
import type { Actuator, TargetKind } from '../../../src/actuators/port.ts';
import { actuators, actuatorsWithPatches } from '../../../src/actuators/registry.ts';
import { askForDrill, rehearsePlan } from '../../../src/cli/drill.ts';
import type { DryDrillClients } from '../../../src/cli/drill.ts';
import { failure, success } from '../../../src/shared/result.ts';
import { createManualClock } from '../../builders/manual-clock.ts';
import { createMemoryAPI } from '../../builders/memory-api.ts';
import type { MemoryAPI } from '../../builders/memory-api.ts';
import { applyGuardedModelTo, memoryBackend, memoryPlan, memoryPolicy } from '../../builders/memory-operator.ts';
import { patchableKinds } from '../../builders/patchable-kinds.ts';
import { storyTargets } from '../../builders/story-target.ts';
import { createResourceClient } from '../../../src/kube/resource-client.ts';
import type { UntypedObject } from '../../../src/kube/kube-object.ts';

const at = { namespace: 'lending', name: 'credit' };
const requested = 'modelrisk.dev/drill-requested-at';

function clientsOf(api: MemoryAPI, known: ReadonlyMap<TargetKind, Actuator> = actuators) {
  const client = (resource: { readonly group: string; readonly version: string; readonly plural: string; readonly kind: string }) =>
    createResourceClient<UntypedObject>({ transport: api, fieldManager: 'test', resource: { ...resource, namespaced: true } });
  return {
    plans: client({ group: 'modelrisk.dev', version: 'v1alpha1', plural: 'mitigationplans', kind: 'MitigationPlan' }),
    risks: client({ group: 'modelrisk.dev', version: 'v1alpha1', plural: 'modelrisks', kind: 'ModelRisk' }),
    policies: createResourceClient<UntypedObject>({
      ...{ transport: api, fieldManager: 'test' },
      resource: { group: 'modelrisk.dev', version: 'v1alpha1', plural: 'riskpolicies', kind: 'RiskPolicy', namespaced: false },
    }),
    services: client({ group: '', version: 'v1', plural: 'services', kind: 'Service' }),
    endpointSlices: client({ group: 'discovery.k8s.io', version: 'v1', plural: 'endpointslices', kind: 'EndpointSlice' }),
    targets: new Map([...known].map(([kind, actuator]) => [kind, { actuator, client: client(actuator.resource) }])),
  };
}

function aCluster(): MemoryAPI {
  const api = createMemoryAPI(createManualClock());
  applyGuardedModelTo(api);
  return api;
}

describe('drill --dry-run', () => {
  it('of a plan without stages tries the ladder of the tier of its model', async () => {
    const api = aCluster();
    const { stages: _, ...spec } = (memoryPlan() as { readonly spec: { readonly stages: object } }).spec;
    api.apply('mitigationplans', { ...memoryPlan(), spec });
    const ladder = [{ name: 'limit', actions: [{ targetKind: 'Route', canaryLimit: { maxPercent: 20 } }] }];
    const policy = memoryPolicy() as { readonly spec: object };
    api.apply('riskpolicies', { ...policy, spec: { ...policy.spec, tiers: [{ name: 'All', playbook: { ladder } }] } });
    const report = await rehearsePlan(clientsOf(api), at, 1000);
    if (!report.ok) throw new Error(report.failure);
    expect(report.value.result).toBe('Passed');
    expect(report.value.steps.map(({ stage, target }) => `${stage ?? 'back'} ${target}`)).toEqual(['limit traffic', 'back traffic']);
    api.remove('riskpolicies', 'default');
    expect(await rehearsePlan(clientsOf(api), at, 1000)).toEqual(
      failure(expect.stringContaining("RiskPolicy default can't be read") as unknown as string),
    );
  });

  it('prints a row a stage and target, and writes nothing', async () => {
    const api = aCluster();
    const report = await rehearsePlan(clientsOf(api), at, 1000);
    expect(report.ok ? report.value.sentences : report.failure).toEqual([
      'STAGE       TARGET   OUTCOME',
      'limit       traffic  ok       credit-v1 50 %, credit-v2 50 % -> credit-v1 90 %, credit-v2 10 %',
      'shadow      traffic  ok       credit-v1 50 %, credit-v2 50 % -> credit-v1 100 %, credit-v2 0 %; copies 100 % to credit-v2',
      'rollback    traffic  ok       credit-v1 50 %, credit-v2 50 % -> credit-v1 100 %, credit-v2 0 %',
      '(way back)  traffic  ok',
      'rollback    flag     ok       use-v2 answers on -> use-v2 answers off',
      '(way back)  flag     ok',
      'MitigationPlan lending/credit: every stage could be taken and given back; nothing was touched, so no time was measured.',
    ]);
    expect(report).toMatchObject({ ok: true, value: { result: 'Passed', plan: 'credit', namespace: 'lending' } });
    expect(api.writes).toEqual([]);
  });

  it('regression: says that what waits for signatures is not what the operator would do', async () => {
    const api = aCluster();
    const terms = [{ field: 'stages.limit.actions', signed: '5 %', written: '90 %' }];
    const tried = async (): Promise<string> => {
      const report = await rehearsePlan(clientsOf(api), at, 1000);
      return report.ok ? (report.value.sentences.at(-1) ?? '') : report.failure;
    };
    api.setStatus('mitigationplans', 'credit', { signed: { risk: 'credit', digest: `sha256:${'0'.repeat(64)}`, terms } });
    expect(await tried()).toMatch(/^This tried the plan as it is written. Of stages.limit.actions what was signed is in force instead/);
    api.setStatus('mitigationplans', 'credit', { signed: { risk: 'credit', digest: `sha256:${'0'.repeat(64)}`, terms: [] } });
    expect(await tried()).toMatch(/^MitigationPlan lending\/credit: every stage could be taken/);
  });

  it('fails for what would be refused, with the reason and what to do', async () => {
    const api = aCluster();
    memoryBackend(api, 'credit-v1', false);
    api.remove('featureflags', 'credit-flags');
    const report = await rehearsePlan(clientsOf(api), at, 1000);
    expect(report).toMatchObject({ ok: true, value: { result: 'Failed' } });
    const text = report.ok ? report.value.sentences.join('\n') : '';
    expect(text).toMatch(/limit +traffic +refused +SafeBackendNotReady: /);
    expect(text).toMatch(
      /rollback +flag +refused +TargetMissing: FeatureFlag credit-flags \(target flag\) does not exist in namespace lending; create it/,
    );
    expect(text).toContain('3 more of 5 steps failed.');
  });

  it('tries patches of the kinds it was given, and says which it was not (it knew none, and asked for a newer plugin)', async () => {
    const api = aCluster();
    const story = storyTargets.find(({ kind }) => kind === 'Patch.cronjobs.batch');
    if (story === undefined) throw new Error('no story of a patch');
    api.apply('cronjobs', story.manifest('lending'));
    api.apply(
      'mitigationplans',
      memoryPlan({ targets: story.targets, stages: [{ name: 'stop', actions: [{ target: 'target', patch: {} }] }] }),
    );
    const report = await rehearsePlan(clientsOf(api, actuatorsWithPatches(patchableKinds)), at, 1000);
    expect(report).toMatchObject({ ok: true, value: { result: 'Passed' } });
    expect(await rehearsePlan(clientsOf(api), at, 1000)).toEqual(
      failure('Target target patches cronjobs.batch, whose version and kind only the operator was told: list it in --patch-kinds.'),
    );
  });

  it.each([
    ['plans', "MitigationPlan lending/credit can't be read: "],
    ['services', "Services of namespace lending can't be listed: "],
    ['endpointSlices', "EndpointSlices of namespace lending can't be listed: "],
  ] as const)('says what it may not read (%s)', async (which, sentence) => {
    const denied = { kind: 'Denied', status: 403, message: 'forbidden' } as const;
    const refuse = { get: () => Promise.resolve(failure(denied)), listPage: () => Promise.resolve(failure(denied)) };
    const report = await rehearsePlan({ ...clientsOf(aCluster()), [which]: refuse }, at, 1000);
    expect(report).toEqual(failure(`${sentence}forbidden`));
  });

  it('says which target it may not read, and of a plan it can’t read why', async () => {
    const clients = clientsOf(aCluster());
    const denied = { get: () => Promise.resolve(failure({ kind: 'Denied', status: 403, message: 'forbidden' } as const)) };
    const routes = clients.targets.get('HTTPRoute');
    if (routes === undefined) throw new Error('no routes');
    const targets: DryDrillClients['targets'] = new Map([['HTTPRoute', { ...routes, client: denied }]]);
    expect(await rehearsePlan({ ...clients, targets }, at, 1000)).toEqual(failure("HTTPRoute lending/credit can't be read: forbidden"));

    const api = aCluster();
    api.apply('mitigationplans', memoryPlan({ mode: 'Sometimes' }));
    const unreadable = await rehearsePlan(clientsOf(api), at, 1000);
    expect(unreadable.ok ? '' : unreadable.failure).toContain('MitigationPlan lending/credit is not readable: spec.mode');
    expect(await rehearsePlan(clientsOf(api), { ...at, name: 'other' }, 1000)).toMatchObject({ ok: false });
  });
});

describe('drill', () => {
  it('writes a new word into the annotation and says where the answer will be', async () => {
    const api = aCluster();
    const clock = createManualClock();
    const report = await askForDrill({ client: clientsOf(api).plans, at, waitSeconds: 0, clock });
    const { annotations = {} } = api.get('mitigationplans', 'credit')?.metadata ?? {};
    const request = new Date(clock.nowMs()).toISOString();
    expect(annotations).toEqual({ 'modelrisk.dev/contributors': 'olga', [requested]: request });
    expect(report).toEqual(
      success({
        ...{ namespace: 'lending', plan: 'credit', request, result: null, steps: [] },
        sentences: [`MitigationPlan lending/credit was asked for a drill (${request}); its status.lastDrill tells what it comes to.`],
      }),
    );
  });

  it('asks for one of a plan without any annotation, too', async () => {
    const api = aCluster();
    const { metadata: _, ...plan } = memoryPlan() as { readonly metadata: object };
    api.apply('mitigationplans', { ...plan, metadata: { name: 'bare', namespace: 'lending' } });
    await askForDrill({ client: clientsOf(api).plans, at: { ...at, name: 'bare' }, waitSeconds: 0, clock: createManualClock() });
    expect(Object.keys(api.get('mitigationplans', 'bare')?.metadata.annotations ?? {})).toEqual([requested]);
  });

  it('waits for the answer to its own word, not to an earlier one', async () => {
    const api = aCluster();
    const clock = createManualClock();
    const request = new Date(clock.nowMs()).toISOString();
    const answered = (word: string, result: string): void => {
      const at = new Date(clock.nowMs()).toISOString();
      const steps = [{ stage: 'limit', target: 'traffic', outcome: 'Refused', reason: 'Denied', message: 'A policy says no.' }];
      const lastDrill = { at, scope: 'DryRun', result, reason: 'Denied', message: 'no', request: word, restored: 'NotCompared', steps };
      api.setStatus('mitigationplans', 'credit', { lastDrill: { ...lastDrill, incidentRef: { name: 'ri-1' } } });
    };
    answered('an earlier one', 'Passed');
    const asked = askForDrill({ client: clientsOf(api).plans, at, waitSeconds: 10, clock });
    await clock.advance(3000);
    answered(request, 'Failed');
    await clock.advance(2000);
    expect(await asked).toMatchObject({
      ok: true,
      value: {
        result: 'Failed',
        sentences: [
          'STAGE  TARGET   OUTCOME',
          'limit  traffic  refused  Denied: A policy says no.',
          'MitigationPlan lending/credit: drill (DryRun) Failed. no Record: RiskIncident ri-1.',
        ],
      },
    });
  });

  it.each([
    [
      { scope: 'Sandbox', restored: 'Restored', timeToMitigateSeconds: 1.5, timeToRestoreSeconds: 4, recoveryTimeSeconds: 1 },
      'In effect 1.5 s after the synthetic breach, all given back after 4 s: beyond the recovery time of 1 s the model declares. Given back to the byte.',
    ],
    [
      { scope: 'DryRun', restored: 'NotCompared', recoveryTimeSeconds: 1 },
      'No traffic was moved, so how long it takes was not measured: it says nothing of the recovery time.',
    ],
  ])('says how a drill stands to the recovery time: %j', async (measured, sentence) => {
    const api = aCluster();
    const clock = createManualClock();
    const request = new Date(clock.nowMs()).toISOString();
    const asked = askForDrill({ client: clientsOf(api).plans, at, waitSeconds: 10, clock });
    await clock.advance(1000);
    api.setStatus('mitigationplans', 'credit', { lastDrill: { at: request, result: 'Passed', request, steps: [], ...measured } });
    await clock.advance(2000);
    const said = `MitigationPlan lending/credit: drill (${measured.scope}) Passed. ${sentence}`;
    expect(await asked).toMatchObject({ ok: true, value: { result: 'Passed', sentences: [said] } });
  });

  it('gives up waiting, and says what to look at', async () => {
    const clock = createManualClock();
    const asked = askForDrill({ client: clientsOf(aCluster()).plans, at, waitSeconds: 5, clock });
    await clock.advance(6000);
    expect(await asked).toEqual(
      failure(
        'MitigationPlan lending/credit was asked for a drill, and none ended within 5 s: see whether an operator runs, and look at its status.lastDrill.',
      ),
    );
  });

  it('says who may not ask', async () => {
    const api = aCluster();
    api.onWrite(() => 'Deny');
    const asked = await askForDrill({ client: clientsOf(api).plans, at, waitSeconds: 0, clock: createManualClock() });
    expect(asked).toEqual(failure('MitigationPlan lending/credit was not asked for a drill: this policy allows no such patch'));
  });
});
