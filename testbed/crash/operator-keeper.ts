import { readFile } from 'node:fs/promises';

import { startOperator } from '../operator-process.ts';
import type { OperatorProcess, OperatorProcessOptions } from '../operator-process.ts';

/** A process that ended without being told to, and why as far as its log says. */
export interface UnplannedExit {
  readonly code: number;
  /** It gave way because its lease ran out: what it must do on a machine too busy to renew in time. */
  readonly leaseLost: boolean;
  readonly lastWords: string;
}

/** Stands in for the kubelet: where one operator process ends, the next is started. */
export interface OperatorKeeper {
  /** SIGKILL; answers when the process is gone. The successor starts by itself. */
  kill(): Promise<void>;
  /** Processes started so far. */
  readonly started: number;
  readonly unplanned: readonly UnplannedExit[];
  stop(): Promise<void>;
}

export interface KeeperOptions {
  readonly operator: Omit<OperatorProcessOptions, 'awaitHealth'> & { readonly directory: string };
  /** Runs after a kill, while no operator is up. */
  readonly whileDown: () => Promise<void>;
}

export function keepOperator({ operator, whileDown }: KeeperOptions): OperatorKeeper {
  const state = { stopping: false, killed: false, started: 0, current: null as OperatorProcess | null };
  const unplanned: UnplannedExit[] = [];

  async function runOnce(): Promise<void> {
    const running = await startOperator({ ...operator, awaitHealth: false });
    state.current = running;
    state.started++;
    if (isStopping()) await running.process.stop();
    const { code } = await running.process.exited;
    state.current = null;
    if (state.killed) {
      state.killed = false;
      await whileDown();
    } else if (!isStopping()) {
      unplanned.push({ code, ...(await readLastWords(running.process.logFile)) });
    }
  }
  // Changed between two awaits, which the compiler can't see.
  const isStopping = (): boolean => state.stopping;
  const loop = (async () => {
    while (!isStopping()) await runOnce();
  })();

  return {
    get started() {
      return state.started;
    },
    unplanned,
    kill: async () => {
      const { current } = state;
      if (current === null) return;
      state.killed = true;
      current.process.signal('SIGKILL');
      await current.process.exited;
    },
    stop: async () => {
      state.stopping = true;
      await state.current?.process.stop();
      await loop;
    },
  };
}

async function readLastWords(logFile: string): Promise<Pick<UnplannedExit, 'leaseLost' | 'lastWords'>> {
  const text = await readFile(logFile, 'utf8').catch(() => '');
  const lastWords = text.trim().split('\n').slice(-5).join('\n');
  return { lastWords, leaseLost: /"kind":"Lost"/.test(lastWords) };
}
