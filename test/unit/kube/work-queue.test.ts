import { describe, expect, it } from '@jest/globals';
import { createWorkQueue } from '../../../src/kube/work-queue.ts';
import type { Priority, WorkOutcome, WorkQueueEvent } from '../../../src/kube/work-queue.ts';
import { createManualClock, settle } from '../../builders/manual-clock.ts';

interface Run {
  readonly key: string;
  readonly priority: Priority;
  finish(outcome?: WorkOutcome): Promise<void>;
  fail(error: Error): Promise<void>;
}

function setUp(options: { readonly workers?: number; readonly started?: boolean; readonly mayBegin?: () => boolean } = {}) {
  const clock = createManualClock();
  const runs: Run[] = [];
  const events: WorkQueueEvent[] = [];
  const queue = createWorkQueue({
    name: 'plans',
    workers: options.workers ?? 1,
    clock,
    random: () => 1,
    backoff: { baseMs: 100, maxMs: 1000 },
    observe: (event) => events.push(event),
    ...(options.mayBegin === undefined ? {} : { mayBegin: options.mayBegin }),
    handle: (key, priority) =>
      new Promise((resolve, reject) => {
        runs.push({
          key,
          priority,
          finish: (outcome = { kind: 'Done' }) => {
            resolve(outcome);
            return settle();
          },
          fail: (error) => {
            reject(error);
            return settle();
          },
        });
      }),
  });
  if (options.started !== false) queue.start();
  const last = (): Run => {
    const run = runs.at(-1);
    if (run === undefined) throw new Error('nothing ran');
    return run;
  };
  const ran = (): string[] => runs.map((run) => run.key);
  return { clock, queue, runs, events, last, ran };
}

async function finishAll(runs: readonly Run[]): Promise<void> {
  for (const run of runs) await run.finish();
}

describe('work queue', () => {
  it('runs a key once however often it was added while waiting', async () => {
    const { queue, ran, last } = setUp();
    queue.add('a', 'Status');
    queue.add('a', 'Status');
    await settle();
    await last().finish();
    expect(ran()).toEqual(['a']);
  });

  it('runs nothing before start', async () => {
    const { queue, ran } = setUp({ started: false });
    queue.add('a', 'Status');
    await settle();
    expect(ran()).toEqual([]);
    expect(queue.depth()).toBe(1);
    queue.start();
    await settle();
    expect(ran()).toEqual(['a']);
  });

  it('runs in the order of priorities, and of arrival within one', async () => {
    const { queue, runs, ran } = setUp();
    for (const [key, priority] of [
      ['resync', 'Resync'],
      ['status', 'Status'],
      ['release', 'Release'],
      ['reassert', 'Reassert'],
      ['engage-1', 'Engage'],
      ['engage-2', 'Engage'],
    ] as const) {
      queue.add(key, priority);
    }
    for (let done = 0; done < 6; done += 1) {
      await settle();
      await runs[done]?.finish();
    }
    expect(ran()).toEqual(['engage-1', 'engage-2', 'reassert', 'release', 'status', 'resync']);
  });

  it('moves a waiting key up, never down', async () => {
    const { queue, runs } = setUp();
    queue.add('first', 'Engage');
    await settle();
    queue.add('a', 'Resync');
    queue.add('b', 'Status');
    queue.add('a', 'Engage');
    queue.add('a', 'Resync');
    await runs[0]?.finish();
    expect(runs[1]).toMatchObject({ key: 'a', priority: 'Engage' });
    await runs[1]?.finish();
    expect(runs[2]).toMatchObject({ key: 'b' });
  });

  it('runs a key again, once, at the highest priority asked for while it ran', async () => {
    const { queue, runs, ran } = setUp({ workers: 4 });
    queue.add('a', 'Status');
    await settle();
    queue.add('a', 'Resync');
    queue.add('a', 'Engage');
    queue.add('a', 'Status');
    await settle();
    expect(ran()).toEqual(['a']);
    await runs[0]?.finish();
    expect(runs[1]).toMatchObject({ key: 'a', priority: 'Engage' });
    await runs[1]?.finish();
    expect(ran()).toEqual(['a', 'a']);
  });

  it('runs as many keys at once as there are workers', async () => {
    const { queue, runs, ran } = setUp({ workers: 2 });
    for (const key of ['a', 'b', 'c']) queue.add(key, 'Status');
    await settle();
    expect(ran()).toEqual(['a', 'b']);
    await runs[1]?.finish();
    expect(ran()).toEqual(['a', 'b', 'c']);
  });

  it('is busy with a priority while a key of it waits, runs, or was asked for again', async () => {
    const { queue, runs } = setUp();
    const busy = (): readonly boolean[] => [queue.isBusyWith('Engage'), queue.isBusyWith('Status')];
    expect(busy()).toEqual([false, false]);
    queue.add('a', 'Engage');
    expect(busy()).toEqual([true, false]);
    await settle();
    queue.add('a', 'Status');
    queue.add('b', 'Status');
    expect(busy()).toEqual([true, true]);
    await runs[0]?.finish();
    expect(busy()).toEqual([false, true]);
  });

  it('is not busy with a key that waits for its backoff', async () => {
    const { queue, last } = setUp();
    queue.add('a', 'Engage');
    await settle();
    await last().finish({ kind: 'Retry' });
    expect(queue.isBusyWith('Engage')).toBe(false);
  });

  describe('when it may not begin', () => {
    it('lets keys wait until it is resumed and may', async () => {
      let may = false;
      const { queue, ran } = setUp({ workers: 2, mayBegin: () => may });
      queue.add('a', 'Engage');
      queue.add('b', 'Status');
      queue.resume();
      await settle();
      expect(ran()).toEqual([]);
      may = true;
      queue.resume();
      await settle();
      expect(ran()).toEqual(['a', 'b']);
    });

    it('is still drained of what is ready', async () => {
      const { queue, ran, last } = setUp({ mayBegin: () => false });
      queue.add('a', 'Status');
      const drained = queue.drain();
      await settle();
      expect(ran()).toEqual(['a']);
      await last().finish();
      await drained;
    });
  });

  describe('delays', () => {
    it('holds a key back until it is due', async () => {
      const { clock, queue, ran } = setUp();
      queue.addAfter('a', 1000, 'Resync');
      await clock.advance(999);
      expect(ran()).toEqual([]);
      await clock.advance(1);
      expect(ran()).toEqual(['a']);
    });

    it('keeps the earliest of several wishes, at the highest of their priorities', async () => {
      const { clock, queue, runs } = setUp();
      queue.addAfter('a', 500, 'Resync');
      queue.addAfter('a', 1000, 'Engage');
      queue.addAfter('a', 2000, 'Status');
      await clock.advance(500);
      expect(runs).toMatchObject([{ key: 'a', priority: 'Engage' }]);
      await runs[0]?.finish();
      await clock.advance(5000);
      expect(runs).toHaveLength(1);
    });

    it('takes a delay of nothing for a plain add', async () => {
      const { queue, ran } = setUp();
      queue.addAfter('a', 0, 'Status');
      await settle();
      expect(ran()).toEqual(['a']);
    });

    it("keeps a caller's wish although the key ran before it was due", async () => {
      const { clock, queue, runs } = setUp();
      queue.addAfter('a', 1000, 'Status');
      queue.add('a', 'Status');
      await settle();
      await runs[0]?.finish();
      await clock.advance(1000);
      expect(runs).toHaveLength(2);
    });

    it('runs a key again after the time its handler named, unless it ran in between', async () => {
      const { clock, queue, runs } = setUp();
      queue.add('a', 'Engage');
      await settle();
      await runs[0]?.finish({ kind: 'Again', afterMs: 1000, priority: 'Resync' });
      await clock.advance(500);
      queue.add('a', 'Status');
      await settle();
      await runs[1]?.finish();
      await clock.advance(5000);
      expect(runs).toHaveLength(2);
      queue.add('a', 'Engage');
      await settle();
      await runs[2]?.finish({ kind: 'Again', afterMs: 1000, priority: 'Resync' });
      await clock.advance(1000);
      expect(runs[3]).toMatchObject({ key: 'a', priority: 'Resync' });
    });
  });

  describe('retries', () => {
    it('doubles the delay of one key up to the limit and starts anew after success', async () => {
      const { clock, queue, runs, events } = setUp();
      queue.add('a', 'Engage');
      await settle();
      for (const delayMs of [100, 200, 400, 800, 1000, 1000]) {
        await runs.at(-1)?.finish({ kind: 'Retry' });
        const before = runs.length;
        await clock.advance(delayMs - 1);
        expect(runs).toHaveLength(before);
        await clock.advance(1);
        expect(runs).toHaveLength(before + 1);
      }
      await runs.at(-1)?.finish();
      queue.add('a', 'Engage');
      await settle();
      await runs.at(-1)?.finish({ kind: 'Retry' });
      expect(events.filter((event) => event.kind === 'Retried').map((event) => event.delayMs)).toEqual([
        100, 200, 400, 800, 1000, 1000, 100,
      ]);
    });

    it('keeps the priority of the run that failed', async () => {
      const { clock, queue, runs } = setUp();
      queue.add('a', 'Release');
      await settle();
      await runs[0]?.finish({ kind: 'Retry' });
      await clock.advance(100);
      expect(runs[1]).toMatchObject({ priority: 'Release' });
    });

    it('waits at least as long as the server asked', async () => {
      const { clock, queue, runs } = setUp();
      queue.add('a', 'Engage');
      await settle();
      await runs[0]?.finish({ kind: 'Retry', afterMs: 5000 });
      await clock.advance(4999);
      expect(runs).toHaveLength(1);
      await clock.advance(1);
      expect(runs).toHaveLength(2);
    });

    it('is overtaken by a plain add, which is not followed by the retry', async () => {
      const { clock, queue, runs } = setUp();
      queue.add('a', 'Engage');
      await settle();
      await runs[0]?.finish({ kind: 'Retry' });
      queue.add('a', 'Engage');
      await settle();
      expect(runs).toHaveLength(2);
      await runs[1]?.finish();
      await clock.advance(5000);
      expect(runs).toHaveLength(2);
    });

    it('tells a handler that threw and retries its key; the worker goes on', async () => {
      const { clock, queue, runs, events } = setUp();
      queue.add('a', 'Engage');
      queue.add('b', 'Status');
      await settle();
      await runs[0]?.fail(new Error('bug'));
      expect(runs[1]).toMatchObject({ key: 'b' });
      await runs[1]?.finish();
      await clock.advance(100);
      expect(runs[2]).toMatchObject({ key: 'a' });
      expect(events.find((event) => event.kind === 'Threw')).toMatchObject({ key: 'a', error: new Error('bug') });
    });

    it('spreads delays over the upper half by the random that was passed in', () => {
      const clock = createManualClock();
      const queue = createWorkQueue({
        name: 'plans',
        workers: 1,
        clock,
        random: () => 0,
        backoff: { baseMs: 100, maxMs: 1000 },
        observe: () => undefined,
        handle: () => Promise.resolve({ kind: 'Done' }),
      });
      expect([queue.retry('a', 'Status'), queue.retry('a', 'Status'), queue.retry('b', 'Status')]).toEqual([50, 100, 50]);
      queue.forget('a');
      expect(queue.retry('a', 'Status')).toBe(50);
    });
  });

  describe('ending', () => {
    it('stop drops what waits and what is delayed, and resolves when running handlers have ended', async () => {
      const { clock, queue, runs } = setUp();
      queue.add('running', 'Engage');
      await settle();
      queue.add('running', 'Engage');
      queue.add('waiting', 'Engage');
      queue.addAfter('delayed', 100, 'Engage');
      let stopped = false;
      const stopping = queue.stop().then(() => {
        stopped = true;
      });
      queue.add('late', 'Engage');
      await clock.advance(1000);
      expect(stopped).toBe(false);
      await runs[0]?.finish({ kind: 'Retry' });
      await stopping;
      await clock.advance(100_000);
      expect(runs).toHaveLength(1);
      expect(clock.pending()).toBe(0);
    });

    it('stop of an idle queue, started or not, resolves at once', async () => {
      await setUp().queue.stop();
      await setUp({ started: false }).queue.stop();
    });

    it('drops ten thousand waiting keys without running one more', async () => {
      const { queue, runs } = setUp({ workers: 4 });
      for (let index = 0; index < 10_000; index += 1) queue.add(`key-${String(index)}`, 'Engage');
      await settle();
      const stopping = queue.stop();
      await finishAll(runs.slice());
      await stopping;
      expect(runs).toHaveLength(4);
    });

    it('drain runs what is ready, drops what is delayed and takes nothing more', async () => {
      const { clock, queue, runs, ran } = setUp();
      queue.add('a', 'Engage');
      await settle();
      queue.add('a', 'Engage');
      queue.add('b', 'Engage');
      queue.addAfter('delayed', 100, 'Engage');
      const draining = queue.drain();
      queue.add('late', 'Engage');
      for (let done = 0; done < 3; done += 1) {
        await runs[done]?.finish();
        await settle();
      }
      await draining;
      await clock.advance(1000);
      expect(ran()).toEqual(['a', 'b', 'a']);
    });
  });

  it('tells the facts behind the metrics: depth, latency, work', async () => {
    const { clock, queue, runs, events } = setUp();
    queue.add('a', 'Engage');
    queue.add('b', 'Status');
    queue.add('b', 'Status');
    await settle();
    await clock.advance(250);
    await runs[0]?.finish();
    await clock.advance(40);
    await runs[1]?.finish({ kind: 'Retry' });
    expect(events).toEqual([
      { queue: 'plans', kind: 'Added', key: 'a', priority: 'Engage', depth: 1 },
      { queue: 'plans', kind: 'Added', key: 'b', priority: 'Status', depth: 2 },
      { queue: 'plans', kind: 'Started', key: 'a', priority: 'Engage', depth: 1, latencyMs: 0 },
      { queue: 'plans', kind: 'Finished', key: 'a', durationMs: 250, outcome: 'Done' },
      { queue: 'plans', kind: 'Started', key: 'b', priority: 'Status', depth: 0, latencyMs: 250 },
      { queue: 'plans', kind: 'Finished', key: 'b', durationMs: 40, outcome: 'Retry' },
      { queue: 'plans', kind: 'Retried', key: 'b', failures: 1, delayMs: 100 },
    ]);
  });
});
