import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createWorkQueue, priorities } from '../../../src/kube/work-queue.ts';
import type { Priority, WorkOutcome } from '../../../src/kube/work-queue.ts';
import { createManualClock, settle } from '../../builders/manual-clock.ts';

type Step =
  | { readonly kind: 'Add'; readonly key: string; readonly priority: Priority }
  | { readonly kind: 'AddAfter'; readonly key: string; readonly priority: Priority; readonly delayMs: number }
  | { readonly kind: 'Finish'; readonly choice: number; readonly outcome: WorkOutcome | 'Throw' }
  | { readonly kind: 'Advance'; readonly byMs: number };

const key = fc.constantFrom('a', 'b', 'c', 'd');
const priority = fc.constantFrom(...priorities);
const delayMs = fc.integer({ min: 0, max: 3000 });
const outcome: fc.Arbitrary<WorkOutcome | 'Throw'> = fc.oneof(
  fc.constant<WorkOutcome>({ kind: 'Done' }),
  fc.constant<WorkOutcome>({ kind: 'Retry' }),
  fc.constant('Throw' as const),
  fc.record({ kind: fc.constant('Again' as const), afterMs: delayMs, priority }),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('Add' as const), key, priority }),
  fc.record({ kind: fc.constant('AddAfter' as const), key, priority, delayMs }),
  fc.record({ kind: fc.constant('Finish' as const), choice: fc.nat(10), outcome }),
  fc.record({ kind: fc.constant('Advance' as const), byMs: delayMs }),
);

interface Running {
  readonly key: string;
  readonly resolve: (outcome: WorkOutcome) => void;
  readonly reject: (error: Error) => void;
}

/** What every run must respect, and what each key is still owed: a run after an add, a failure, or the earliest wish's time. */
function createWorld(workers: number) {
  const clock = createManualClock();
  const running: Running[] = [];
  const wishes = new Map<string, number>();
  const owed = new Set<string>();
  const violations: string[] = [];
  let runs = 0;
  const queue = createWorkQueue({
    name: 'q',
    workers,
    clock,
    random: () => 0.5,
    backoff: { baseMs: 100, maxMs: 2000 },
    observe: (event) => {
      if (event.kind === 'Retried') owed.add(event.key);
      if (event.kind !== 'Started') return;
      // Any run makes good an add and a failure, but not a wish that is due later.
      owed.delete(event.key);
      if ((wishes.get(event.key) ?? Infinity) <= clock.nowMs()) wishes.delete(event.key);
    },
    handle: (started) => {
      runs += 1;
      if (running.some((run) => run.key === started)) violations.push(`${started} runs twice at once`);
      if (running.length >= workers) violations.push('more runs than workers');
      return new Promise((resolve, reject) => running.push({ key: started, resolve, reject }));
    },
  });
  const wish = (of: string, inMs: number): void => {
    wishes.set(of, Math.min(wishes.get(of) ?? Infinity, clock.nowMs() + inMs));
  };
  return { clock, running, owed, wishes, wish, violations, queue, runs: () => runs };
}

type World = ReturnType<typeof createWorld>;

async function act(world: World, next: Step): Promise<void> {
  switch (next.kind) {
    case 'Add':
      world.owed.add(next.key);
      world.queue.add(next.key, next.priority);
      break;
    case 'AddAfter':
      if (next.delayMs === 0) world.owed.add(next.key);
      else world.wish(next.key, next.delayMs);
      world.queue.addAfter(next.key, next.delayMs, next.priority);
      break;
    case 'Finish':
      finish(world, next.choice, next.outcome);
      break;
    case 'Advance':
      await world.clock.advance(next.byMs);
      break;
  }
  await settle();
}

function finish(world: World, choice: number, with_: WorkOutcome | 'Throw'): void {
  const [run] = world.running.splice(choice % Math.max(world.running.length, 1), 1);
  if (run === undefined) return;
  if (with_ === 'Throw') run.reject(new Error('bug'));
  else run.resolve(with_);
}

async function comeToRest(world: World): Promise<void> {
  for (let round = 0; round < 500 && (world.running.length > 0 || world.clock.pending() > 0); round += 1) {
    while (world.running.length > 0) {
      finish(world, 0, { kind: 'Done' });
      await settle();
    }
    await world.clock.advance(5000);
  }
}

describe('work queue, any sequence of adds, delays, outcomes and time', () => {
  it('never runs a key twice at once nor more keys than workers, and loses no key', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 3 }), fc.array(step, { maxLength: 40 }), async (workers, steps) => {
        const world = createWorld(workers);
        world.queue.start();
        for (const next of steps) await act(world, next);
        await comeToRest(world);
        expect(world.violations).toEqual([]);
        expect([...world.owed, ...world.wishes.keys()]).toEqual([]);
        expect(world.queue.depth()).toBe(0);
        expect(world.clock.pending()).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it('is silent after stop, whatever went before', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.array(step, { maxLength: 15 }), async (before, after) => {
        const world = createWorld(2);
        world.queue.start();
        for (const next of before) await act(world, next);
        const runs = world.runs();
        const stopping = world.queue.stop();
        for (const next of after) await act(world, next);
        while (world.running.length > 0) finish(world, 0, { kind: 'Retry' });
        await stopping;
        await world.clock.advance(100_000);
        expect(world.runs()).toBe(runs);
        expect(world.clock.pending()).toBe(0);
      }),
      { numRuns: 150 },
    );
  });
});
