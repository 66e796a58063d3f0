import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { expect, it } from '@jest/globals';

import { eventually } from '../../../testbed/eventually.ts';

/** Starts the story and answers its first line: the file it left, or why there is no network of our own here. */
async function startStory() {
  const outer = spawn(process.execPath, [join(import.meta.dirname, 'network-story.ts')], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = new Promise<number | null>((resolve) => outer.on('exit', resolve));
  const lines = createInterface({ input: outer.stdout })[Symbol.asyncIterator]();
  const { value = '' } = await lines.next();
  return { outer, exited, said: value };
}

// npm, `timeout` and editors send it to the process they started, and to no other.
it.each(['SIGINT', 'SIGTERM'] as const)('regression: passes %s on to the inner run, and leaves no file of it behind', async (signal) => {
  const { outer, exited, said } = await startStory();
  if (said.startsWith('no network')) {
    expect(await exited).toBe(0);
    return;
  }
  expect(existsSync(said)).toBe(true);
  outer.kill(signal);
  expect(await exited).toBe(7);
  expect(existsSync(said)).toBe(false);
});

it('ends the inner run when the outer one is killed', async () => {
  const { outer, exited, said } = await startStory();
  if (said.startsWith('no network')) {
    expect(await exited).toBe(0);
    return;
  }
  outer.kill('SIGKILL');
  await exited;
  // The inner run held the outer's standard output open until now.
  await eventually(() => Promise.resolve(outer.stdout.closed));
});
