import { epochAnnotation, journalAnnotation } from '../actuators/metadata.ts';
import { asNumber, asObject, asText } from '../actuators/json-reading.ts';
import { targetJournalName } from '../api/target-journal.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import { keyOf } from '../kube/kube-object.ts';
import type { Store, StoreChange } from '../kube/store.ts';

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
export function createJournalBook(watched: Pick<Store<UntypedObject>, 'get' | 'subscribe'> | null): JournalBook {
  const noted = new Map<string, Noted>();
  const keyFor = ({ kind, metadata }: JournalSubject): string => `${metadata.namespace ?? ''}/${targetJournalName(kind, metadata.uid)}`;
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

/** The object as actuators see every target: with its journal, wherever that is kept. What stands in its own annotations is not ours. */
export function withJournal(object: UntypedObject, journal: UntypedObject | null): UntypedObject {
  const { annotations } = object.metadata;
  const isMarked = annotations?.[journalAnnotation] !== undefined || annotations?.[epochAnnotation] !== undefined;
  if (journal === null && !isMarked) return object;
  const { [journalAnnotation]: _journal, [epochAnnotation]: _epoch, ...own } = annotations ?? {};
  return { ...object, metadata: { ...object.metadata, annotations: { ...own, ...(journal === null ? {} : wordsOf(journal)) } } };
}

function wordsOf(journal: UntypedObject): Readonly<Record<string, string>> {
  const { journal: text, epoch } = asObject(journal['spec']);
  return { [journalAnnotation]: asText(text) ?? '', [epochAnnotation]: String(asNumber(epoch) ?? 0) };
}
