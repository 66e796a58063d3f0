import { beforeEach, describe, expect, it } from '@jest/globals';
import { inferenceServiceActuator } from '../../../src/actuators/inference-service/actuator.ts';
import { targetJournals } from '../../../src/api/target-journal.ts';
import { createJournalBook, withJournal } from '../../../src/kube/journal-book.ts';
import type { JournalBook } from '../../../src/kube/journal-book.ts';
import { journaledClient } from '../../../src/kube/journaled-client.ts';
import type { UntypedObject } from '../../../src/kube/kube-object.ts';
import { createResourceClient } from '../../../src/kube/resource-client.ts';
import type { ResourceClient } from '../../../src/kube/resource-client.ts';
import type { JSONPatchOperation } from '../../../src/shared/json.ts';
import { inputFor } from '../../builders/http-route.ts';
import { anInferenceService, cap } from '../../builders/inference-service.ts';
import { journalPlace } from '../../builders/journal-place.ts';
import { createManualClock } from '../../builders/manual-clock.ts';
import { createMemoryAPI } from '../../builders/memory-api.ts';
import type { MemoryAPI } from '../../builders/memory-api.ts';

const actuator = inferenceServiceActuator;
const { resource } = actuator;
const place = { namespace: 'lending', name: 'credit' };

let api: MemoryAPI;
let book: JournalBook;
let client: ResourceClient<UntypedObject>;
let acknowledged: number[];

function clientOf(each: JournalBook): ResourceClient<UntypedObject> {
  const of = (type: { readonly group: string; readonly version: string; readonly plural: string; readonly kind: string }) =>
    createResourceClient<UntypedObject>({ transport: api, fieldManager: 'test', resource: { ...type, namespaced: true } });
  return journaledClient({
    ...{ place: journalPlace, book: each, targets: of(resource), journals: of(targetJournals) },
    observe: (seconds) => void acknowledged.push(seconds),
    clock: createManualClock(),
  });
}

async function read(): Promise<UntypedObject> {
  const answer = await client.get(place);
  if (!answer.ok) throw new Error(answer.failure.message);
  return answer.value;
}

function patchOf(live: UntypedObject, maxPercents: readonly number[], epoch = 1): readonly JSONPatchOperation[] {
  const actuation = actuator.plan(
    inputFor(
      live,
      maxPercents.map((maxPercent) => cap(maxPercent)),
      { epoch },
    ),
  );
  if (actuation.kind !== 'Patch') throw new Error(actuation.kind);
  return actuation.operations;
}

const written = () => api.writes.map(({ verb, resource: plural }) => `${verb} ${plural}`);
const serviceNow = () => api.get('inferenceservices', 'credit') ?? { spec: null };
const journals = () =>
  api.list('targetjournals') as unknown as readonly { readonly spec: { readonly epoch: number; readonly journal: string } }[];

beforeEach(() => {
  api = createMemoryAPI(createManualClock());
  acknowledged = [];
  book = createJournalBook(journalPlace, null);
  client = clientOf(book);
  const { apiVersion, kind, spec, status } = anInferenceService();
  api.apply('inferenceservices', { apiVersion, kind, metadata: { ...place, annotations: { team: 'lending' } }, spec, status });
});

describe('a client of objects whose journal is kept apart', () => {
  it('writes the journal first, and nothing of it on the object', async () => {
    const patched = await client.patch(place, patchOf(await read(), [10]));
    expect(written()).toEqual(['create targetjournals', 'patch inferenceservices']);
    expect(serviceNow()).toMatchObject({
      metadata: { annotations: { team: 'lending' } },
      spec: { predictor: { canaryTrafficPercent: 10 } },
    });
    expect(patched.ok && actuator.readJournal(patched.value)).toMatchObject({ kind: 'Engaged', epoch: 1, pending: true });
    expect(acknowledged).toEqual([0]);
  });

  it('names the journal by kind and uid, and ties it to the object', async () => {
    const live = await read();
    await client.patch(place, patchOf(live, [10]));
    const { uid } = live.metadata;
    expect(api.get('targetjournals', `inferenceservice-${uid}`)).toMatchObject({
      metadata: { ownerReferences: [{ apiVersion: 'serving.kserve.io/v1beta1', kind: 'InferenceService', name: 'credit', uid }] },
      spec: {
        target: { group: 'serving.kserve.io', resource: 'inferenceservices', kind: 'InferenceService', name: 'credit', uid },
        epoch: 1,
      },
    });
  });

  it('does not touch the object while the journal is not acknowledged', async () => {
    const operations = patchOf(await read(), [10]);
    api.onWrite(({ resource: plural }) => (plural === 'targetjournals' ? 'LoseAnswer' : 'Pass'));
    expect(await client.patch(place, operations)).toMatchObject({ ok: false, failure: { kind: 'Unavailable' } });
    expect(written()).toEqual(['create targetjournals']);
    expect(acknowledged).toEqual([]);
  });

  it('a journal somebody else has written since is a conflict, and the object is left alone', async () => {
    const before = await read();
    await client.patch(place, patchOf(before, [10]));
    const late = clientOf(createJournalBook(journalPlace, null));
    expect(await late.patch(place, patchOf(before, [5]))).toMatchObject({
      ok: false,
      failure: { kind: 'Conflict', cause: 'AlreadyExists' },
    });
    const second = await read();
    await client.patch(place, patchOf(second, [10], 2));
    expect(await late.patch(place, patchOf(second, [5]))).toMatchObject({ ok: false, failure: { kind: 'Conflict' } });
    expect(serviceNow()).toMatchObject({ spec: { predictor: { canaryTrafficPercent: 10 } } });
    expect(journals()[0]?.spec.epoch).toBe(2);
  });

  it('a journal that is gone is a conflict too: whoever rests on it reads again', async () => {
    await client.patch(place, patchOf(await read(), [10]));
    const live = await read();
    api.remove('targetjournals', `inferenceservice-${live.metadata.uid}`);
    expect(await client.patch(place, patchOf(live, [5]))).toMatchObject({ ok: false, failure: { kind: 'Conflict', cause: 'TestFailed' } });
    expect(actuator.readJournal(await read())).toEqual({ kind: 'None' });
  });

  it('where the object says no the journal stays: it tells what was to come, and what users want', async () => {
    api.onWrite(({ resource: plural }) => (plural === 'inferenceservices' ? 'Deny' : 'Pass'));
    expect(await client.patch(place, patchOf(await read(), [10]))).toMatchObject({ ok: false, failure: { kind: 'Denied' } });
    const live = await read();
    expect(actuator.readJournal(live)).toMatchObject({ kind: 'Engaged', pending: true });
    expect(actuator.plan(inputFor(live, [cap(10)]))).toMatchObject({ intent: 'latest revision 100 %', foreignEdit: false });
  });

  it('a step that is of the journal alone sends the object nothing', async () => {
    await client.patch(place, patchOf(await read(), [10]));
    const confirmed = await client.patch(place, patchOf(await read(), [10]));
    expect(written()).toEqual(['create targetjournals', 'patch inferenceservices', 'patch targetjournals']);
    expect(confirmed.ok && actuator.readJournal(confirmed.value)).not.toHaveProperty('pending');
  });

  it('takes the journal away at the end, and finds it gone', async () => {
    for (const caps of [[10], [10], [], []]) await client.patch(place, patchOf(await read(), caps));
    const free = await read();
    const operations = actuator.finish(free) ?? [];
    const finished = await client.patch(place, operations);
    expect(finished.ok && actuator.readJournal(finished.value)).toEqual({ kind: 'None' });
    expect(journals()).toEqual([]);
    expect(await client.patch(place, operations)).toMatchObject({ ok: true });
    expect(written().at(-1)).toBe('delete targetjournals');
  });

  it('leaves a journal that was engaged again since: whoever ends it late would lose what users want', async () => {
    for (const caps of [[10], [10], [], []]) await client.patch(place, patchOf(await read(), caps));
    const operations = actuator.finish(await read()) ?? [];
    const another = clientOf(createJournalBook(journalPlace, null));
    const free = await another.get(place);
    const again = actuator.plan(inputFor(free.ok ? free.value : {}, [cap(5, { holder: { engagement: 9 } })], { epoch: 2 }));
    await another.patch(place, again.kind === 'Patch' ? again.operations : []);
    // Once by what was known before, once by what is known now.
    for (const look of [() => undefined, read]) {
      await look();
      expect(await client.patch(place, operations)).toMatchObject({ ok: false, failure: { kind: 'Conflict' } });
    }
    expect(actuator.readJournal(await read())).toMatchObject({ kind: 'Engaged', epoch: 2 });
  });

  it('regression: takes it away though this client never read it: it said done, and the tombstone stood', async () => {
    for (const caps of [[10], [10], [], []]) await client.patch(place, patchOf(await read(), caps));
    const operations = actuator.finish(await read()) ?? [];
    const finished = await clientOf(createJournalBook(journalPlace, null)).patch(place, operations);
    expect(finished.ok && actuator.readJournal(finished.value)).toEqual({ kind: 'None' });
    expect(journals()).toEqual([]);
  });

  it.each([
    ['knows the journal that followed', () => book],
    ['knows none', () => createJournalBook(journalPlace, null)],
    ['knows the tombstone only', (tombstone: UntypedObject) => ({ of: () => tombstone, note: () => undefined })],
  ])('regression: a late removal leaves the journal of a constraint laid since, where the client %s', async (_case, bookOf) => {
    for (const caps of [[10], [10], [], []]) await client.patch(place, patchOf(await read(), caps));
    const free = await read();
    const tombstone = book.of({ kind: 'InferenceService', metadata: free.metadata });
    const operations = actuator.finish(free) ?? [];
    const again = actuator.plan(inputFor(free, [cap(10, { holder: { engagement: 2 } })], { epoch: 1 }));
    await client.patch(place, again.kind === 'Patch' ? again.operations : []);
    expect(tombstone === null ? null : await clientOf(bookOf(tombstone)).patch(place, operations)).toMatchObject({
      ok: false,
      failure: { kind: 'Conflict' },
    });
    expect(actuator.readJournal(await read())).toMatchObject({ kind: 'Engaged' });
  });

  it('ownership is given up on the object alone', async () => {
    const { uid } = (await read()).metadata;
    await client.patch(place, [
      { op: 'test', path: '/metadata/uid', value: uid },
      { op: 'add', path: '/metadata/labels', value: {} },
    ]);
    expect(written()).toEqual(['patch inferenceservices']);
  });

  it('lists objects with their journals', async () => {
    await client.patch(place, patchOf(await read(), [10]));
    const page = await clientOf(createJournalBook(journalPlace, null)).listPage({ namespace: 'lending' });
    expect(page.ok && page.value.items.map((object) => actuator.readJournal(object).kind)).toEqual(['Engaged']);
  });

  it('annotations somebody writes on the object are no journal', async () => {
    await client.patch(place, patchOf(await read(), [10]));
    const [journal] = journals();
    api.remove('targetjournals', `inferenceservice-${(await read()).metadata.uid}`);
    const { metadata, ...rest } = serviceNow() as UntypedObject;
    const annotations = { team: 'lending', 'modelrisk.dev/journal': journal?.spec.journal ?? '', 'modelrisk.dev/epoch': '99' };
    api.apply('inferenceservices', { ...rest, metadata: { ...metadata, annotations } });
    expect(actuator.readJournal(await read())).toEqual({ kind: 'None' });
    expect(withJournal(await read(), null, journalPlace).metadata.annotations).toEqual({ team: 'lending' });
  });
});
