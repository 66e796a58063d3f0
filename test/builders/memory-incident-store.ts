import { createLogBook } from '../../src/governance/incident-log.ts';
import type { ChainHead, IncidentStore, LogBook, StoredIncident } from '../../src/governance/incident-log.ts';
import { failure, success } from '../../src/shared/result.ts';

export interface MemoryIncidentStore extends IncidentStore {
  readonly incidents: Map<string, StoredIncident>;
  /** Names of incidents read, in order. */
  readonly reads: readonly string[];
  /** Of the process that writes. */
  readonly book: LogBook;
  head(): ChainHead;
  /** As if that process had died. */
  forget(): void;
  /** Writes from now on fail at the n-th: `Lost` lands but its answer does not, `Refused` does not land. Null ends it. */
  failAt(write: number | null, how?: 'Lost' | 'Refused'): void;
}

const refused = (message: string) => failure({ message, isFinal: false });

/** Not the API server: a stand-in that counts writes and fails one of them, so that every crash point can be tried. */
export function memoryIncidentStore(): MemoryIncidentStore {
  const incidents = new Map<string, StoredIncident>();
  const book = createLogBook();
  const reads: string[] = [];
  const state: { head: ChainHead; version: number; left: number | null; how: 'Lost' | 'Refused' } = {
    head: { resourceVersion: null, last: null, tails: [] },
    version: 0,
    left: null,
    how: 'Refused',
  };

  function write<Value>(land: () => Value) {
    const fails = state.left === 1;
    if (state.left !== null) state.left -= 1;
    if (fails && state.how === 'Refused') return refused('refused');
    const value = land();
    return fails ? refused('the answer was lost') : success(value);
  }

  const nextVersion = (): string => String(++state.version);
  return {
    incidents,
    reads,
    book,
    forget: () => {
      book.unfinished.clear();
      book.parts.clear();
    },
    head: () => state.head,
    failAt: (count, how = 'Refused') => {
      state.left = count;
      state.how = how;
    },
    read: (_namespace, name) => {
      reads.push(name);
      return Promise.resolve(success(incidents.get(name) ?? null));
    },
    create: (_namespace, { name, firstPrevHash }) => {
      if (incidents.has(name)) return Promise.resolve(refused('already exists'));
      return Promise.resolve(
        write(() => {
          const created: StoredIncident = { name, uid: name, resourceVersion: nextVersion(), firstPrevHash, entries: [] };
          incidents.set(name, created);
          return created;
        }),
      );
    },
    writeEntries: (_namespace, incident, { entries }) => {
      if (incidents.get(incident.name)?.resourceVersion !== incident.resourceVersion) return Promise.resolve(refused('conflict'));
      return Promise.resolve(
        write(() => {
          const written = { ...incident, resourceVersion: nextVersion(), entries };
          incidents.set(incident.name, written);
          return written;
        }),
      );
    },
    readHead: () => Promise.resolve(success(state.head)),
    writeHead: (_namespace, head) => {
      if (head.resourceVersion !== state.head.resourceVersion) return Promise.resolve(refused('conflict'));
      return Promise.resolve(
        write(() => {
          state.head = { ...head, resourceVersion: nextVersion() };
          return null;
        }),
      );
    },
  };
}
