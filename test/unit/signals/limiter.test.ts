import { describe, expect, it } from '@jest/globals';
import { createLimiter } from '../../../src/signals/limiter.ts';
import type { Limiter, LimiterOptions } from '../../../src/signals/limiter.ts';
import { settle } from '../../builders/manual-clock.ts';

const never = new AbortController().signal;
const shared = { owner: null, abort: never };
const owned = (owner: string) => ({ owner, abort: never });

function limiterOf(maxConcurrent: number, changes: Partial<LimiterOptions> = {}): Limiter {
  return createLimiter({ maxConcurrent, reservedForShared: 0, maxPerOwner: maxConcurrent, ...changes });
}

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
    end: async (ending: 'Resolve' | 'Reject' = 'Resolve') => {
      end(ending);
      await settle();
    },
  };
}

describe('createLimiter', () => {
  it('starts no more tasks than allowed, the others in order of arrival', async () => {
    const limiter = limiterOf(2);
    const started: string[] = [];
    const held = ['a', 'b', 'c', 'd'].map((name) => heldTask(started, name));
    const ends = held.map(({ task }) => limiter.run(shared, task));
    await settle();
    expect(started).toEqual(['a', 'b']);
    await held[1]?.end();
    expect(started).toEqual(['a', 'b', 'c']);
    await held[0]?.end();
    for (const { end } of held) await end();
    expect(await Promise.all(ends)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('gives the place on when a task fails, and passes the failure on', async () => {
    const limiter = limiterOf(1);
    const started: string[] = [];
    const [bad, good] = [heldTask(started, 'bad'), heldTask(started, 'good')];
    const ends = [limiter.run(shared, bad.task), limiter.run(shared, good.task)];
    await Promise.all([expect(ends[0]).rejects.toThrow('bad'), bad.end('Reject')]);
    await good.end();
    expect(await ends[1]).toBe('good');
  });

  it('keeps the limit when a newcomer arrives in the turn a place is handed on', async () => {
    const limiter = limiterOf(1);
    const started: string[] = [];
    const [first, second, third] = [heldTask(started, 'first'), heldTask(started, 'second'), heldTask(started, 'third')];
    const newcomer = limiter.run(shared, first.task).then(() => limiter.run(shared, third.task));
    const waiting = limiter.run(shared, second.task);
    await first.end();
    expect(started).toEqual(['first', 'second']);
    await second.end();
    await third.end();
    expect(await Promise.all([waiting, newcomer])).toEqual(['second', 'third']);
  });

  it('regression: an owner with many slow tasks holds up no other owner: they take turns', async () => {
    const limiter = limiterOf(1);
    const started: string[] = [];
    const tasks = ['a1', 'a2', 'a3', 'b1', 'c1'].map((name) => heldTask(started, name));
    for (const [index, { task }] of tasks.entries()) void limiter.run(owned(['a', 'a', 'a', 'b', 'c'][index] ?? ''), task);
    for (const [index] of tasks.entries()) {
      const running = tasks[['a1', 'a2', 'a3', 'b1', 'c1'].indexOf(started[index] ?? '')];
      await running?.end();
    }
    expect(started).toEqual(['a1', 'a2', 'b1', 'c1', 'a3']);
  });

  it('regression: owners never take the places kept for shared tasks, and none takes more than its own', async () => {
    const limiter = limiterOf(4, { reservedForShared: 1, maxPerOwner: 2 });
    const started: string[] = [];
    for (const name of ['a1', 'a2', 'a3', 'b1', 'b2', 'c1']) void limiter.run(owned(name.charAt(0)), heldTask(started, name).task);
    await settle();
    expect(started).toEqual(['a1', 'a2', 'b1']);
    void limiter.run(shared, heldTask(started, 'shared').task);
    await settle();
    expect(started).toEqual(['a1', 'a2', 'b1', 'shared']);
  });

  it('starts a shared task before any owned one that waited longer', async () => {
    const limiter = limiterOf(1);
    const started: string[] = [];
    const first = heldTask(started, 'first');
    void limiter.run(owned('a'), first.task);
    void limiter.run(owned('a'), heldTask(started, 'second').task);
    void limiter.run(shared, heldTask(started, 'shared').task);
    await first.end();
    expect(started).toEqual(['first', 'shared']);
  });

  it('lets a task go that was stopped while it waited, and never runs it', async () => {
    const limiter = limiterOf(1);
    const started: string[] = [];
    const [first, last] = [heldTask(started, 'first'), heldTask(started, 'last')];
    const abort = new AbortController();
    void limiter.run(owned('a'), first.task);
    const waiting = limiter.run({ owner: 'a', abort: abort.signal }, heldTask(started, 'stopped').task);
    void limiter.run(owned('a'), last.task);
    await Promise.all([
      expect(waiting).rejects.toThrow('stopped before there was a place'),
      settle().then(() => {
        abort.abort();
      }),
    ]);
    await first.end();
    expect(started).toEqual(['first', 'last']);
  });
});
