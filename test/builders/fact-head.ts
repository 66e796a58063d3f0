import type { FactHead, FactHeadFailure } from '../../src/controllers/fact-head.ts';
import type { FactEnd } from '../../src/core/fact-chain.ts';
import { failure, success } from '../../src/shared/result.ts';

/** The head of the facts without a cluster around it. */
export interface MemoryFactHead {
  readonly head: FactHead;
  stands(): FactEnd;
  /** As somebody else would write it. */
  put(end: Partial<FactEnd>): void;
  /** What becomes of every call from now on; null: it is answered. */
  fail(reason: FactHeadFailure | null): void;
  readonly writes: readonly FactEnd[];
}

export function memoryFactHead(chain = 'head-1'): MemoryFactHead {
  let end: FactEnd = { chain, run: '', seq: -1, hash: '', at: '' };
  let failing: FactHeadFailure | null = null;
  const writes: FactEnd[] = [];
  return {
    stands: () => end,
    put: (changes) => {
      end = { ...end, ...changes };
    },
    fail: (reason) => {
      failing = reason;
    },
    writes,
    head: {
      read: () => Promise.resolve(failing === null ? success(end) : failure(failing)),
      write: (known, next) => {
        if (failing !== null) return Promise.resolve(failure(failing));
        if (known.hash !== end.hash || known.chain !== end.chain) return Promise.resolve(failure({ kind: 'Foreign' }));
        end = next;
        writes.push(next);
        return Promise.resolve(success(end));
      },
    },
  };
}
