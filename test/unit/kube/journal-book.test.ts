import { describe, expect, it } from '@jest/globals';
import { createJournalBook } from '../../../src/kube/journal-book.ts';
import type { UntypedObject } from '../../../src/kube/kube-object.ts';
import { journalPlace } from '../../builders/journal-place.ts';
import { createStore } from '../../../src/kube/store.ts';

const subject = { kind: 'InferenceService', metadata: { namespace: 'lending', uid: 'u1' } };

function journal(resourceVersion: number, uid = 'j1'): UntypedObject {
  return {
    apiVersion: 'modelrisk.dev/v1alpha1',
    kind: 'TargetJournal',
    metadata: {
      name: 'inferenceservice-u1',
      namespace: 'lending',
      ...{ uid, resourceVersion: String(resourceVersion), creationTimestamp: '2026-01-01T00:00:00Z' },
    },
    spec: { epoch: resourceVersion },
  };
}

function watched() {
  const store = createStore<UntypedObject>({});
  return { store, book: createJournalBook(journalPlace, store) };
}

describe('what is known of journals kept apart', () => {
  it('is what the watch shows', () => {
    const { store, book } = watched();
    expect(book.of(subject)).toBeNull();
    store.put(journal(9));
    expect(book.of(subject)).toEqual(journal(9));
  });

  it('is our own write until the watch has caught up, compared as numbers', () => {
    const { store, book } = watched();
    store.put(journal(9));
    book.note(subject, journal(10));
    expect(book.of(subject)).toEqual(journal(10));
    store.put(journal(11));
    expect(book.of(subject)).toEqual(journal(11));
  });

  it('is never an answer older than what is shown', () => {
    const { store, book } = watched();
    store.put(journal(10));
    book.note(subject, journal(9));
    expect(book.of(subject)).toEqual(journal(10));
  });

  it('is nothing once we took it away, whatever the watch still tells of it', () => {
    const { store, book } = watched();
    store.put(journal(9));
    book.note(subject, null);
    store.put(journal(10));
    expect(book.of(subject)).toBeNull();
    store.remove('lending/inferenceservice-u1');
    expect(book.of(subject)).toBeNull();
    store.put(journal(12, 'j2'));
    expect(book.of(subject)).toEqual(journal(12, 'j2'));
  });

  it('is a new journal though the watch still tells of the end of the one before', () => {
    const { store, book } = watched();
    store.put(journal(9));
    book.note(subject, journal(12, 'j2'));
    store.remove('lending/inferenceservice-u1');
    expect(book.of(subject)).toEqual(journal(12, 'j2'));
  });

  it('ends with the deletion of what we wrote', () => {
    const { store, book } = watched();
    store.put(journal(9));
    book.note(subject, journal(10));
    store.remove('lending/inferenceservice-u1');
    expect(book.of(subject)).toBeNull();
  });

  it('of another object of the name is not told', () => {
    const { store, book } = watched();
    store.put(journal(9));
    expect(book.of({ ...subject, metadata: { namespace: 'lending', uid: 'u2' } })).toBeNull();
    expect(book.of({ ...subject, metadata: { namespace: 'claims', uid: 'u1' } })).toBeNull();
  });
});
