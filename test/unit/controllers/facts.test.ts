import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createFacts } from '../../../src/controllers/facts.ts';
import type { UntypedObject } from '../../../src/kube/kube-object.ts';
import { createStore } from '../../../src/kube/store.ts';
import { failure, success } from '../../../src/shared/result.ts';
import { memoryFactHead } from '../../builders/fact-head.ts';
import { createManualClock } from '../../builders/manual-clock.ts';
import { isFactLine, readFactLine } from '../../../src/api/fact-line.ts';
import type { Fact } from '../../../src/core/fact-chain.ts';
import { auditFacts } from '../../../src/governance/export-facts.ts';
import { sha256 } from '../../builders/audit-lines.ts';
import { applyGuardedModelTo, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { liveIn, shareIn } from '../../builders/memory-story.ts';
import { signedPolicy, signedRisk, signingStatus } from '../../builders/signing.ts';

const url = 'https://audit.example/in';
const age = 'modelrisk_audit_unanchored_age_seconds';
const down = { message: 'could not be reached (ECONNREFUSED)', retryAfterMs: null, isAnswer: false };

let world: MemoryOperator;

beforeEach(async () => {
  world = await startMemoryOperator(
    (api) => {
      applyGuardedModelTo(api);
      api.apply('riskpolicies', signedPolicy({ reviewWarningSeconds: 3600 }));
      api.apply('modelrisks', signedRisk());
    },
    { auditSink: { url, secretRef: null } },
  );
  await world.pass(6);
});
afterEach(() => world.stop());

function told(since = 0): readonly Fact[] {
  const rows = world.notices.slice(since).flatMap(({ message }) => message.body.trimEnd().split('\n'));
  return rows.flatMap((row) => {
    const json: unknown = JSON.parse(row);
    if (!isFactLine(json)) return [];
    const fact = readFactLine(json);
    if (!fact.ok) throw new Error(fact.failure);
    return [fact.value];
  });
}

const contentsOf = (kind: Fact['kind'], since = 0): readonly object[] =>
  told(since).flatMap((fact) => (fact.kind === kind ? [fact.content as object] : []));

function review(name: string, changes: object = {}): void {
  world.api.apply('riskdecisions', {
    apiVersion: 'modelrisk.dev/v1alpha1',
    kind: 'RiskDecision',
    metadata: { name, namespace: 'lending' },
    spec: {
      ...{ action: 'Review', role: 'risk', author: 'rita', reason: 'Seen.', minutesSpent: 30, digest: signingStatus(world).digest },
      subjectRef: { kind: 'ModelRisk', name: 'credit', uid: liveIn(world, 'modelrisks', 'credit').metadata.uid },
      ...changes,
    },
  });
}

describe('facts for the audit sink', () => {
  it('say at the start what there is, and of a policy not where its providers are', () => {
    expect(contentsOf('RiskPolicy')).toMatchObject([{ spec: { reviewWarningSeconds: 3600, tiers: [{ name: 'High' }, { name: 'Low' }] } }]);
    expect(JSON.stringify(contentsOf('RiskPolicy'))).not.toContain('prometheus');
    expect(contentsOf('ModelRisk')).toMatchObject([
      { contributors: 'olga', digest: '', tier: '' },
      { contributors: 'olga', digest: signingStatus(world).digest, tier: 'High', spec: { criticality: 'High' } },
    ]);
  });

  it('say of an edit at first only what was written: the status beside it is of the model before', async () => {
    const before = world.notices.length;
    world.api.apply('modelrisks', signedRisk({ model: { name: 'credit', version: '2.4.0' } }));
    await world.pass(6);
    const [written, seen] = contentsOf('ModelRisk', before);
    expect(written).toMatchObject({ generation: 3, digest: '', signableDigest: '', spec: { model: { version: '2.4.0' } } });
    expect(seen).toMatchObject({ generation: 3, digest: signingStatus(world).digest });
  });

  it('say of a decision what it is and what came of it', async () => {
    review('good');
    review('bad', { digest: `sha256:${'0'.repeat(64)}` });
    await world.pass(6);
    const outcomes = told()
      .filter(({ kind }) => kind === 'RiskDecision')
      .map(({ name, content }) => [name, (content as { readonly outcome: { readonly reason: string } | null }).outcome?.reason ?? null]);
    expect(outcomes).toEqual([
      ['good', null],
      ['bad', null],
      ['good', 'Used'],
      ['bad', 'DigestChanged'],
    ]);
  });

  it('hold the evidence an incident was opened on, by the digest its entries carry', async () => {
    world.read(0.9);
    await world.passUntil('capped', () => shareIn(world) <= 10);
    await world.pass(6);
    expect(contentsOf('RiskIncident')).toMatchObject([{ spec: { trigger: [{ indicator: 'score-drift', value: 0.9 }] } }]);
    expect(auditFacts(told(), [], sha256)).toEqual([]);
  });

  it('say that a model is gone, and that another of its name came', async () => {
    const before = world.notices.length;
    const { uid } = liveIn(world, 'modelrisks', 'credit').metadata;
    world.api.remove('modelrisks', 'credit');
    world.api.apply('modelrisks', signedRisk());
    await world.pass(6);
    const models = told(before).filter(({ kind }) => kind === 'ModelRisk');
    expect(models[0]).toMatchObject({ event: 'Gone', uid });
    expect(models.slice(1).every((fact) => fact.event === 'Seen' && fact.uid !== uid)).toBe(true);
    expect(models.length).toBeGreaterThan(1);
  });

  it('are one chain without a gap, and say nothing while nothing changes', async () => {
    review('good');
    await world.pass(6);
    expect(told().map(({ seq }) => seq)).toEqual(told().map((_, index) => index));
    expect(new Set(told().map(({ run }) => run)).size).toBe(1);
    expect(auditFacts(told(), [], sha256)).toEqual([]);
    const before = world.notices.length;
    await world.pass(90);
    expect(told(before)).toEqual([]);
  });

  it('are told anew by another process, in a chain of its own, with what changed meanwhile', async () => {
    await world.restart();
    await world.pass(6);
    expect(new Set(told().map(({ run }) => run)).size).toBe(2);
    expect(auditFacts(told(), [], sha256)).toEqual([]);
    const [last] = told()
      .filter(({ kind }) => kind === 'ModelRisk')
      .slice(-1);
    expect(last?.content).toMatchObject({ digest: signingStatus(world).digest });
  });

  it('leave in requests a sink takes, however long the papers of a model are', async () => {
    const before = world.notices.length;
    const objective = 'x'.repeat(2000);
    const sources = Array.from({ length: 60 }, (_, each) => ({ name: `source-${String(each)}`, uri: `s3://${'y'.repeat(1000)}` }));
    for (let each = 0; each < 40; each += 1) {
      const risk = signedRisk({ documentation: { objective, dataSources: sources } }) as { readonly metadata: object };
      world.api.apply('modelrisks', { ...risk, metadata: { ...risk.metadata, name: `model-${String(each)}` } });
    }
    await world.pass(10);
    const sizes = world.notices.slice(before).map(({ message }) => message.body.length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1_000_000);
    expect(new Set(told(before).map(({ name }) => name)).size).toBeGreaterThanOrEqual(40);
    expect(auditFacts(told(), [], sha256)).toEqual([]);
  });

  it('wait while the sink is down, which its age says, and come in order once it is back', async () => {
    expect(await world.sample(age, 'lending')).toBeNull();
    world.failNotices(down);
    review('good');
    await world.pass(30);
    expect(await world.sample(age, 'lending')).toBeGreaterThan(20);
    expect(world.logged.some(({ message }) => message === 'the audit sink could not be given facts; it is tried again')).toBe(true);
    world.failNotices(null);
    const before = world.notices.length;
    await world.pass(30);
    expect(told(before).map(({ name }) => name)).toContain('good');
    expect(auditFacts(told(), [], sha256)).toEqual([]);
    expect(await world.sample(age, 'lending')).toBeNull();
  });
});

it('are not kept where there is no sink', async () => {
  const other = await startMemoryOperator();
  await other.pass(6);
  expect(other.notices).toEqual([]);
  await other.stop();
});

it('wait by their newest alone once too many do: an outage fills no memory', async () => {
  const [policies, risks, decisions, incidents] = [{}, {}, {}, {}].map(() => ({ store: createStore<UntypedObject>({}) }));
  if (policies === undefined || risks === undefined || decisions === undefined || incidents === undefined) throw new Error('four stores');
  const clock = createManualClock();
  let isDown = true;
  const bodies: string[] = [];
  const errors: object[] = [];
  const facts = createFacts({
    cluster: { own: { policies, risks, decisions, incidents } },
    sink: { url, secretRef: null },
    head: memoryFactHead().head,
    ways: {
      readSecret: () => Promise.reject(new Error('there is none')),
      sender: {
        send: ({ message }) => {
          bodies.push(message.body);
          return Promise.resolve(isDown ? failure(down) : success(null));
        },
      },
    },
    clock,
    log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: (fields) => void errors.push(fields) },
  });
  facts.follow(() => undefined);
  const put = (uid: string, generation: number): void => {
    risks.store.put({
      ...{ apiVersion: 'modelrisk.dev/v1alpha1', kind: 'ModelRisk', spec: { generation } },
      metadata: {
        name: uid,
        namespace: 'lending',
        uid,
        generation,
        resourceVersion: String(generation),
        creationTimestamp: '2026-06-01T00:00:00Z',
      },
    });
  };
  put('steady', 1);
  for (let generation = 1; generation <= 6000; generation += 1) put('restless', generation);
  expect(await facts.queue.handle('', 'Status')).toEqual({ kind: 'Retry' });
  expect(errors).toEqual([{ dropped: 5800 }]);
  const beganMs = clock.nowMs();
  expect(facts.oldestUnsent().get('lending')).toBe(beganMs);
  // Dropping the older makes nothing younger: who looks at the age sees how long the sink lacks something.
  await clock.advance(60_000);
  for (let generation = 6001; generation <= 12_000; generation += 1) put('restless', generation);
  expect(await facts.queue.handle('', 'Status')).toEqual({ kind: 'Retry' });
  expect(facts.oldestUnsent().get('lending')).toBe(beganMs);
  isDown = false;
  expect(await facts.queue.handle('', 'Status')).toEqual({ kind: 'Done' });
  expect(facts.oldestUnsent()).toEqual(new Map());
  // What was on its way goes as it was: the sink may have it.
  expect(bodies[2]).toBe(bodies[0]);
  const told = bodies.slice(2).flatMap((body) =>
    body
      .trimEnd()
      .split('\n')
      .map((row) => readFactLine(JSON.parse(row))),
  );
  const read = told.flatMap((fact) => (fact.ok ? [fact.value] : []));
  expect(read).toHaveLength(201);
  expect(read.at(-1)).toMatchObject({ uid: 'restless', content: { spec: { generation: 12_000 } } });
  expect(auditFacts(read, [], sha256)).toEqual([]);
});

it('regression: what waited for the head of the facts filled the memory, however long that could not be read', async () => {
  const [policies, risks, decisions, incidents] = [{}, {}, {}, {}].map(() => ({ store: createStore<UntypedObject>({}) }));
  if (policies === undefined || risks === undefined || decisions === undefined || incidents === undefined) throw new Error('four stores');
  const errors: object[] = [];
  const unread = failure({ kind: 'Failed', message: 'not allowed' } as const);
  const facts = createFacts({
    cluster: { own: { policies, risks, decisions, incidents } },
    sink: { url, secretRef: null },
    head: { read: () => Promise.resolve(unread), write: () => Promise.resolve(unread) },
    ways: { readSecret: () => Promise.reject(new Error('there is none')), sender: { send: () => Promise.resolve(success(null)) } },
    clock: createManualClock(),
    log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: (fields) => void errors.push(fields) },
  });
  facts.follow(() => undefined);
  for (let generation = 1; generation <= 6000; generation += 1)
    risks.store.put({
      ...{ apiVersion: 'modelrisk.dev/v1alpha1', kind: 'ModelRisk', spec: { generation } },
      metadata: {
        ...{ name: 'restless', namespace: 'lending', uid: 'restless', generation },
        ...{ resourceVersion: String(generation), creationTimestamp: '2026-06-01T00:00:00Z' },
      },
    });
  expect(await facts.queue.handle('', 'Status')).toEqual({ kind: 'Retry' });
  expect(errors).toEqual([{ dropped: 5999 }]);
});
