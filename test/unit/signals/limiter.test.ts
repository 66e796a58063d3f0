import { describe, expect, it } from '@jest/globals';
import { createLimiter } from '../../../src/signals/limiter.ts';
import { settle } from '../../builders/manual-clock.ts';

/** A task that ends when it is told to. */
function heldTask(started: string[], name: string) {
  let end: (ending: 'Resolve' | 'Reject') => void = () => undefined;
  const task = (): Promise<string> => {
    started.push(name);
    return new Promise((resolve, reject) => {
      end = (ending) => {
        if (ending === 'Resolve') resolve(name);
        else reject(new Error(name));
      };
    });
  };
  return {
    task,
    end: (ending: 'Resolve' | 'Reject' = 'Resolve') => {
      end(ending);
    },
  };
}

describe('createLimiter', () => {
  it('starts no more tasks than allowed, the others in order of arrival', async () => {
    const limiter = createLimiter(2);
    const started: string[] = [];
    const held = ['a', 'b', 'c', 'd'].map((name) => heldTask(started, name));
    const ends = held.map(({ task }) => limiter.run(task));
    await settle();
    expect(started).toEqual(['a', 'b']);
    held[1]?.end();
    await settle();
    expect(started).toEqual(['a', 'b', 'c']);
    held[0]?.end();
    await settle();
    for (const { end } of held) end();
    expect(await Promise.all(ends)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('gives the place on when a task fails, and passes the failure on', async () => {
    const limiter = createLimiter(1);
    const started: string[] = [];
    const [bad, good] = [heldTask(started, 'bad'), heldTask(started, 'good')];
    const ends = [limiter.run(bad.task), limiter.run(good.task)];
    await settle();
    bad.end('Reject');
    await expect(ends[0]).rejects.toThrow('bad');
    await settle();
    good.end();
    expect(await ends[1]).toBe('good');
  });

  it('keeps the limit when a newcomer arrives in the turn a place is handed on', async () => {
    const limiter = createLimiter(1);
    const started: string[] = [];
    const [first, second, third] = [heldTask(started, 'first'), heldTask(started, 'second'), heldTask(started, 'third')];
    const newcomer = limiter.run(first.task).then(() => limiter.run(third.task));
    const waiting = limiter.run(second.task);
    await settle();
    first.end();
    await settle();
    expect(started).toEqual(['first', 'second']);
    second.end();
    await settle();
    third.end();
    expect(await Promise.all([waiting, newcomer])).toEqual(['second', 'third']);
  });
});
