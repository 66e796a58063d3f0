import { spawn } from 'node:child_process';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { beforeAll, describe, expect, it } from '@jest/globals';

import { startProcess } from '../../../testbed/process.ts';
import { isAlive } from '../../../testbed/tools/build-lock.ts';

let directory = '';

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'modelrisk-process-'));
});

const shell = (name: string, script: string) => ({ name, command: 'sh', args: ['-c', script], logFile: join(directory, `${name}.log`) });

async function hasSaid(name: string): Promise<boolean> {
  return (await readFile(join(directory, `${name}.log`), 'utf8')).endsWith('\n');
}

async function untilDead(pid: number): Promise<boolean> {
  for (let attempt = 0; attempt < 200 && isAlive(pid); attempt++) await delay(50);
  return !isAlive(pid);
}

describe('startProcess', () => {
  it('keeps the exit code and the output', async () => {
    const child = await startProcess(shell('code', 'echo out; echo err >&2; exit 7'));
    expect(await child.exited).toEqual({ code: 7 });
    expect(await readFile(child.logFile, 'utf8')).toBe('out\nerr\n');
  });

  it('waits for readiness and stops with TERM', async () => {
    const marker = join(directory, 'marker');
    const script = `trap 'echo bye; exit 0' TERM; sleep 0.2; echo x > ${marker}; while :; do sleep 0.05; done`;
    const child = await startProcess({ ...shell('ready', script), ready: async () => (await readFile(marker, 'utf8')) === 'x\n' });
    expect(isAlive(child.pid)).toBe(true);
    expect(await child.stop()).toEqual({ code: 0 });
    expect(await readFile(child.logFile, 'utf8')).toBe('bye\n');
  });

  it('kills what ignores TERM, and a stopped one too', async () => {
    const deaf = await startProcess({
      ...shell('deaf', "trap '' TERM; echo deaf; while :; do sleep 0.05; done"),
      ready: () => hasSaid('deaf'),
    });
    expect((await deaf.stop(200)).code).toBe(137);
    const stopped = await startProcess(shell('stopped', 'while :; do sleep 0.05; done'));
    stopped.signal('SIGSTOP');
    expect((await stopped.stop(2_000)).code).toBe(143);
    expect(await untilDead(stopped.pid)).toBe(true);
  });

  it('says how a program ended before it was ready', async () => {
    const failing = startProcess({ ...shell('failing', 'echo no licence; exit 3'), ready: () => Promise.resolve(false) });
    await expect(failing).rejects.toThrow(/failing ended with code 3[^]*no licence/);
  });

  it('says that a program never became ready, and ends it', async () => {
    const neverReady = async () => {
      // Its id is needed below, however long a busy machine takes to start a shell.
      while (!(await hasSaid('silent'))) await delay(20);
      return false;
    };
    const silent = startProcess({ ...shell('silent', 'echo $$; exec sleep 60'), ready: neverReady, readyTimeoutMs: 300 });
    await expect(silent).rejects.toThrow('silent was not ready after 300 ms');
    expect(await untilDead(Number(await readFile(join(directory, 'silent.log'), 'utf8')))).toBe(true);
  });

  it('names a command that does not exist', async () => {
    const child = await startProcess({ ...shell('absent', ''), command: join(directory, 'no-such-program'), args: [] });
    expect((await child.exited).code).toBe(127);
  });

  it('ends the program and its descendants when this process is killed', async () => {
    const pids = join(directory, 'pids');
    const module = join(import.meta.dirname, '../../../testbed/process.ts');
    const script = `
      import { startProcess } from ${JSON.stringify(module)};
      await startProcess({ name: 'child', command: 'sh', args: ['-c', 'sleep 300 & echo $$ $! > ${pids}; wait'], logFile: ${JSON.stringify(join(directory, 'child.log'))} });
      setInterval(() => undefined, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' });
    let ids: number[] = [];
    for (let attempt = 0; attempt < 200 && ids.length < 2; attempt++) {
      await delay(50);
      ids = (await readFile(pids, 'utf8').catch(() => '')).trim().split(' ').filter(Boolean).map(Number);
    }
    expect(ids.map(isAlive)).toEqual([true, true]);
    parent.kill('SIGKILL');
    expect(await Promise.all(ids.map(untilDead))).toEqual([true, true]);
  }, 30_000);
});
