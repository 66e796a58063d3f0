import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { APIClient } from '../../../testbed/api-client.ts';
import { eventually } from '../../../testbed/eventually.ts';
import {
  broad,
  configMap,
  configMaps,
  deployment,
  deployments,
  experiment,
  experiments,
  flag,
  flags,
  grpcRoute,
  grpcRoutes,
  named,
  namespace,
  namespaces,
  refusal,
  refusedBy,
  rollout,
  rollouts,
  route,
  routes,
  virtualService,
  virtualServices,
  startAdmissionBed,
  writeStatus,
} from '../../builders/admission-bed.ts';
import type { AdmissionBed } from '../../builders/admission-bed.ts';
import {
  chainHeadManifest,
  decisionManifest,
  incidentManifest,
  modelRiskManifest,
  planManifest,
  riskPolicyManifest,
  targetJournalManifest,
  withValue,
} from '../../builders/api.ts';
import type { Manifest } from '../../builders/api.ts';
import { resourceOf, resources } from '../../builders/api-resources.ts';
import { grant, person } from '../../builders/people.ts';
import type { Person } from '../../builders/people.ts';

let bed: AdmissionBed;
let admin: APIClient;
let operator: Person;
let alice: Person;
let bob: Person;
let carol: Person;

beforeAll(async () => {
  bed = await startAdmissionBed();
  ({ admin, operator, alice, bob, carol } = bed);
}, 180_000);

afterAll(() => bed.stop());

describe('what happened', () => {
  const manifests = [riskPolicyManifest(), modelRiskManifest(), planManifest(), decisionManifest()] as const;

  it.each(manifests)('to a $kind is told by the operator only', async (manifest) => {
    const object = manifest.kind === 'RiskPolicy' ? manifest : named(manifest, 'told');
    await (manifest.kind === 'RiskPolicy' ? admin : alice.client).create(resourceOf(manifest.kind), object);
    const { name } = object.metadata;
    const liar = manifest.kind === 'RiskPolicy' ? { ...alice, client: admin } : alice;
    const attempt = writeStatus(liar, { kind: manifest.kind, name }, { observedGeneration: 9 });
    expect(await refusal(attempt, 'operator-writes')).toContain(
      `${resourceOf(manifest.kind).plural}/status is written by the modelrisk operator only`,
    );
    await writeStatus(operator, { kind: manifest.kind, name }, { observedGeneration: 9 });
  });

  it('is recorded by the operator only', async () => {
    const incident = named(incidentManifest(), 'recorded');
    expect(await refusal(alice.client.create(resources.RiskIncident, incident), 'operator-writes')).toContain(`not by ${alice.user}`);
    await operator.client.create(resources.RiskIncident, incident);
    expect(await refusal(writeStatus(alice, { kind: 'RiskIncident', name: 'recorded' }, {}), 'operator-writes')).toContain(
      'riskincidents/status',
    );
    await writeStatus(operator, { kind: 'RiskIncident', name: 'recorded' }, { closedAt: '2026-06-01T12:00:00Z' });
  });

  it('is chained by the operator only', async () => {
    const head = named(chainHeadManifest(), 'chain');
    expect(await refusal(alice.client.create(resources.RiskChainHead, head), 'operator-writes')).toContain('riskchainheads is written');
    const made = await operator.client.create(resources.RiskChainHead, head);
    expect(await refusal(alice.client.update(resources.RiskChainHead, withValue(made, 'spec.tails', [])), 'operator-writes')).toContain(
      'riskchainheads',
    );
    await operator.client.update(resources.RiskChainHead, withValue(made, 'spec.tails[0].seq', 5));
  });
});

describe('records', () => {
  beforeAll(async () => {
    await alice.client.create(resources.RiskDecision, named(decisionManifest(), 'by-alice'));
  });

  const all = [
    ['RiskIncident', 'recorded'],
    ['RiskChainHead', 'chain'],
    ['RiskDecision', 'by-alice'],
  ] as const;

  it.each(all)('of kind %s are deleted by nobody, an administrator included', async (kind, name) => {
    for (const client of [alice.client, operator.client, admin]) {
      const error = await refusedBy(client.delete(resourceOf(kind), { namespace, name }));
      expect(error?.status).toBe(403);
    }
    expect(await refusal(admin.delete(resourceOf(kind), { namespace, name }), 'records-stay')).toContain('deleted with their namespace');
  });

  it('are not deleted by the collection', async () => {
    await admin.raw({ method: 'DELETE', path: `/apis/modelrisk.dev/v1alpha1/namespaces/${namespace}/riskincidents` });
    expect(await admin.list(resources.RiskIncident, { namespace })).toHaveLength(1);
  });

  it.each([
    ['finalizers', ['example.com/block']],
    ['ownerReferences', [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'x', uid: 'x' }]],
  ])('carry no %s', async (field, value) => {
    const decision = withValue(named(decisionManifest(), 'tied'), `metadata.${field}`, value);
    expect(await refusal(alice.client.create(resources.RiskDecision, decision), 'records-metadata')).toContain(
      `leave metadata.${field} out`,
    );
  });

  it('are not deleted with their definition, named or by the collection', async () => {
    const definitions = { group: 'apiextensions.k8s.io', version: 'v1', plural: 'customresourcedefinitions' };
    const name = 'riskincidents.modelrisk.dev';
    expect(await refusal(admin.delete(definitions, { name }), 'records-crds')).toContain(
      'annotate it modelrisk.dev/allow-delete=true first',
    );
    await admin.raw({
      method: 'DELETE',
      path: `/apis/apiextensions.k8s.io/v1/customresourcedefinitions?fieldSelector=metadata.name=${name}`,
    });
    expect(await admin.find(definitions, { name })).not.toBeNull();
  });
});

describe.each([
  { kind: 'HTTPRoute', resource: routes, make: route },
  { kind: 'GRPCRoute', resource: grpcRoutes, make: grpcRoute },
  { kind: 'VirtualService', resource: virtualServices, make: virtualService },
  { kind: 'Rollout', resource: rollouts, make: rollout },
  { kind: 'Experiment', resource: experiments, make: experiment },
  { kind: 'FeatureFlag', resource: flags, make: flag },
  { kind: 'ConfigMap', resource: configMaps, make: configMap },
])('the journal on a $kind', ({ resource, make }) => {
  const at = { namespace, name: 'journaled' };
  const journal = (value: string | null) => ({ metadata: { annotations: { 'modelrisk.dev/journal': value } } });
  const epoch = (value: string | null) => ({ metadata: { annotations: { 'modelrisk.dev/epoch': value } } });
  const as = (who: Person, patch: object) => who.client.merge(resource, at, patch as never);

  it('is not brought along by a new object', async () => {
    const attempt = alice.client.create(resource, make(at.name, { 'modelrisk.dev/journal': '{}', 'modelrisk.dev/epoch': '3' }));
    expect(await refusal(attempt, 'target-journal')).toContain("are the operator's: leave them as they are (out of a new object)");
    await alice.client.create(resource, make(at.name, { 'example.com/other': 'fine' }));
  });

  it('is added by nobody but the operator', async () => {
    expect(await refusal(as(alice, journal('{}')), 'target-journal')).toContain(
      `have the verb restore on ${resource.plural} granted to ${alice.user}`,
    );
    expect(await refusal(as(alice, epoch('1')), 'target-journal')).toContain('modelrisk.dev/epoch');
    await as(operator, { metadata: { annotations: { 'modelrisk.dev/journal': '{"a":1}', 'modelrisk.dev/epoch': '7' } } });
  });

  it('is kept by everybody else’s edits', async () => {
    await as(alice, { metadata: { annotations: { 'example.com/other': 'changed' } } });
    expect(await refusal(as(alice, journal('{"a":2}')), 'target-journal')).toContain('keep both when you replace the object');
    expect(await refusal(as(alice, journal(null)), 'target-journal')).toContain('keep both');
    expect(await refusal(as(alice, { metadata: { annotations: null } }), 'target-journal')).toContain('keep both');
  });

  it('is fenced: an epoch never goes down, and is a number', async () => {
    expect(await refusal(as(operator, epoch('6')), 'target-journal')).toContain(
      'may not go from 7 down to 6: a newer operator has written',
    );
    expect(await refusal(as(operator, epoch('-1')), 'target-journal')).toContain('must be a whole number, not "-1"');
    expect(await refusal(as(operator, epoch('9999999999999999999')), 'target-journal')).toContain('must be a whole number');
    await as(operator, epoch('7'));
    await as(operator, epoch('10'));
  });

  it('is taken away by the operator', async () => {
    await as(operator, { metadata: { annotations: { 'modelrisk.dev/journal': null, 'modelrisk.dev/epoch': null } } });
    await as(operator, { metadata: { annotations: { 'modelrisk.dev/journal': '{"a":3}', 'modelrisk.dev/epoch': '11' } } });
  });

  it('is taken away by who holds the verb restore, without the operator', async () => {
    await as(carol, { metadata: { annotations: { 'modelrisk.dev/journal': null, 'modelrisk.dev/epoch': null } } });
    const { metadata } = await admin.get(resource, at);
    expect(metadata.annotations).toEqual({ 'example.com/other': 'changed' });
  });
});

describe('a ConfigMap', () => {
  const at = { namespace, name: 'labelled' };
  const label = (value: string | null) => ({ metadata: { labels: { 'modelrisk.dev/target': value } } });
  const marks = (journal: string | null) => ({ metadata: { annotations: { 'modelrisk.dev/journal': journal } } });

  it('that does not say it is a target is not changed by the operator', async () => {
    const { metadata, ...plain } = configMap('plain');
    await alice.client.create(configMaps, { ...plain, metadata: { name: metadata.name ?? '', namespace } });
    const attempt = operator.client.merge(configMaps, { namespace, name: 'plain' }, { data: { 'flags.json': '{"flags": {}}' } });
    expect(await refusal(attempt, 'target-journal')).toBe(
      'the operator changes only ConfigMaps with the label modelrisk.dev/target: "true"',
    );
    await alice.client.merge(configMaps, { namespace, name: 'plain' }, { data: { 'flags.json': '{"flags": {}}' } });
  });

  it('that is held keeps its label until it is released: without it the operator could not give it back', async () => {
    await alice.client.create(configMaps, configMap(at.name));
    await operator.client.merge(configMaps, at, marks('{}'));
    for (const value of [null, 'false'])
      expect(await refusal(alice.client.merge(configMaps, at, label(value)), 'target-journal')).toBe(
        'ConfigMap labelled is held by a MitigationPlan: keep its label modelrisk.dev/target: "true" until it is released',
      );
    await alice.client.merge(configMaps, at, { data: { 'flags.json': '{"flags": {}}' } });
    await operator.client.merge(configMaps, at, marks(null));
    await alice.client.merge(configMaps, at, label(null));
  });
});

describe('the journal on a Deployment, whose annotations are copied back and forth', () => {
  const at = { namespace, name: 'journaled' };
  const marks = (journal: string | null, epoch: string | null, seal?: string | null) => ({
    metadata: {
      annotations: { 'modelrisk.dev/journal': journal, 'modelrisk.dev/epoch': epoch },
      ...(seal === undefined ? {} : { labels: { 'modelrisk.dev/journal-seal': seal } }),
    },
  });
  const as = (who: Person, patch: object) => who.client.merge(deployments, at, patch as never);

  it('is a dead letter without its seal, which anybody may bring back and take away', async () => {
    await alice.client.create(deployments, deployment(at.name, { 'modelrisk.dev/journal': '{}', 'modelrisk.dev/epoch': '9' }));
    await as(alice, marks('{"a":1}', '3'));
    await as(alice, marks(null, null));
  });

  it('is sealed by nobody but the operator', async () => {
    const sealed = { ...deployment('sealed'), metadata: { name: 'sealed', namespace, labels: { 'modelrisk.dev/journal-seal': 'a' } } };
    expect(await refusal(alice.client.create(deployments, sealed), 'target-journal')).toContain('modelrisk.dev/journal-seal');
    expect(await refusal(as(alice, marks('{}', '1', 'a')), 'target-journal')).toContain("are the operator's");
    await as(operator, marks('{"a":1}', '7', 'a'));
  });

  it('is kept by everybody else’s edits while it is sealed', async () => {
    await as(alice, { metadata: { labels: { team: 'lending' } } });
    expect(await refusal(as(alice, marks('{"a":2}', '7')), 'target-journal')).toContain('keep both');
    expect(await refusal(as(alice, marks('{"a":1}', '7', null)), 'target-journal')).toContain('keep both');
    expect(await refusal(as(alice, { metadata: { annotations: null } }), 'target-journal')).toContain('keep both');
    expect(await refusal(as(operator, marks('{"a":1}', '6')), 'target-journal')).toContain('may not go from 7 down to 6');
  });

  it('is taken away by the operator, and by who holds the verb restore', async () => {
    await as(operator, marks(null, null, null));
    await as(operator, marks('{"a":3}', '11', 'b'));
    await as(carol, marks(null, null, null));
    const { metadata } = await admin.get(deployments, at);
    expect([metadata.annotations?.['modelrisk.dev/journal'], metadata.labels]).toEqual([undefined, { team: 'lending' }]);
  });
});

describe('a journal apart from its target', () => {
  const manifest = named(targetJournalManifest(), targetJournalManifest().metadata.name);
  const at = { namespace, name: manifest.metadata.name };
  const owner = { apiVersion: 'serving.kserve.io/v1beta1', kind: 'InferenceService', name: 'credit', uid: 'a-uid' };
  const spec = (journal: string, epoch: number) => ({ spec: { journal, epoch } });

  it('is made by nobody but the operator', async () => {
    expect(await refusal(alice.client.create(resources.TargetJournal, manifest), 'target-journal-objects')).toContain(
      `the journal of InferenceService credit is the operator's: leave it as it is, or have the verb restore on inferenceservices granted to ${alice.user}`,
    );
    expect(await refusal(carol.client.create(resources.TargetJournal, manifest), 'target-journal-objects')).toContain('restore');
    await operator.client.create(resources.TargetJournal, manifest);
  });

  it('is changed by the operator, or by who holds the verb restore on the target', async () => {
    expect(await refusal(alice.client.merge(resources.TargetJournal, at, spec('{"a":1}', 1)), 'target-journal-objects')).toContain(
      "the operator's",
    );
    await operator.client.merge(resources.TargetJournal, at, spec('{"a":2}', 7));
    await carol.client.merge(resources.TargetJournal, at, spec('{"a":3}', 7));
  });

  it('is fenced: an epoch never goes down, whoever writes', async () => {
    for (const who of [operator, carol])
      expect(await refusal(who.client.merge(resources.TargetJournal, at, spec('{"a":4}', 6)), 'target-journal-objects')).toContain(
        'spec.epoch may not go from 7 down to 6: a newer operator has written',
      );
  });

  it('is not deleted by people, not even by an administrator: what is wanted back would be lost', async () => {
    await operator.client.merge(resources.TargetJournal, at, { metadata: { ownerReferences: [owner] } });
    for (const client of [alice.client, carol.client, admin])
      expect(await refusal(client.delete(resources.TargetJournal, at), 'target-journal-objects')).toContain("the operator's");
    // Not by a detour either.
    for (const ownerReferences of [null, [{ ...owner, uid: 'another' }]])
      for (const client of [carol.client, admin])
        expect(
          await refusal(client.merge(resources.TargetJournal, at, { metadata: { ownerReferences } }), 'target-journal-objects'),
        ).toContain("the operator's");
    await carol.client.merge(resources.TargetJournal, at, spec('{"a":5}', 7));
    await operator.client.delete(resources.TargetJournal, at);
  });

  it('regression: is deleted by who may restore its target once the garbage collector has cut the tie to that, and by nobody else', async () => {
    const collector = await person(bed.plane, admin, { namespace: 'kube-system', name: 'generic-garbage-collector' });
    await grant(admin, collector, { namespace, rules: broad });
    await operator.client.create(resources.TargetJournal, withValue(manifest, 'metadata.ownerReferences', [owner]));
    await collector.client.merge(resources.TargetJournal, at, { metadata: { ownerReferences: null } });
    expect(await refusal(alice.client.delete(resources.TargetJournal, at), 'target-journal-objects')).toContain('have the verb restore');
    await carol.client.delete(resources.TargetJournal, at);
    await collector.client.close();
  });

  it('goes with its target: the garbage collector may take it, or cut its tie, and change nothing else', async () => {
    const collector = await person(bed.plane, admin, { namespace: 'kube-system', name: 'generic-garbage-collector' });
    await grant(admin, collector, { namespace, rules: broad });
    await operator.client.create(resources.TargetJournal, manifest);
    expect(await refusal(collector.client.merge(resources.TargetJournal, at, spec('{}', 9)), 'target-journal-objects')).toContain(
      'restore',
    );
    await operator.client.merge(resources.TargetJournal, at, { metadata: { ownerReferences: [owner] } });
    // kubectl delete --cascade=orphan: without this the InferenceService would hang in its deletion.
    await collector.client.merge(resources.TargetJournal, at, { metadata: { ownerReferences: null } });
    await collector.client.delete(resources.TargetJournal, at);
    await collector.client.close();
  });
});

describe('a namespace', () => {
  it('that is deleted takes engaged plans, incidents, decisions and chain head along', async () => {
    const [doomed] = [await admin.create(namespaces, { metadata: { generateName: 'doomed-' } })];
    const name = doomed.metadata.name ?? '';
    const inside = (manifest: Manifest): Manifest => withValue(manifest, 'metadata.namespace', name);
    await admin.create(resources.MitigationPlan, inside(planManifest()));
    await operator.client.create(resources.RiskIncident, inside(incidentManifest()));
    await operator.client.create(resources.RiskChainHead, inside(chainHeadManifest()));
    await operator.client.create(resources.TargetJournal, inside(targetJournalManifest()));
    await admin.create(resources.RiskDecision, inside(decisionManifest()));
    await operator.client.patch(resources.MitigationPlan, { namespace: name, name: 'credit-default', subresource: 'status' }, [
      { op: 'add', path: '/status', value: { phase: 'Engaged' } },
    ]);
    await admin.delete(namespaces, { name });
    await eventually(async () => (await admin.find(namespaces, { name })) === null, {
      timeoutMs: 60_000,
      everyMs: 250,
    });
  }, 90_000);
});

/** Kubernetes before 1.36. Last, since it takes the mutating policies away. */
describe('where no mutating policy is served', () => {
  beforeAll(async () => {
    const removed = await bed.plane.kubectl(['delete', '-k', 'config/admission/mutating']);
    if (removed.code !== 0) throw new Error(removed.stderr);
    await eventually(() => refusedBy(alice.client.create(resources.MitigationPlan, named(planManifest(), 'unfilled'), { dryRun: true })));
    await eventually(() => refusedBy(alice.client.create(resources.RiskDecision, named(decisionManifest(), 'unfilled'), { dryRun: true })));
  }, 60_000);

  it('a decision must name its author, and only its own', async () => {
    const decision = named(decisionManifest(), 'old-server');
    expect(await refusal(alice.client.create(resources.RiskDecision, decision), 'decision-author')).toContain(
      `spec.author must be ${alice.user}`,
    );
    await alice.client.create(resources.RiskDecision, withValue(decision, 'spec.author', alice.user));
  });

  it('a plan must carry its authors, and only the true ones', async () => {
    const plan = (annotations: Readonly<Record<string, string>>): Manifest =>
      withValue(named(planManifest(), 'old-server'), 'metadata.annotations', annotations);
    const own = { 'modelrisk.dev/authored-by': alice.user, 'modelrisk.dev/contributors': alice.user };
    expect(await refusal(alice.client.create(resources.MitigationPlan, plan({})), 'plan-author')).toContain(
      `authored-by must be "${alice.user}"`,
    );
    await alice.client.create(resources.MitigationPlan, plan(own));

    const at = { namespace, name: 'old-server' };
    const edit = (contributors: string) =>
      bob.client.merge(resources.MitigationPlan, at, {
        metadata: { annotations: { 'modelrisk.dev/authored-by': bob.user, 'modelrisk.dev/contributors': contributors } },
        spec: { owner: 'bobs' },
      });
    expect(await refusal(edit(bob.user), 'plan-author')).toContain(`contributors must be "${alice.user},${bob.user}"`);
    await edit(`${alice.user},${bob.user}`);
  });
});
