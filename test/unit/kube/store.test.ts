import { describe, expect, it } from '@jest/globals';
import { createStore } from '../../../src/kube/store.ts';
import type { StoreChange } from '../../../src/kube/store.ts';
import { testObject } from '../../builders/kube-object.ts';
import type { TestObject } from '../../builders/kube-object.ts';

function setUp() {
  const store = createStore<TestObject, 'value' | 'namespace'>({
    value: (object) => (object.spec.value === '' ? [] : object.spec.value.split(',')),
    namespace: (object) => [object.metadata.namespace ?? ''],
  });
  const changes: string[] = [];
  const note = (change: StoreChange<TestObject>): void => {
    changes.push(`${change.kind} ${change.object.metadata.name} ${change.object.metadata.uid} v${change.object.metadata.resourceVersion}`);
  };
  const unsubscribe = store.subscribe(note);
  return { store, changes, unsubscribe };
}

describe('store', () => {
  it('finds an object by key and by every index key', () => {
    const { store } = setUp();
    const object = testObject({ value: 'a,b' });
    store.put(object);
    expect(store.get('lending/credit')).toBe(object);
    expect(store.byIndex('value', 'a')).toEqual([object]);
    expect(store.byIndex('value', 'b')).toEqual([object]);
    expect(store.byIndex('value', 'c')).toEqual([]);
    expect(store.byIndex('namespace', 'lending')).toEqual([object]);
  });

  it('moves an object between index keys when it changes', () => {
    const { store } = setUp();
    store.put(testObject({ value: 'a,b' }));
    const changed = testObject({ value: 'b,c', version: 2 });
    store.put(changed);
    expect(store.byIndex('value', 'a')).toEqual([]);
    expect(store.byIndex('value', 'b')).toEqual([changed]);
    expect(store.byIndex('value', 'c')).toEqual([changed]);
  });

  it('takes a removed object out of every index', () => {
    const { store } = setUp();
    store.put(testObject({ value: 'a' }));
    store.remove('lending/credit');
    expect(store.byIndex('value', 'a')).toEqual([]);
    expect(store.size()).toBe(0);
    expect(store.get('lending/credit')).toBeUndefined();
  });

  it('keeps equal index keys of different indexes apart', () => {
    const { store } = setUp();
    store.put(testObject({ value: 'lending', namespace: 'other' }));
    expect(store.byIndex('namespace', 'lending')).toEqual([]);
    expect(store.byIndex('value', 'lending')).toHaveLength(1);
  });

  it('gives the object before and after to subscribers, the store already changed', () => {
    const { store } = setUp();
    const before = testObject();
    const after = testObject({ version: 2 });
    store.put(before);
    const seen: unknown[] = [];
    store.subscribe((change) => seen.push(change, store.get('lending/credit')));
    store.put(after);
    expect(seen).toEqual([{ kind: 'Updated', object: after, previous: before }, after]);
  });

  it('says nothing when uid and resourceVersion are the same', () => {
    const { store, changes } = setUp();
    store.put(testObject());
    store.put(testObject({ value: 'never stored' }));
    store.remove('lending/unknown');
    expect(changes).toEqual(['Added credit uid-credit v1']);
  });

  it('tells another uid under the same name as a deletion and an addition', () => {
    const { store, changes } = setUp();
    store.put(testObject({ uid: 'old', value: 'a' }));
    store.put(testObject({ uid: 'new', value: 'b', version: 9 }));
    expect(changes).toEqual(['Added credit old v1', 'Deleted credit old v1', 'Added credit new v9']);
    expect(store.byIndex('value', 'a')).toEqual([]);
    expect(store.byIndex('value', 'b')).toHaveLength(1);
  });

  it('becomes equal to a list: deletes, re-creations, updates, additions, in that order', () => {
    const { store, changes } = setUp();
    for (const name of ['gone', 'same', 'changed', 'reborn']) store.put(testObject({ name }));
    changes.length = 0;
    store.replaceAll([
      testObject({ name: 'same' }),
      testObject({ name: 'changed', version: 2 }),
      testObject({ name: 'reborn', uid: 'second', version: 3 }),
      testObject({ name: 'new', version: 4 }),
    ]);
    expect(changes).toEqual([
      'Deleted gone uid-gone v1',
      'Updated changed uid-changed v2',
      'Deleted reborn uid-reborn v1',
      'Added reborn second v3',
      'Added new uid-new v4',
    ]);
    expect(store.list().map((object) => object.metadata.name)).toEqual(['same', 'changed', 'reborn', 'new']);
  });

  it('tells nobody who has unsubscribed', () => {
    const { store, changes, unsubscribe } = setUp();
    unsubscribe();
    store.put(testObject());
    expect(changes).toEqual([]);
  });

  it('lets a subscriber unsubscribe another while being told', () => {
    const { store } = setUp();
    const told: string[] = [];
    const endSecond = { now: (): void => undefined };
    store.subscribe(() => {
      told.push('first');
      endSecond.now();
    });
    endSecond.now = store.subscribe(() => told.push('second'));
    store.put(testObject());
    store.put(testObject({ version: 2 }));
    expect(told).toEqual(['first', 'second', 'first']);
  });
});
