import type { KubeRequest } from '../../testbed/kube-request.ts';
import type { WriteFault } from './memory-api.ts';
import type { MemoryOperator } from './memory-operator.ts';
import { describeWrite } from './memory-story.ts';

export const endings = ['dies before it lands', 'dies after it landed', 'fails once', 'loses its answer'] as const;
export type Ending = (typeof endings)[number];

export interface PlantedFault {
  /** The write that went wrong; null while none did. */
  readonly what: () => string | null;
}

/** One write goes wrong, the first `isIt` names (`nth` from 1); a process that died is replaced a moment later. */
export function plantFault(world: MemoryOperator, isIt: (write: KubeRequest, nth: number) => boolean, ending: Ending): PlantedFault {
  const state = { count: 0, isDead: false, what: null as string | null };
  world.api.onWrite((write): WriteFault => {
    if (state.isDead) return 'Lose';
    state.count += 1;
    if (state.what !== null || !isIt(write, state.count)) return 'Pass';
    state.what = describeWrite(write);
    if (ending.startsWith('dies')) {
      state.isDead = true;
      world.clock.after(600, () => {
        void world.restart();
        state.isDead = false;
      });
    }
    return ending === 'dies after it landed' || ending === 'loses its answer' ? 'LoseAnswer' : 'Lose';
  });
  return { what: () => state.what };
}
