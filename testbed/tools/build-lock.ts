import { readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

export interface BuildLockOptions {
  readonly pollMs?: number;
  /** Called once, when another live process holds the lock. */
  readonly onWait?: (ownerPid: number) => void;
}

/** Whether a process of this machine with that id is alive; one we may not signal is. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Runs `work` while holding the lock file, so that two runs never build the same thing at once. Waits for a live owner;
 * the lock of a dead one is taken over. The lock is removed when `work` ends, however it ends.
 */
export async function withBuildLock<Value>(file: string, work: () => Promise<Value>, options: BuildLockOptions = {}): Promise<Value> {
  let told = false;
  while (!(await claim(file))) {
    const owner = await ownerOf(file);
    if (owner !== null && !isAlive(owner)) {
      await removeStale(file, owner);
      continue;
    }
    if (owner !== null && !told) {
      told = true;
      options.onWait?.(owner);
    }
    await delay(options.pollMs ?? 500);
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function claim(file: string): Promise<boolean> {
  try {
    await writeFile(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Null when there is no lock any more, or its owner has not written its id yet. */
async function ownerOf(file: string): Promise<number | null> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const pid = Number.parseInt(text, 10);
  return Number.isNaN(pid) ? null : pid;
}

/** Two waiters may see the same dead owner: the guard lets one of them act, and it looks again before it does. */
async function removeStale(file: string, deadOwner: number): Promise<void> {
  const guard = `${file}.takeover`;
  if (!(await claim(guard))) {
    const guardOwner = await ownerOf(guard);
    if (guardOwner !== null && !isAlive(guardOwner)) await rm(guard, { force: true });
    return;
  }
  try {
    if ((await ownerOf(file)) === deadOwner) await rm(file, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}
