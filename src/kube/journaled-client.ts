import type { Clock } from '../shared/clock.ts';
import type { JSONPatchOperation, JSONValue } from '../shared/json.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import type { APIFailure, WriteFailure } from './api-failure.ts';
import { withJournal } from './journal-book.ts';
import type { JournalBook, JournalPlace, JournalSubject } from './journal-book.ts';
import { keyOf, referenceOf } from './kube-object.ts';
import type { NewObject, ObjectReference, ResourceType, UntypedObject } from './kube-object.ts';
import type { ResourceClient } from './resource-client.ts';

export interface JournaledClientOptions {
  readonly targets: ResourceClient<UntypedObject>;
  readonly journals: ResourceClient<UntypedObject>;
  readonly place: JournalPlace;
  readonly book: JournalBook;
  /** How long a journal took until it was acknowledged, in seconds: what comes before the patch of the target itself. */
  readonly observe: (seconds: number) => void;
  readonly clock: Pick<Clock, 'nowMs'>;
}

/** What a patch says of the journal: the values it rests on, and those it writes; all null where there is none before or after. */
interface JournalStep {
  readonly uid: string;
  readonly before: { readonly journal: JSONValue; readonly epoch: JSONValue };
  /** Null: the journal goes. */
  readonly after: { readonly journal: JSONValue; readonly epoch: number } | null;
}

interface Split {
  readonly step: JournalStep | null;
  /** Operations on the object itself. */
  readonly rest: readonly JSONPatchOperation[];
}

function valueOf(operations: readonly JSONPatchOperation[], op: 'test' | 'add', path: string): JSONValue {
  const found = operations.find((operation) => operation.op === op && operation.path === path);
  return found !== undefined && 'value' in found ? found.value : null;
}

/** RFC 6901. */
function annotationPath(key: string): string {
  return `/metadata/annotations/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function split(operations: readonly JSONPatchOperation[], { journalKey, epochKey }: JournalPlace): Split {
  const [journalPath, epochPath] = [annotationPath(journalKey), annotationPath(epochKey)];
  const isOfJournal = ({ path }: JSONPatchOperation): boolean => path === journalPath || path === epochPath;
  const own = operations.filter(isOfJournal);
  if (own.length === 0) return { step: null, rest: operations };
  const before = { journal: valueOf(own, 'test', journalPath), epoch: valueOf(own, 'test', epochPath) };
  const text = valueOf(own, 'add', journalPath);
  const after = text === null ? null : { journal: text, epoch: Number(valueOf(own, 'add', epochPath)) };
  const uid = valueOf(operations, 'test', '/metadata/uid');
  return {
    step: { uid: typeof uid === 'string' ? uid : '', before, after },
    rest: operations.filter((operation) => !isOfJournal(operation)),
  };
}

/**
 * A client of objects whose journal is kept apart that looks as if it stood in their annotations: reads show it there, and a patch
 * of both becomes two writes, the journal first. Where the second fails the journal tells what was to come; nobody loses intent.
 */
export function journaledClient(options: JournaledClientOptions): ResourceClient<UntypedObject> {
  const { targets, journals, book, place } = options;
  const { kind } = targets.resource;
  const joined = (object: UntypedObject): UntypedObject => withJournal(object, book.of(object), place);
  const journalOf = (uid: string, { namespace }: ObjectReference): ObjectReference => ({ namespace, name: place.nameOf(kind, uid) });

  async function read(reference: ObjectReference): Promise<Result<UntypedObject, APIFailure>> {
    const object = await targets.get(reference);
    if (!object.ok) return object;
    const kept = await journals.get(journalOf(object.value.metadata.uid, reference));
    if (!kept.ok && kept.failure.kind !== 'NotFound') return kept;
    book.note(object.value, kept.ok ? kept.value : null);
    return success(joined(object.value));
  }

  return {
    resource: targets.resource,
    get: read,
    async listPage(list, abort) {
      const page = await targets.listPage(list, abort);
      if (!page.ok) return page;
      const kept = await journalsIn(journals, list.namespace);
      if (!kept.ok) return kept;
      for (const object of page.value.items) {
        const { namespace, name } = journalOf(object.metadata.uid, referenceOf(object));
        book.note(object, kept.value.get(`${namespace ?? ''}/${name}`) ?? null);
      }
      return success({ ...page.value, items: page.value.items.map(joined) });
    },
    create: (object) => targets.create(object),
    apply: (object) => targets.apply(object),
    replace: (object, subresource) => targets.replace(object, subresource),
    remove: (reference, uid, resourceVersion) => targets.remove(reference, uid, resourceVersion),
    /** The object with the journal it would have. A journal there is none of yet is not tried: it is ours to make, whatever becomes of the object. */
    async tryPatch(reference, operations) {
      const { step, rest } = split(operations, place);
      if (step !== null && step.after !== null && step.before.journal !== null) {
        const kept = await journals.tryPatch(journalOf(step.uid, reference), stepPatch(step.before, step.after));
        if (!kept.ok) return kept.failure.kind === 'NotFound' ? staleJournal(kept.failure) : kept;
      }
      const tried = await targets.tryPatch(reference, rest);
      if (!tried.ok || step === null) return tried.ok ? success(joined(tried.value)) : tried;
      const journal = step.after === null ? null : { ...tried.value, spec: { ...step.after } };
      return success(withJournal(tried.value, journal, place));
    },
    async patch(reference, operations, subresource) {
      const { step, rest } = split(operations, place);
      if (step !== null) {
        const written = await writeStep(options, reference, step);
        if (!written.ok) return written;
      }
      if (step !== null && rest.every(({ op }) => op === 'test')) return read(reference);
      const patched = await targets.patch(reference, rest, subresource);
      return patched.ok ? success(joined(patched.value)) : patched;
    },
  };
}

/** By compare-and-swap: whoever rests on another journal than there is learns so before touching the object. */
async function writeStep(
  options: JournaledClientOptions,
  reference: ObjectReference,
  { uid, before, after }: JournalStep,
): Promise<Result<null, WriteFailure>> {
  const { targets, journals, place: layout, book, observe, clock } = options;
  const { resource } = targets;
  const place = { namespace: reference.namespace, name: layout.nameOf(resource.kind, uid) };
  const subject = { kind: resource.kind, metadata: { namespace: reference.namespace ?? '', uid } };
  const sinceMs = clock.nowMs();
  if (after === null) return removeJournal(options, { place, subject }, before.journal);
  const written =
    before.journal === null
      ? await journals.create(newJournal(journals.resource, resource, { reference, name: place.name, uid, spec: after }))
      : await journals.patch(place, stepPatch(before, after));
  if (!written.ok) return written.failure.kind === 'NotFound' && before.journal !== null ? staleJournal(written.failure) : written;
  book.note(subject, written.value);
  observe((clock.nowMs() - sinceMs) / 1000);
  return success(null);
}

/** What is taken away is what the removal rests on: another journal of the object may stand there by now, of a constraint in force. */
async function removeJournal(
  { journals, book }: JournaledClientOptions,
  { place, subject }: { readonly place: ObjectReference; readonly subject: JournalSubject },
  before: JSONValue,
): Promise<Result<null, WriteFailure>> {
  const known = book.of(subject);
  const kept = known === null ? await journals.get(place) : success(known);
  const removed = kept.ok ? await removeIf(journals, { place, kept: kept.value }, before) : kept;
  if (!removed.ok && removed.failure.kind !== 'NotFound') return removed;
  book.note(subject, null);
  return success(null);
}

function removeIf(
  journals: ResourceClient<UntypedObject>,
  { place, kept }: { readonly place: ObjectReference; readonly kept: UntypedObject },
  before: JSONValue,
): Promise<Result<null, WriteFailure>> {
  const { uid, resourceVersion } = kept.metadata;
  if ((kept['spec'] as { readonly journal?: JSONValue }).journal === before) return journals.remove(place, uid, resourceVersion);
  const message = `journal ${place.name} is another than the one to be removed`;
  return Promise.resolve(failure({ kind: 'Conflict', cause: 'TestFailed', status: 422, message }));
}

interface NewJournal {
  readonly reference: ObjectReference;
  readonly name: string;
  readonly uid: string;
  readonly spec: NonNullable<JournalStep['after']>;
}

/** That the journal is not there is news, not the end: whoever rests on it reads again. */
function staleJournal({
  status,
  message,
}: Pick<Extract<WriteFailure, { kind: 'NotFound' }>, 'status' | 'message'>): Result<never, WriteFailure> {
  return failure({ kind: 'Conflict', cause: 'TestFailed', status, message });
}

function newJournal(
  own: ResourceType,
  { group, version, plural, kind }: ResourceType,
  { reference: { namespace, name: target }, name, uid, spec }: NewJournal,
): NewObject<UntypedObject> {
  // With the object it goes too: another one under the name has another journal.
  const owner = { apiVersion: `${group}/${version}`, kind, name: target, uid };
  return {
    apiVersion: `${own.group}/${own.version}`,
    kind: own.kind,
    metadata: { name, ...(namespace === null ? {} : { namespace }), ownerReferences: [owner] },
    spec: { target: { group, resource: plural, kind, name: target, uid }, ...spec },
  };
}

function stepPatch(before: JournalStep['before'], after: NonNullable<JournalStep['after']>): readonly JSONPatchOperation[] {
  return [
    { op: 'test', path: '/spec/journal', value: before.journal },
    { op: 'test', path: '/spec/epoch', value: Number(before.epoch) },
    { op: 'replace', path: '/spec/journal', value: after.journal },
    { op: 'replace', path: '/spec/epoch', value: after.epoch },
  ];
}

/** Few: only objects that are held, or were a moment ago, have one. By `namespace/name`. */
async function journalsIn(
  journals: ResourceClient<UntypedObject>,
  namespace: string | null,
): Promise<Result<ReadonlyMap<string, UntypedObject>, APIFailure>> {
  const found = new Map<string, UntypedObject>();
  for (let token: string | null = ''; token !== null;) {
    const page: Awaited<ReturnType<typeof journals.listPage>> = await journals.listPage({
      namespace,
      ...(token === '' ? {} : { continueToken: token }),
    });
    if (!page.ok) return page;
    for (const journal of page.value.items) found.set(keyOf(journal), journal);
    token = page.value.continueToken;
  }
  return success(found);
}
