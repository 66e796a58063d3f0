import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { keyOf } from '../../../src/kube/kube-object.ts';
import { createStore } from '../../../src/kube/store.ts';
import type { StoreChange } from '../../../src/kube/store.ts';
import { testObject } from '../../builders/kube-object.ts';
import type { TestObject } from '../../builders/kube-object.ts';

const object = fc
  .record({
    name: fc.constantFrom('a', 'b', 'c'),
    namespace: fc.constantFrom('lending', 'fraud'),
    uid: fc.constantFrom('one', 'two'),
    version: fc.integer({ min: 1, max: 4 }),
    value: fc.constantFrom('', 'x', 'y', 'x,y', 'lending'),
  })
  .map(testObject);

type Step =
  | { readonly kind: 'Put'; readonly object: TestObject }
  | { readonly kind: 'Remove'; readonly key: string }
  | { readonly kind: 'ReplaceAll'; readonly objects: readonly TestObject[] };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('Put' as const), object }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('Remove' as const), key: object.map(keyOf) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('ReplaceAll' as const), objects: fc.uniqueArray(object, { selector: keyOf, maxLength: 6 }) }),
  },
);

const valuesOf = ({ spec }: TestObject): readonly string[] => (spec.value === '' ? [] : spec.value.split(','));
const namesOf = (objects: readonly TestObject[]): readonly string[] => objects.map((each) => JSON.stringify(each)).toSorted();

/** Runs the steps on a store and on the plainest thing that could be one. */
function told(steps: readonly Step[]) {
  const store = createStore<TestObject, 'value' | 'namespace'>({
    value: valuesOf,
    namespace: ({ metadata }) => [metadata.namespace ?? ''],
  });
  const changes: StoreChange<TestObject>[] = [];
  store.subscribe((change) => changes.push(change));
  const plain = new Map<string, TestObject>();
  const put = (each: TestObject): void => {
    const known = plain.get(keyOf(each))?.metadata;
    const isSame = known?.uid === each.metadata.uid && known.resourceVersion === each.metadata.resourceVersion;
    if (!isSame) plain.set(keyOf(each), each);
  };
  for (const each of steps) {
    if (each.kind === 'Put') {
      store.put(each.object);
      put(each.object);
    } else if (each.kind === 'Remove') {
      store.remove(each.key);
      plain.delete(each.key);
    } else {
      store.replaceAll(each.objects);
      for (const key of plain.keys()) if (!each.objects.some((listed) => keyOf(listed) === key)) plain.delete(key);
      for (const listed of each.objects) put(listed);
    }
  }
  return { store, changes, plain };
}

const steps = fc.array(step, { maxLength: 40 });

describe('a store, whatever is put into it and taken out', () => {
  it('holds what the last word on each object was', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const { store, plain } = told(all);
        expect(namesOf(store.list())).toEqual(namesOf([...plain.values()]));
        expect(store.size()).toBe(plain.size);
        for (const [key, each] of plain) expect(store.get(key)).toBe(each);
      }),
    );
  });

  it('finds by every index just those of its objects that belong there, each once', () => {
    let found = 0;
    fc.assert(
      fc.property(steps, (all) => {
        const { store } = told(all);
        for (const value of ['x', 'y', 'lending', 'z']) {
          const listed = store.byIndex('value', value);
          found += listed.length;
          expect(namesOf(listed)).toEqual(namesOf(store.list().filter((each) => valuesOf(each).includes(value))));
        }
        for (const namespace of ['lending', 'fraud'])
          expect(namesOf(store.byIndex('namespace', namespace))).toEqual(
            namesOf(store.list().filter(({ metadata }) => metadata.namespace === namespace)),
          );
      }),
    );
    expect(found).toBeGreaterThan(30);
  });

  it('tells its subscribers enough to hold the same, and nothing twice', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const { store, changes } = told(all);
        const followed = new Map<string, TestObject>();
        for (const change of changes) {
          const key = keyOf(change.object);
          const known = followed.get(key);
          if (change.kind === 'Added') expect(known).toBeUndefined();
          if (change.kind === 'Updated') {
            expect(change.previous).toBe(known);
            expect(change.object.metadata.uid).toBe(known?.metadata.uid);
            expect(change.object.metadata.resourceVersion).not.toBe(known?.metadata.resourceVersion);
          }
          if (change.kind === 'Deleted') {
            expect(change.object).toBe(known);
            followed.delete(key);
          } else followed.set(key, change.object);
        }
        expect(namesOf([...followed.values()])).toEqual(namesOf(store.list()));
      }),
    );
  });

  it('is the same after a list as one that began with it', () => {
    fc.assert(
      fc.property(steps, fc.uniqueArray(object, { selector: keyOf, maxLength: 6 }), (all, listed) => {
        const { store } = told([...all, { kind: 'ReplaceAll', objects: listed }]);
        const versions = (objects: readonly TestObject[]) =>
          objects.map((each) => `${keyOf(each)} ${each.metadata.uid} ${each.metadata.resourceVersion}`).toSorted();
        expect(versions(store.list())).toEqual(versions(listed));
        const { changes } = told([...all, { kind: 'ReplaceAll', objects: listed }, { kind: 'ReplaceAll', objects: listed }]);
        expect(changes).toHaveLength(told([...all, { kind: 'ReplaceAll', objects: listed }]).changes.length);
      }),
    );
  });
});
