import { join } from 'node:path';

import { runCommand } from '../../testbed/run-command.ts';
import { lastLine, oraclePython } from '../../scripts/oracle-software.ts';
import type { WindowCounts } from './verdicts.ts';

export interface NumpyFigures {
  /** CPU of as many judgements. */
  readonly judgeMs: number;
  /** Breaches among the windows: the two must agree on every one of them for their times to compare. */
  readonly breaches: number;
  readonly numpy: string;
}

export interface NumpyWork {
  readonly windows: readonly WindowCounts[];
  readonly reference: readonly number[];
  readonly alpha: number;
  readonly rounds: number;
}

/** Judges the same windows by PSI in numpy. An error where Python can't be had: a rank nobody took part in is none. */
export async function judgeInNumpy({ windows, reference, alpha, rounds }: NumpyWork, say: (line: string) => void): Promise<NumpyFigures> {
  const python = await oraclePython(say);
  if (!python.ok) throw new Error(python.failure);
  const cumulative = windows.map(({ value = [] }) => value.map((row) => row.value));
  const { code, stdout, stderr } = await runCommand(python.value, [join(import.meta.dirname, 'numpy-judge.py')], {
    stdin: JSON.stringify({ cumulative, reference, alpha, rounds }),
    // One thread, as the operator has.
    env: { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
  });
  if (code !== 0) throw new Error(`numpy-judge.py ended with ${code}: ${lastLine(stderr)}`);
  return JSON.parse(stdout) as NumpyFigures;
}
