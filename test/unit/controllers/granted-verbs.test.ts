import { readFileSync } from 'node:fs';
import { describe, expect, it, jest } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { actuatorsWithPatches } from '../../../src/actuators/registry.ts';
import { createEventRecorder } from '../../../src/kube/event-recorder.ts';
import { createLeaseElector } from '../../../src/kube/lease.ts';
import { createSecretReader } from '../../../src/kube/secret-reader.ts';
import type { APIRequest } from '../../../src/kube/transport.ts';
import { createAuthentication } from '../../../src/server/push/authentication.ts';
import { parseKubeRequest } from '../../../testbed/kube-request.ts';
import type { KubeRequest } from '../../../testbed/kube-request.ts';
import { drill, markSandbox } from '../../builders/drilling.ts';
import { createFakeLeaseServer } from '../../builders/fake-lease-server.ts';
import { testObject } from '../../builders/kube-object.ts';
import { applyClusterModelTo, clusterPolicy, clusterRisk } from '../../builders/memory-cluster.ts';
import { createManualClock } from '../../builders/manual-clock.ts';
import { applyKeptReferenceTo } from '../../builders/references.ts';
import { applyGuardedModelTo, memoryPlan, memoryPolicy, startMemoryOperator } from '../../builders/memory-operator.ts';
import { openMemoryStories } from '../../builders/memory-stories.ts';
import { planIn, tellStory } from '../../builders/memory-story.ts';
import { patchableKinds } from '../../builders/patchable-kinds.ts';
import { reviewingTransport } from '../../builders/pushing.ts';
import { applyRemediationTo } from '../../builders/remediation.ts';
import { answer, scriptedTransport } from '../../builders/scripted-transport.ts';
import { storyTargets } from '../../builders/story-target.ts';
import type { StoryTarget } from '../../builders/story-target.ts';
import { targetStories } from '../../builders/target-stories.ts';

/** `patch modelrisk.dev/mitigationplans/status`: a request as RBAC sees it. */
function permissionOf({ verb, group, resource, subresource }: KubeRequest): string {
  return `${verb} ${[group, resource, ...(subresource === null ? [] : [subresource])].join('/')}`;
}

interface Role {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly rules?: readonly {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly verbs: readonly string[];
  }[];
}

function rolesIn(...files: readonly string[]): readonly Role[] {
  return files.flatMap((file) => parseAllDocuments(readFileSync(`config/${file}`, 'utf8')).map((document) => document.toJS() as Role));
}

function granted(...files: readonly string[]): ReadonlySet<string> {
  return verbsOf(rolesIn(...files));
}

/** Files for kinds that are dangerous to touch hold a role for people too. */
function grantedTo(role: string, file: string): ReadonlySet<string> {
  return verbsOf(rolesIn(file).filter(({ metadata }) => metadata.name === role));
}

function verbsOf(roles: readonly Role[]): ReadonlySet<string> {
  return new Set(
    roles
      .flatMap(({ rules }) => rules ?? [])
      .flatMap(({ apiGroups, resources, verbs }) =>
        apiGroups.flatMap((group) => resources.flatMap((resource) => verbs.map((verb) => `${verb} ${group}/${resource}`))),
      ),
  );
}

/** The whole story with what makes the operator read live: answers that are lost and edits that come in between. */
async function askedByControllers(): Promise<readonly KubeRequest[]> {
  const world = await startMemoryOperator();
  const once = new Set<string>();
  const isFirst = (what: string): boolean => !once.has(what) && once.add(what).has(what);
  world.api.onWrite(({ verb, resource }) => {
    if (resource === 'riskincidents' && verb === 'create' && isFirst('incident')) return 'LoseAnswer';
    return 'Pass';
  });
  markSandbox(world.api);
  await drill(world, 'one', { drill: { everySeconds: 3600, scope: 'Sandbox' } });
  await tellStory(world);
  const optIn = (mode: string) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'lending', labels: { 'modelrisk.dev/gate': mode } },
  });
  world.api.apply('namespaces', optIn('Enforce'));
  await world.pass(2);
  world.api.apply('namespaces', optIn('Off'));
  await world.pass(2);
  const { uid } = planIn(world).metadata;
  const subjectRef = { kind: 'MitigationPlan', name: 'credit', uid };
  const spec = { action: 'Hold', role: 'risk', author: 'rita', subjectRef, digest: `sha256:${'0'.repeat(64)}`, reason: 'a look' };
  const metadata = { name: 'hold', namespace: 'lending' };
  const expiresAt = new Date(world.clock.nowMs() + 60_000).toISOString();
  world.api.apply('riskdecisions', { apiVersion: 'modelrisk.dev/v1alpha1', kind: 'RiskDecision', metadata, spec: { ...spec, expiresAt } });
  await world.pass(2);
  await world.stop();
  return world.api.requests;
}

/** One model judged by every form of a signal about the cluster. */
async function askedForClusterSignals(): Promise<readonly KubeRequest[]> {
  const forms = [
    { workload: { measure: 'CPUOfRequestsPercent' } },
    { posture: {} },
    { report: { kind: 'VulnerabilityReport' } },
    { report: { kind: 'PolicyReport' } },
  ];
  const names = forms.map((_form, index) => `signal-${String(index)}`);
  const world = await startMemoryOperator((api) => {
    applyClusterModelTo(api, {});
    const policy = clusterPolicy({}) as { readonly spec: object };
    api.apply('riskpolicies', {
      ...policy,
      spec: { ...policy.spec, signals: forms.map((form, index) => ({ name: names[index], ...form })) },
    });
    const risk = clusterRisk() as { readonly spec: { readonly indicators: readonly object[]; readonly workloadRefs: readonly object[] } };
    const indicators = names.map((name) => ({ ...risk.spec.indicators[0], name, signal: { template: { name } } }));
    const workloadRefs = [...risk.spec.workloadRefs, { group: 'apps', kind: 'StatefulSet', name: 'features' }];
    api.apply('modelrisks', { ...risk, spec: { ...risk.spec, indicators, workloadRefs } });
  });
  await world.pass(5);
  await world.stop();
  return world.api.requests;
}

/** One model whose reference a ConfigMap keeps. */
async function askedForReferences(): Promise<readonly KubeRequest[]> {
  const world = await startMemoryOperator((api) => {
    applyKeptReferenceTo(api);
  });
  await world.pass(2);
  await world.stop();
  return world.api.requests;
}

/** One engagement on each kind of target, whose owner applies it again with other values just before our patch arrives. */
async function askedOfTargets(isAmong: (target: StoryTarget) => boolean): Promise<readonly KubeRequest[]> {
  const asked: KubeRequest[] = [];
  for (const target of storyTargets.filter(isAmong)) {
    const { memory, world } = await openMemoryStories();
    let isFirst = true;
    memory.api.onWrite(({ verb, resource, subresource }) => {
      if (subresource !== null || verb !== 'patch' || resource !== target.resource.plural || !isFirst) return 'Pass';
      isFirst = false;
      memory.api.apply(resource, editOf(target, world.namespace));
      return 'Pass';
    });
    await targetStories['engage']?.(world, target);
    // A journal of its own is taken away at the end.
    if (target.journal === 'Object') {
      world.read('Ok');
      await memory.pass(20);
    }
    await memory.stop();
    asked.push(...memory.api.requests);
  }
  // An abort is of a second stage.
  for (const target of storyTargets.filter((each) => each.kind === 'Rollout' && isAmong(each))) {
    const { memory, world } = await openMemoryStories();
    await targetStories['escalate']?.(world, target);
    await memory.stop();
    asked.push(...memory.api.requests);
  }
  return asked;
}

/** Of a kind that has revisions, one that makes none. */
function editOf({ earlier, edit, manifest }: StoryTarget, namespace: string): object {
  const object = manifest(namespace);
  if (earlier === undefined) return edit(object);
  return { ...object, metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, note: 'seen' } } };
}

/** The role of a kind that is dangerous to touch; null: the operator may act on it wherever it guards. */
function roleOf(kind: StoryTarget['kind']): string | null {
  return actuatorsWithPatches(patchableKinds).get(kind)?.resource.clusterRole ?? null;
}

/** One plan that makes its route. */
async function askedToGenerate(): Promise<readonly KubeRequest[]> {
  const world = await startMemoryOperator((api) => {
    applyGuardedModelTo(api);
    api.remove('httproutes', 'credit');
    const ends = { candidate: { service: 'credit-v2', port: 8080 }, safe: { service: 'credit-v1', port: 8080 } };
    const generate = { parentRefs: [{ name: 'edge' }], candidatePercent: 50 };
    const stages = [{ name: 'limit', actions: [{ target: 'traffic', canaryLimit: { maxPercent: 10 } }] }];
    api.apply('mitigationplans', memoryPlan({ targets: [{ name: 'traffic', httpRoute: { name: 'credit', ...ends, generate } }], stages }));
  });
  await world.pass(2);
  await world.stop();
  return world.api.requests;
}

async function askedByNotices(): Promise<readonly APIRequest[]> {
  const transport = scriptedTransport({ request: () => answer({ metadata: { name: 'hook', uid: 'u', resourceVersion: '1' }, data: {} }) });
  const read = createSecretReader({ transport, namespace: 'modelrisk-system', fieldManager: 'modelrisk-operator' });
  await read('hook', 'token');
  return transport.requests;
}

async function askedByElector(): Promise<readonly APIRequest[]> {
  const clock = createManualClock();
  const transport = scriptedTransport({ request: createFakeLeaseServer().handle });
  const elector = createLeaseElector({
    ...{ transport, clock, random: () => 1, fieldManager: 'modelrisk-operator', identity: 'first', leaseSeconds: 15, renewSeconds: 3 },
    lease: { namespace: 'modelrisk-system', name: 'modelrisk-operator' },
    highestEpochSeen: () => 0,
    onState: () => undefined,
    onFailure: () => undefined,
  });
  elector.start();
  await clock.advance(10_000);
  await elector.release();
  return transport.requests;
}

async function askedByRecorder(): Promise<readonly APIRequest[]> {
  const transport = scriptedTransport({ request: () => answer({}) });
  const recorder = createEventRecorder({
    ...{ transport, clock: createManualClock(), windowMs: 300_000, capacity: 100, onDropped: () => undefined },
    reportingController: 'modelrisk.dev/operator',
    reportingInstance: 'pod-1',
  });
  const event = { regarding: testObject(), type: 'Warning', reason: 'Engaged', action: 'Engage', note: 'capped' } as const;
  recorder.record(event);
  recorder.record(event);
  await recorder.stop();
  return transport.requests;
}

async function askedByPushes(): Promise<readonly APIRequest[]> {
  const transport = reviewingTransport({ anna: ['lending'] });
  const authentication = createAuthentication({ transport, clock: createManualClock() });
  await authentication.authenticate('Bearer anna');
  await authentication.mayPush({ username: 'anna' }, 'lending');
  return transport.requests;
}

// A story of every kind of target there is: longer with each of them.
jest.setTimeout(30_000);

describe('rights of the operator (get was granted on kinds it only lists and watches)', () => {
  it('are the verbs it uses, no more and no fewer', async () => {
    const others = [...(await askedByElector()), ...(await askedByNotices()), ...(await askedByRecorder()), ...(await askedByPushes())].map(
      ({ method, path }) => parseKubeRequest(method, path),
    );
    const ofTargets = await askedOfTargets(({ kind }) => roleOf(kind) === null);
    const used = [...(await askedByControllers()), ...ofTargets, ...(await askedToGenerate()), ...others].map(permissionOf);
    expect([...granted('rbac/operator.yaml', 'push/rbac.yaml')].sort()).toEqual([...new Set(used)].sort());
  }, 30_000);

  it('for signals about the cluster are a role of their own, with the verbs those use', async () => {
    const used = new Set((await askedForClusterSignals()).map(permissionOf));
    const ordinary = granted('rbac/operator.yaml');
    expect([...granted('rbac/cluster-signals.yaml')].sort()).toEqual([...used].filter((each) => !ordinary.has(each)).sort());
  });

  it.each([
    ['modelrisk-operator-deployments', 'rbac/deployments.yaml'],
    ['modelrisk-operator-configmaps', 'rbac/configmaps.yaml'],
  ])('on kinds that are dangerous to touch are a role of their own (%s), with the verbs those use', async (role, file) => {
    const used = new Set((await askedOfTargets(({ kind }) => roleOf(kind) === role)).map(permissionOf));
    const ordinary = granted('rbac/operator.yaml');
    const added = [...used].filter((each) => !ordinary.has(each)).sort();
    expect([...grantedTo(role, file)].sort()).toEqual(added);
    expect(added.length).toBeGreaterThan(0);
    expect(rolesIn(file).map(({ kind }) => kind)).not.toContain('ClusterRoleBinding');
  });

  it('for references in ConfigMaps are a role of their own, with the verbs those use', async () => {
    const used = new Set((await askedForReferences()).map(permissionOf));
    const ordinary = granted('rbac/operator.yaml');
    const added = [...used].filter((each) => !ordinary.has(each)).sort();
    expect([...granted('rbac/config-map-references.yaml')].sort()).toEqual(added);
    expect(added).toEqual(['list /configmaps', 'watch /configmaps']);
  });

  it('to keep rules of Prometheus are a role of their own, with the verbs that takes', async () => {
    const policy = memoryPolicy() as { readonly spec: object };
    const asking = (mode: string) => ({ ...policy, spec: { ...policy.spec, prometheusRules: { mode } } });
    const world = await startMemoryOperator((api) => {
      applyGuardedModelTo(api);
      api.apply('riskpolicies', asking('Maintain'));
    });
    await world.pass(2);
    world.api.apply('riskpolicies', asking('None'));
    await world.pass(2);
    await world.stop();
    const ordinary = granted('rbac/operator.yaml');
    const added = [...new Set(world.api.requests.map(permissionOf))].filter((each) => !ordinary.has(each)).sort();
    expect([...granted('rbac/prometheus-rules.yaml')].sort()).toEqual(added);
  });

  it('to patch are a rule for each kind that was listed, with the verbs that takes; as delivered there is none', async () => {
    const used = new Set((await askedOfTargets(({ kind }) => roleOf(kind) === 'modelrisk-operator-patches')).map(permissionOf));
    const ordinary = granted('rbac/operator.yaml');
    const added = [...used].filter((each) => !ordinary.has(each)).sort();
    expect(added).toEqual(['get', 'list', 'patch', 'watch'].map((verb) => `${verb} batch/cronjobs`));
    expect([...granted('rbac/patches.yaml')]).toEqual([]);
    const [operators] = readFileSync('charts/modelrisk-operator/templates/rbac/patches.yaml', 'utf8').split('\n---\n');
    expect(
      /verbs: \[(.*)\]/
        .exec(operators ?? '')?.[1]
        ?.split(', ')
        .sort(),
    ).toEqual(['get', 'list', 'patch', 'watch']);
  });

  it('to run jobs are a role of their own, with the verbs that takes', async () => {
    const world = await startMemoryOperator(applyRemediationTo);
    world.read(0.9);
    await world.pass(5);
    await world.stop();
    const ordinary = granted('rbac/operator.yaml');
    const added = [...new Set(world.api.requests.map(permissionOf))].filter((each) => !ordinary.has(each)).sort();
    expect([...granted('rbac/jobs.yaml')].sort()).toEqual(added);
    expect(added).toContain('create batch/jobs');
  });
});
