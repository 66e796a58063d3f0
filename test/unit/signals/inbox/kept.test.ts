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
    entries = new BoundedEntries({ perNamespace: 2, overall: 3 });
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
});
