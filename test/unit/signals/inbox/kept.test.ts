import { beforeEach, describe, expect, it } from '@jest/globals';
import { BoundedEntries } from '../../../../src/signals/inbox/kept.ts';

interface Entry {
  readonly namespace: string;
  readonly old: boolean;
}

const entry = (namespace: string, old = false): Entry => ({ namespace, old });
const ifOld = ({ old }: Entry): boolean => old;

describe('BoundedEntries', () => {
  let entries: BoundedEntries<Entry>;
  const set = (key: string, value: Entry): string => entries.set(key, value, ifOld).kind;

  beforeEach(() => {
    entries = new BoundedEntries({ perNamespace: 2, overall: 3, reserved: { each: 0, together: 0 } });
  });

  it('keeps what fits, and replaces what it has whatever is full', () => {
    expect([set('a', entry('x')), set('b', entry('x')), set('c', entry('x'))]).toEqual(['Kept', 'Kept', 'NamespaceFull']);
    expect(set('a', entry('x', true))).toBe('Kept');
    expect([entries.get('a')?.old, entries.get('c')]).toEqual([true, undefined]);
  });

  it('makes room by old entries of the same namespace', () => {
    set('a', entry('x', true));
    set('b', entry('x'));
    expect([set('c', entry('x')), entries.get('a'), entries.in('x').length]).toEqual(['Kept', undefined, 2]);
  });

  it('never makes room by what is of another namespace', () => {
    set('a', entry('x', true));
    set('b', entry('x', true));
    set('c', entry('y', true));
    expect([set('d', entry('z')), entries.get('a')?.namespace]).toEqual(['Full', 'x']);
    expect([set('d', entry('y')), entries.get('c')]).toEqual(['Kept', undefined]);
  });

  it('regression: keeps what is reserved for a namespace though others filled all: twenty of them shut everybody else out', () => {
    entries = new BoundedEntries({ perNamespace: 4, overall: 3, reserved: { each: 2, together: 100 } });
    const fill = (namespace: string, count: number) =>
      Array.from({ length: count }, (_, index) => set(`${namespace}${String(index)}`, entry(namespace)));
    expect(fill('x', 4)).toEqual(Array(4).fill('Kept'));
    expect(fill('y', 4)).toEqual(['Kept', 'Kept', 'Kept', 'Full']);
    expect(fill('z', 3)).toEqual(['Kept', 'Kept', 'Full']);
    expect(['x', 'y', 'z'].map((each) => entries.in(each).length)).toEqual([4, 3, 2]);
    expect(set('x4', entry('x'))).toBe('NamespaceFull');
  });

  it('gives what was let go of what is shared to whoever comes next', () => {
    entries = new BoundedEntries({ perNamespace: 3, overall: 2, reserved: { each: 1, together: 100 } });
    for (const key of ['a', 'b', 'c']) set(key, entry('x', true));
    expect([set('d', entry('y')), set('e', entry('y'))]).toEqual(['Kept', 'Full']);
    expect(set('f', entry('x'))).toBe('Kept');
    expect([entries.in('x').length, set('e', entry('y')), set('g', entry('y')), set('h', entry('y'))]).toEqual([
      1,
      'Kept',
      'Kept',
      'NamespaceFull',
    ]);
  });

  it('stays bounded whatever namespaces are made up', () => {
    entries = new BoundedEntries({ perNamespace: 4, overall: 3, reserved: { each: 1, together: 5 } });
    const kept = Array.from({ length: 50 }, (_, index) => set(`k${String(index)}`, entry(`n${String(index)}`)));
    expect(kept.filter((kind) => kind === 'Kept')).toHaveLength(8);
    expect([set('a', entry('n0')), set('b', entry('new'))]).toEqual(['Full', 'Full']);
  });

  it('lends what is shared to who finds the reserve used up', () => {
    entries = new BoundedEntries({ perNamespace: 4, overall: 3, reserved: { each: 1, together: 1 } });
    expect(['x', 'y', 'z', 'x', 'y'].map((namespace, index) => set(String(index), entry(namespace)))).toEqual([
      ...['Kept', 'Kept', 'Kept', 'Kept', 'Full'],
    ]);
  });
});
