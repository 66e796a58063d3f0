import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { EntryDraft } from '../../../src/core/audit-chain.ts';
import { auditNamespace } from '../../../src/governance/audit.ts';
import { catchUpHead, maxEntries, recordEngagement } from '../../../src/governance/incident-log.ts';
import { memoryIncidentStore } from '../../builders/memory-incident-store.ts';
import type { MemoryIncidentStore } from '../../builders/memory-incident-store.ts';

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

const at = '2026-01-01T01:00:00.000Z';

function aDraft(second: number, type: EntryDraft['type'] = 'Applied'): EntryDraft {
  const at = new Date(1_767_225_600_000 + second * 1000).toISOString();
  return { at, type, actor: 'operator', target: 'HTTPRoute/credit', before: '', after: '', reason: `second ${second}` };
}

function record(store: MemoryIncidentStore, name: string, drafts: readonly EntryDraft[]) {
  return recordEngagement({ ...{ store, hash, book: store.book, at }, request: { namespace: 'lending', name, opening: {}, drafts } });
}

function findings(store: MemoryIncidentStore) {
  return auditNamespace([...store.incidents.values()], store.head(), hash);
}

function typesOf(store: MemoryIncidentStore, name: string): readonly string[] {
  return store.incidents.get(name)?.entries.map(({ type }) => type) ?? [];
}

describe('recordEngagement', () => {
  it('opens an incident, appends behind what is there, and moves the head', async () => {
    const store = memoryIncidentStore();
    expect(await record(store, 'one', [aDraft(0, 'Engaged')])).toMatchObject({ ok: true });
    expect(await record(store, 'one', [aDraft(1), aDraft(2, 'Released')])).toMatchObject({ ok: true });
    expect(typesOf(store, 'one')).toEqual(['Engaged', 'Applied', 'Released']);
    const tail = store.incidents.get('one')?.entries.at(-1);
    expect(store.head().tails).toEqual([{ incident: 'one', seq: 2, hash: tail?.hash }]);
    expect(findings(store)).toEqual([]);
  });

  it('writes nothing for what is on record already', async () => {
    const store = memoryIncidentStore();
    await record(store, 'one', [aDraft(0, 'Engaged')]);
    store.failAt(1);
    expect(await record(store, 'one', [aDraft(0, 'Engaged')])).toMatchObject({ ok: true });
  });

  it('regression: reads the parts before the one a long record goes on in once', async () => {
    const store = memoryIncidentStore();
    await record(
      store,
      'one',
      Array.from({ length: maxEntries + 10 }, (_, second) => aDraft(second)),
    );
    const known = store.reads.length;
    await record(store, 'one', [aDraft(9998)]);
    expect(store.reads.slice(known)).toEqual(['one-2']);
    store.forget();
    await record(store, 'one', [aDraft(9999), aDraft(3)]);
    expect(typesOf(store, 'one-2')).toHaveLength(13);
    expect(findings(store)).toEqual([]);
  });

  it('regression: tells two states of one target within one millisecond apart', async () => {
    const store = memoryIncidentStore();
    await record(store, 'one', [aDraft(0, 'Engaged'), { ...aDraft(1), after: '10 %' }]);
    await record(store, 'one', [{ ...aDraft(1), before: '10 %', after: '50 %' }]);
    await record(store, 'one', [{ ...aDraft(1), before: '10 %', after: '50 %' }]);
    expect(store.incidents.get('one')?.entries.map(({ after }) => after)).toEqual(['', '10 %', '50 %']);
  });

  it('links entry 0 of each incident to entry 0 of the one before', async () => {
    const store = memoryIncidentStore();
    for (const name of ['one', 'two', 'three']) await record(store, name, [aDraft(0, 'Engaged')]);
    const first = (name: string) => store.incidents.get(name)?.entries[0]?.hash;
    expect(store.incidents.get('two')?.firstPrevHash).toBe(first('one'));
    expect(store.incidents.get('three')?.firstPrevHash).toBe(first('two'));
    expect(store.head().last).toEqual({ incident: 'three', hash: first('three') });
    expect(findings(store)).toEqual([]);
  });

  it('goes on in a further incident when one is full, and says where', async () => {
    const store = memoryIncidentStore();
    const drafts = Array.from({ length: maxEntries + 10 }, (_, second) => aDraft(second));
    expect(await record(store, 'one', drafts)).toMatchObject({ ok: true });
    expect(typesOf(store, 'one')).toHaveLength(maxEntries);
    expect(typesOf(store, 'one').at(-1)).toBe('Continued');
    expect(typesOf(store, 'one-2')).toHaveLength(11);
    expect(findings(store)).toEqual([]);
    expect(await record(store, 'one', [aDraft(9999, 'Closed')])).toMatchObject({ ok: true });
    expect(typesOf(store, 'one-2').at(-1)).toBe('Closed');
    expect(findings(store)).toEqual([]);
  });

  it('regression: a postmortem that no longer fitted into a record that was over opened a part that stayed open for ever', async () => {
    const store = memoryIncidentStore();
    const closed = new Map<string, string | null>();
    const watched: MemoryIncidentStore = {
      ...store,
      writeEntries: (namespace, incident, change) => {
        closed.set(incident.name, closed.get(incident.name) ?? change.closedAt);
        return store.writeEntries(namespace, incident, change);
      },
    };
    const drafts = Array.from({ length: maxEntries - 2 }, (_, second) => aDraft(second));
    await record(watched, 'one', [...drafts, aDraft(900, 'Closed')]);
    await record(watched, 'one', [aDraft(1000, 'Postmortem')]);
    expect(typesOf(store, 'one').slice(-2)).toEqual(['Closed', 'Continued']);
    expect(typesOf(store, 'one-2')).toEqual(['Postmortem']);
    expect([closed.get('one'), closed.get('one-2')]).toEqual([aDraft(900).at, aDraft(900).at]);
    await record(watched, 'two', [...drafts, aDraft(901)]);
    await record(watched, 'two', [aDraft(1000, 'Postmortem')]);
    expect([closed.get('two'), closed.get('two-2')]).toEqual([null, null]);
  });

  for (const how of ['Lost', 'Refused'] as const) {
    it.each([1, 2, 3, 4, 5, 6])(`ends in the same record when write %i is ${how}`, async (write) => {
      const stories = async (store: MemoryIncidentStore): Promise<void> => {
        // Two engagements of two writes and a head each; whatever fails is asked again, as the queue does.
        for (const name of ['one', 'two']) {
          const drafts = [aDraft(0, 'Engaged'), aDraft(1)];
          if ((await record(store, name, drafts)).ok) continue;
          store.failAt(null);
          expect(await record(store, name, drafts)).toMatchObject({ ok: true });
        }
      };
      const [clean, broken] = [memoryIncidentStore(), memoryIncidentStore()];
      await stories(clean);
      broken.failAt(write, how);
      await stories(broken);
      const chain = (store: MemoryIncidentStore) => [...store.incidents.values()].map(({ name, entries }) => ({ name, entries }));
      expect(chain(broken)).toEqual(chain(clean));
      expect(broken.head().tails).toEqual(clean.head().tails);
      expect(findings(broken)).toEqual([]);
    });
  }
});

describe('two incidents of one namespace, the first of which failed half-way', () => {
  /** As the queue does: the failed one is asked again, now or after the other. */
  const orders = [
    ['one', 'two'],
    ['two', 'one'],
  ] as const;

  for (const how of ['Lost', 'Refused'] as const) {
    for (const dies of [false, true]) {
      for (const [first, second] of orders) {
        it.each([1, 2, 3, 4])(
          `regression: stand in one chain when write %i is ${how}, ${first} is written next${dies ? ' and by another process' : ''}`,
          async (write) => {
            const store = memoryIncidentStore();
            await record(store, 'zero', [aDraft(0, 'Engaged')]);
            store.failAt(write, how);
            await record(store, 'one', [aDraft(1, 'Engaged'), aDraft(2)]);
            store.failAt(null);
            if (dies) {
              store.forget();
              await catchUpHead({ store, namespace: 'lending', book: store.book }, [...store.incidents.values()]);
            }
            const drafts = { one: [aDraft(1, 'Engaged'), aDraft(2), aDraft(3, 'Closed')], two: [aDraft(2, 'Engaged')] };
            for (const name of [first, second]) expect(await record(store, name, drafts[name])).toMatchObject({ ok: true });
            expect(findings(store)).toEqual([]);
            const recorded = [...typesOf(store, 'one'), ...typesOf(store, 'one-2')].filter((type) => type !== 'Continued');
            expect(recorded).toEqual(['Engaged', 'Applied', 'Closed']);
            expect(typesOf(store, 'two')).toEqual(['Engaged']);
          },
        );
      }
    }
  }

  it('regression: stand in one chain when the write of the first entries lands long after its answer was given up', async () => {
    const store = memoryIncidentStore();
    store.failAt(2);
    await record(store, 'one', [aDraft(1, 'Engaged')]);
    store.failAt(null);
    const asItWas = store.incidents.get('one');
    if (asItWas === undefined) throw new Error('it was not opened');
    await record(store, 'two', [aDraft(2, 'Engaged')]);
    expect(await store.writeEntries('lending', asItWas, { entries: [], closedAt: null })).toMatchObject({ ok: false });
    await record(store, 'one', [aDraft(1, 'Engaged')]);
    expect([typesOf(store, 'one'), typesOf(store, 'one-2')]).toEqual([['Continued'], ['Engaged']]);
    expect(findings(store)).toEqual([]);
  });

  it('goes round an incident whose creation landed after another had taken its place', async () => {
    const store = memoryIncidentStore();
    await record(store, 'two', [aDraft(2, 'Engaged')]);
    store.incidents.set('one', { name: 'one', uid: 'one', resourceVersion: '0', firstPrevHash: '', entries: [] });
    expect(await record(store, 'one', [aDraft(1, 'Engaged')])).toMatchObject({ ok: true });
    expect([typesOf(store, 'one'), typesOf(store, 'one-2')]).toEqual([[], ['Engaged']]);
    expect(findings(store)).toEqual([]);
  });
});

describe('auditNamespace', () => {
  async function threeIncidents(): Promise<MemoryIncidentStore> {
    const store = memoryIncidentStore();
    for (const name of ['one', 'two', 'three']) await record(store, name, [aDraft(0, 'Engaged'), aDraft(1), aDraft(2, 'Closed')]);
    return store;
  }

  function rewrite(store: MemoryIncidentStore, name: string, change: (entries: readonly never[]) => readonly never[]): void {
    const incident = store.incidents.get(name);
    if (incident !== undefined) store.incidents.set(name, { ...incident, entries: change(incident.entries as readonly never[]) });
  }

  it('finds nothing in an untouched record', async () => {
    expect(findings(await threeIncidents())).toEqual([]);
  });

  it.each([
    [
      'edited',
      (entries: readonly never[]) =>
        entries.map((entry: object, index) => ({ ...entry, ...(index === 1 ? { reason: 'never' } : {}) }) as never),
    ],
    ['dropped', (entries: readonly never[]) => entries.filter((_, index) => index !== 1)],
    ['reordered', (entries: readonly never[]) => entries.toReversed()],
    ['truncated', (entries: readonly never[]) => entries.slice(0, 2)],
    ['emptied', () => []],
  ])('finds an entry %s', async (_how, change) => {
    const store = await threeIncidents();
    rewrite(store, 'two', change);
    expect(findings(store).some(({ incident }) => incident === 'two')).toBe(true);
  });

  it.each(['one', 'two', 'three'])('finds incident %s gone', async (name) => {
    const store = await threeIncidents();
    store.incidents.delete(name);
    expect(findings(store)).toContainEqual({ incident: name, message: 'the chain head knows it, but it is gone' });
  });

  it('finds an incident added beside the record', async () => {
    const [store, other] = [await threeIncidents(), memoryIncidentStore()];
    await record(other, 'forged', [aDraft(5, 'Engaged')]);
    const forged = other.incidents.get('forged');
    if (forged !== undefined) store.incidents.set('forged', forged);
    expect(findings(store).map(({ incident }) => incident)).toEqual(['forged']);
  });

  it('leaves an incident alone that was opened and not yet written', async () => {
    const store = await threeIncidents();
    store.incidents.set('four', { name: 'four', uid: 'four', resourceVersion: '99', firstPrevHash: 'x', entries: [] });
    expect(findings(store)).toEqual([]);
  });
});

describe('catchUpHead', () => {
  const catchUp = (store: MemoryIncidentStore) =>
    catchUpHead({ store, namespace: 'lending', book: store.book }, [...store.incidents.values()]);
  const tailOf = (store: MemoryIncidentStore, name: string) => {
    const tail = store.incidents.get(name)?.entries.at(-1);
    return { incident: name, seq: tail?.seq, hash: tail?.hash };
  };

  it('regression: moves the head behind entries whose writer died before it did, also where nothing else is to be recorded', async () => {
    const store = memoryIncidentStore();
    await record(store, 'one', [aDraft(0, 'Engaged')]);
    store.failAt(2);
    expect(await record(store, 'one', [aDraft(1, 'Closed')])).toMatchObject({ ok: false });
    expect(store.head().tails).not.toContainEqual(tailOf(store, 'one'));
    store.failAt(null);
    expect(await catchUp(store)).toMatchObject({ ok: true });
    expect(store.head().tails).toEqual([tailOf(store, 'one')]);
    expect(findings(store)).toEqual([]);
  });

  it('takes in an incident whose beginning the head has not seen', async () => {
    const store = memoryIncidentStore();
    await record(store, 'one', [aDraft(0, 'Engaged')]);
    store.failAt(3);
    expect(await record(store, 'two', [aDraft(0, 'Engaged')])).toMatchObject({ ok: false });
    store.failAt(null);
    await catchUp(store);
    expect(store.head()).toMatchObject({ last: { incident: 'two' }, tails: [tailOf(store, 'one'), tailOf(store, 'two')] });
    expect(findings(store)).toEqual([]);
  });

  it('writes nothing where nothing is missing, and follows no record that was changed', async () => {
    const store = memoryIncidentStore();
    await record(store, 'one', [aDraft(0, 'Engaged'), aDraft(1)]);
    const { resourceVersion } = store.head();
    await catchUp(store);
    const one = store.incidents.get('one');
    if (one === undefined) throw new Error('the record is gone');
    const touched = one.entries.map((entry) => ({ ...entry, hash: `${entry.hash}0` }));
    const [, second] = touched;
    store.incidents.set('one', { ...one, entries: second === undefined ? touched : [...touched, { ...second, seq: 2 }] });
    await catchUp(store);
    expect(store.head().resourceVersion).toBe(resourceVersion);
    expect(findings(store)).not.toEqual([]);
  });

  it('says so when the head can not be moved', async () => {
    const store = memoryIncidentStore();
    store.failAt(3);
    await record(store, 'one', [aDraft(0, 'Engaged')]);
    store.failAt(1);
    expect(await catchUp(store)).toEqual({ ok: false, failure: { message: 'refused', isFinal: false } });
  });
});
