import { describe, expect, it } from '@jest/globals';

import { createWorkQueue } from '../../../src/kube/work-queue.ts';
import type { Priority, WorkOutcome, WorkQueueEvent } from '../../../src/kube/work-queue.ts';
import { createManualClock, settle } from '../../builders/manual-clock.ts';

/** A queue of one worker whose handlers end when the test says so, and how. */
function setUp() {
  const clock = createManualClock();
  const ran: string[] = [];
  const events: WorkQueueEvent[] = [];
  const ends: ((outcome: WorkOutcome) => void)[] = [];
  const queue = createWorkQueue({
    ...{ name: 'plans', workers: 1, clock, random: () => 1, backoff: { baseMs: 100, maxMs: 1000 } },
    observe: (event) => events.push(event),
    handle: (key, priority) => {
      ran.push(`${key} ${priority}`);
      return new Promise((resolve) => {
        ends.push(resolve);
      });
    },
  });
  const end = async (outcome: WorkOutcome = { kind: 'Done' }) => {
    ends.shift()?.(outcome);
    await settle();
  };
  const told = (kind: WorkQueueEvent['kind']) => events.filter((event) => event.kind === kind);
  return { clock, queue, ran, end, told };
}

/** Whether the promise is fulfilled by now. */
function watched(promise: Promise<void>): () => boolean {
  let over = false;
  void promise.then(() => {
    over = true;
  });
  return () => over;
}

async function withDelayed(): Promise<ReturnType<typeof setUp>> {
  const made = setUp();
  made.queue.start();
  made.queue.addAfter('wished', 5000, 'Status');
  made.queue.retry('failed', 'Engage');
  await settle();
  expect(made.clock.pending()).toBe(2);
  return made;
}

describe('a queue that was stopped', () => {
  it('leaves no timer behind', async () => {
    const { clock, queue } = await withDelayed();
    await queue.stop();
    expect(clock.pending()).toBe(0);
  });

  it('is not opened again by a start that comes late, nor by anything added', async () => {
    const { clock, queue, ran } = setUp();
    await queue.stop();
    queue.start();
    queue.add('a', 'Engage');
    queue.addAfter('b', 10, 'Engage');
    queue.addAfter('c', 0, 'Engage');
    queue.retry('d', 'Engage');
    await clock.advance(10_000);
    expect([ran, queue.depth(), clock.pending()]).toEqual([[], 0, 0]);
  });

  it('stays stopped where it is told to drain afterwards', async () => {
    const { queue, ran, end } = setUp();
    queue.start();
    queue.add('running', 'Status');
    queue.add('waiting', 'Status');
    await settle();
    const stopped = watched(queue.stop());
    const drained = watched(queue.drain());
    queue.add('late', 'Engage');
    expect([stopped(), drained()]).toEqual([false, false]);
    await end();
    expect([ran, stopped(), drained()]).toEqual([['running Status'], true, true]);
  });

  it('does not look again at what was added while its last handler ran', async () => {
    const { queue, ran, end } = setUp();
    queue.start();
    queue.add('a', 'Status');
    await settle();
    queue.add('a', 'Engage');
    const stopped = watched(queue.stop());
    await end();
    expect([ran, stopped()]).toEqual([['a Status'], true]);
  });
});

describe('a queue that is drained', () => {
  it('leaves no timer behind, and makes none for what fails or wants to be looked at again', async () => {
    const { clock, queue, end, told } = await withDelayed();
    queue.add('fails', 'Engage');
    queue.add('again', 'Engage');
    await settle();
    const drained = watched(queue.drain());
    expect(clock.pending()).toBe(0);
    await end({ kind: 'Retry' });
    await end({ kind: 'Again', afterMs: 10, priority: 'Status' });
    expect([clock.pending(), drained()]).toEqual([0, true]);
    expect(told('Retried').map((event) => ('key' in event ? event.key : ''))).toEqual(['failed']);
  });

  it('runs once more what was added while it ran', async () => {
    const { queue, ran, end } = setUp();
    queue.start();
    queue.add('a', 'Status');
    await settle();
    queue.add('a', 'Engage');
    const drained = watched(queue.drain());
    await end();
    expect([ran, drained()]).toEqual([['a Status', 'a Engage'], false]);
    await end();
    expect(drained()).toBe(true);
  });

  it('runs what waited for its start, and tells everybody who waits for the end', async () => {
    const { queue, ran, end } = setUp();
    queue.add('a', 'Status');
    const both = [watched(queue.drain()), watched(queue.drain())];
    await settle();
    expect(ran).toEqual(['a Status']);
    await end();
    expect(both.map((over) => over())).toEqual([true, true]);
  });

  it('is over at once where nothing waits', async () => {
    const { queue } = setUp();
    queue.start();
    const drained = watched(queue.drain());
    await settle();
    expect(drained()).toBe(true);
  });
});

describe('a waiting key that is added at a higher priority', () => {
  it('waits once, in its new place alone, and runs once', async () => {
    const { queue, ran, end, told } = setUp();
    queue.start();
    queue.add('first', 'Engage');
    await settle();
    for (const priority of ['Resync', 'Release', 'Engage', 'Status'] as const satisfies readonly Priority[]) queue.add('moved', priority);
    queue.add('other', 'Release');
    expect(queue.depth()).toBe(2);
    expect(told('Added').map((event) => ('depth' in event ? event.depth : 0))).toEqual([1, 1, 2]);
    expect([queue.isBusyWith('Resync'), queue.isBusyWith('Release')]).toEqual([false, true]);
    for (let runs = 0; runs < 4; runs++) await end();
    expect(ran).toEqual(['first Engage', 'moved Engage', 'other Release']);
  });
});

describe('what is told of a run', () => {
  it('is what its handler made of it, after as long as it took', async () => {
    const { clock, queue, end, told } = setUp();
    queue.start();
    const outcomes = [
      { kind: 'Done' },
      { kind: 'Again', afterMs: 1e6, priority: 'Status' },
      { kind: 'Retry' },
    ] as const satisfies readonly WorkOutcome[];
    for (const [index, outcome] of outcomes.entries()) {
      queue.add(`key-${String(index)}`, 'Status');
      await clock.advance(10 * (index + 1));
      await end(outcome);
    }
    expect(told('Finished')).toEqual([
      { queue: 'plans', kind: 'Finished', key: 'key-0', durationMs: 10, outcome: 'Done' },
      { queue: 'plans', kind: 'Finished', key: 'key-1', durationMs: 20, outcome: 'Again' },
      { queue: 'plans', kind: 'Finished', key: 'key-2', durationMs: 30, outcome: 'Retry' },
    ]);
  });
});
