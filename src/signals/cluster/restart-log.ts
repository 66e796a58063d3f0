import type { Pod, RestartHistory } from '../../core/workload/facts.ts';
import type { EpochMs } from '../../shared/clock.ts';

/** More restarts of one container than this are counted as this many; nobody's limit is beyond. */
const mostRemembered = 256;

/** Restarts of containers since their pods were first seen. Pods say only how many there were, and when the last one ended. */
export interface RestartLog {
  /** Every pod as it is now, in the order of its changes. */
  see(pod: Pod, nowMs: EpochMs): void;
  forget(uid: string): void;
  clear(): void;
  historyOf(pod: Pod, container: string): RestartHistory | null;
}

interface Entry {
  count: number;
  readonly before: Omit<RestartHistory, 'seenAtMs'>;
  seenAtMs: readonly EpochMs[];
}

const nothingBefore = { unseen: 0, unseenUntilMs: 0, lastUnseenAtMs: null };

export function createRestartLog(): RestartLog {
  /** By uid of the pod, then by container; null while none of its containers has restarted, as in most pods. */
  const pods = new Map<string, Map<string, Entry> | null>();

  function see({ uid, containers }: Pod, nowMs: EpochMs): void {
    const isNew = !pods.has(uid);
    const known = pods.get(uid) ?? new Map<string, Entry>();
    for (const { name, restarts, endedAtMs } of containers) {
      const entry = known.get(name);
      if (entry === undefined) {
        if (restarts === 0) continue;
        const before = { unseen: restarts, unseenUntilMs: endedAtMs ?? nowMs, lastUnseenAtMs: endedAtMs };
        const seenAtMs = isNew ? [] : repeated(endedAtMs ?? nowMs, restarts);
        known.set(name, { count: restarts, before: isNew ? before : nothingBefore, seenAtMs });
        continue;
      }
      // A count that went down was begun anew: what it lost was seen, and what it shows now is not more.
      const more = Math.max(0, restarts - entry.count);
      entry.count = restarts;
      if (more > 0) entry.seenAtMs = [...entry.seenAtMs, ...repeated(endedAtMs ?? nowMs, more)].slice(-mostRemembered);
    }
    pods.set(uid, known.size === 0 ? null : known);
  }

  return {
    see,
    forget: (uid) => {
      pods.delete(uid);
    },
    clear: () => {
      pods.clear();
    },
    historyOf: ({ uid }, container) => {
      const known = pods.get(uid);
      if (known === undefined) return null;
      const entry = known?.get(container);
      return { ...(entry?.before ?? nothingBefore), seenAtMs: entry?.seenAtMs ?? [] };
    },
  };
}

function repeated(atMs: EpochMs, times: number): readonly EpochMs[] {
  return new Array<EpochMs>(Math.min(times, mostRemembered)).fill(atMs);
}
