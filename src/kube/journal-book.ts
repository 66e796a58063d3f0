import { keyOf } from './kube-object.ts';
import type { UntypedObject } from './kube-object.ts';
import type { Store, StoreChange } from './store.ts';

/** How journals that are kept apart are named, and under which keys they would stand among the annotations of their objects. */
export interface JournalPlace {
  /** Name of the one journal of an object. */
  readonly nameOf: (kind: string, objectUID: string) => string;
  readonly journalKey: string;
  readonly epochKey: string;
}

/** As much of a target as tells which journal is its own. */
export interface JournalSubject {
  readonly kind: string;
  readonly metadata: Pick<UntypedObject['metadata'], 'namespace' | 'uid'>;
}

/** Journals kept apart from their objects, as far as they are known: newest word of the watch, or of our own writes and reads. */
export interface JournalBook {
  /** The journal of this object; null when it has none. */
  of(subject: JournalSubject): UntypedObject | null;
  /** What a write or a read answered; null: there is none any more, though the watch may still show it. */
  note(subject: JournalSubject, journal: UntypedObject | null): void;
}

/** `Gone`: there is none any more, though the watch may still show it. */
type Noted = UntypedObject | 'Gone';

/** `watched` null: nothing is watched (one command, one look), and only what was noted is known. */
export function createJournalBook(
  { nameOf }: Pick<JournalPlace, 'nameOf'>,
  watched: Pick<Store<UntypedObject>, 'get' | 'subscribe'> | null,
): JournalBook {
  const noted = new Map<string, Noted>();
  const keyFor = ({ kind, metadata }: JournalSubject): string => `${metadata.namespace ?? ''}/${nameOf(kind, metadata.uid)}`;
  watched?.subscribe((change) => {
    const known = noted.get(keyOf(change.object));
    if (known !== undefined && hasCaughtUp(known, change)) noted.delete(keyOf(change.object));
  });
  return {
    of: (subject) => {
      const known = noted.get(keyFor(subject)) ?? watched?.get(keyFor(subject)) ?? 'Gone';
      return known === 'Gone' ? null : known;
    },
    note: (subject, journal) => {
      const shown = watched?.get(keyFor(subject)) ?? null;
      const isShown = journal === null ? shown === null : shown !== null && !isOlder(shown, journal);
      if (isShown) noted.delete(keyFor(subject));
      else noted.set(keyFor(subject), journal ?? 'Gone');
    },
  };
}

/** The watch tells of the write that was noted, or of one after it. */
function hasCaughtUp(known: Noted, { kind, object }: StoreChange<UntypedObject>): boolean {
  if (known === 'Gone') return kind !== 'Updated';
  return kind === 'Deleted' ? object.metadata.uid === known.metadata.uid : !isOlder(object, known);
}

function isOlder(object: UntypedObject, than: UntypedObject): boolean {
  return BigInt(object.metadata.resourceVersion) < BigInt(than.metadata.resourceVersion);
}

/** The object with its journal, as if that stood in its annotations. What stands there under its keys is not ours. */
export function withJournal(object: UntypedObject, journal: UntypedObject | null, place: JournalPlace): UntypedObject {
  const { annotations = {} } = object.metadata;
  const { journalKey, epochKey } = place;
  const isMarked = annotations[journalKey] !== undefined || annotations[epochKey] !== undefined;
  if (journal === null && !isMarked) return object;
  const own = Object.entries(annotations).filter(([key]) => key !== journalKey && key !== epochKey);
  const ours = journal === null ? {} : wordsOf(journal, place);
  return { ...object, metadata: { ...object.metadata, annotations: { ...Object.fromEntries(own), ...ours } } };
}

/** Text that is none makes a journal nobody obeys, and that is said. */
function wordsOf(journal: UntypedObject, { journalKey, epochKey }: JournalPlace): Readonly<Record<string, string>> {
  const { journal: text, epoch } = (journal['spec'] ?? {}) as { readonly journal?: unknown; readonly epoch?: unknown };
  return { [journalKey]: typeof text === 'string' ? text : '', [epochKey]: String(typeof epoch === 'number' ? epoch : 0) };
}
