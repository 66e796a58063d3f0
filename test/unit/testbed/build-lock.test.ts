import { access, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { beforeEach, describe, expect, it } from '@jest/globals';

import { runCommand } from '../../../testbed/run-command.ts';
import { withBuildLock } from '../../../testbed/tools/build-lock.ts';

let file = '';

beforeEach(async () => {
  file = join(await mkdtemp(join(tmpdir(), 'modelrisk-lock-')), 'tool.lock');
});

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('withBuildLock', () => {
  it('lets one in at a time', async () => {
    const state = { inside: 0, most: 0 };
    const work = async (): Promise<void> => {
      state.inside++;
      state.most = Math.max(state.most, state.inside);
      await turn();
      state.inside--;
    };
    await Promise.all([1, 2, 3, 4].map(() => withBuildLock(file, work, { pollMs: 1 })));
    expect(state).toEqual({ inside: 0, most: 1 });
  });

  it('takes over the lock of a dead process, once', async () => {
    const { stdout } = await runCommand('sh', ['-c', 'echo $$']);
    await writeFile(file, stdout.trim());
    const state = { inside: 0, most: 0 };
    const work = async (): Promise<void> => {
      state.most = Math.max(state.most, ++state.inside);
      await turn();
      state.inside--;
    };
    await Promise.all([1, 2, 3].map(() => withBuildLock(file, work, { pollMs: 1 })));
    expect(state.most).toBe(1);
  });

  it('waits for a live owner and says whom it waits for', async () => {
    await writeFile(file, '1');
    const told: number[] = [];
    const waiting = withBuildLock(file, () => Promise.resolve('built'), { pollMs: 1, onWait: (pid) => told.push(pid) });
    await turn();
    await writeFile(file, String(2 ** 30));
    expect(await waiting).toBe('built');
    expect(told.length).toBeLessThanOrEqual(1);
  });

  it('leaves no lock behind when the work fails', async () => {
    await expect(withBuildLock(file, () => Promise.reject(new Error('no compiler')))).rejects.toThrow('no compiler');
    await expect(access(file)).rejects.toThrow('ENOENT');
  });
});
