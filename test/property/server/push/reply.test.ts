import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createMemo } from '../../../../src/server/push/memo.ts';
import { createRateLimit } from '../../../../src/server/push/rate-limit.ts';
import { replyOf, type ItemResult } from '../../../../src/server/push/reply.ts';
import type { Clock } from '../../../../src/shared/clock.ts';

const results = { 200: 'Kept', 403: 'Forbidden', 409: 'Older', 422: 'Invalid', 429: 'Full', 503: 'Full', 507: 'Full' } as const;
const item: fc.Arbitrary<ItemResult> = fc
  .record({ status: fc.constantFrom(...([200, 403, 409, 422, 429, 503, 507] as const)), message: fc.string({ maxLength: 5 }) })
  .map(({ status, message }) => ({ status, message, result: results[status] }));

/** What may go better if it is sent again, as HTTP has it. */
const mayPass = (status: number): boolean => status === 429 || status >= 500;

describe('the answer to many items', () => {
  it('is good only if each of them is, and is the status of one of them', () => {
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 8 }), (items) => {
        const { status, body } = replyOf(items);
        expect(status === 200).toBe(items.every((each) => each.status === 200));
        expect(items.map((each) => each.status)).toContain(status);
        expect(body).toEqual({ results: items.map((each, index) => ({ index, status: each.status, message: each.message })) });
      }),
    );
  });

  it('does not depend on their order', () => {
    fc.assert(
      fc.property(fc.array(item, { maxLength: 8 }), (items) => {
        expect(replyOf(items.toReversed()).status).toBe(replyOf(items).status);
      }),
    );
  });

  it('asks to be sent again wherever that may mend one of them', () => {
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 8 }), (items) => {
        expect(mayPass(replyOf(items).status)).toBe(items.some((each) => mayPass(each.status)));
      }),
    );
  });

  it('to none is good', () => {
    expect(replyOf([])).toEqual({ status: 200, body: { results: [] } });
  });
});

type MemoStep =
  | { readonly kind: 'Set'; readonly key: string; readonly value: number; readonly holdsMs: number }
  | { readonly kind: 'Get'; readonly key: string }
  | { readonly kind: 'Wait'; readonly byMs: number };

const key = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const memoStep: fc.Arbitrary<MemoStep> = fc.oneof(
  fc.record({ kind: fc.constant('Set' as const), key, value: fc.nat(9), holdsMs: fc.nat(40) }),
  fc.record({ kind: fc.constant('Get' as const), key }),
  fc.record({ kind: fc.constant('Wait' as const), byMs: fc.nat(4) }),
);

/** A clock nobody waits on. */
function handClock(): Clock & { wait(byMs: number): void } {
  let nowMs = 1000;
  return {
    nowMs: () => nowMs,
    after: () => () => undefined,
    wait: (byMs) => {
      nowMs += byMs;
    },
  };
}

describe('a memory of answers', () => {
  it('never answers with what was not the last word, or held no longer, and forgets the oldest beyond its capacity alone', () => {
    let answered = 0;
    fc.assert(
      fc.property(fc.array(memoStep, { minLength: 40, maxLength: 80 }), fc.integer({ min: 1, max: 4 }), (steps, capacity) => {
        const clock = handClock();
        const memo = createMemo<number>(clock, capacity);
        const said = new Map<string, { readonly value: number; readonly untilMs: number; readonly order: number }>();
        for (const [order, step] of steps.entries()) {
          if (step.kind === 'Wait') clock.wait(step.byMs);
          if (step.kind === 'Set') {
            memo.set(step.key, step.value, step.holdsMs);
            said.set(step.key, { value: step.value, untilMs: clock.nowMs() + step.holdsMs, order });
            // It was set a moment ago: it is not the oldest.
            expect(memo.get(step.key)).toBe(step.holdsMs > 0 ? step.value : undefined);
            expect(['a', 'b', 'c', 'd', 'e'].filter((each) => memo.get(each) !== undefined).length).toBeLessThanOrEqual(capacity);
          }
          if (step.kind !== 'Get') continue;
          const found = memo.get(step.key);
          const known = said.get(step.key);
          if (found === undefined) {
            if (known === undefined || known.untilMs <= clock.nowMs()) continue;
            expect([...said.values()].filter((other) => other.order > known.order).length).toBeGreaterThanOrEqual(capacity);
          } else {
            answered += 1;
            expect(known?.value).toBe(found);
            expect(known?.untilMs).toBeGreaterThan(clock.nowMs());
          }
        }
      }),
    );
    expect(answered).toBeGreaterThan(30);
  });
});

describe('a rate limit', () => {
  it('lets nobody pass more often, in any stretch of time, than the burst and what the stretch brings', () => {
    let refused = 0;
    fc.assert(
      fc.property(
        fc.array(fc.nat(400), { minLength: 30, maxLength: 60 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 5 }),
        (waits, perSecond, burst) => {
          const clock = handClock();
          const limit = createRateLimit(clock, { perSecond, burst });
          const passed: number[] = [];
          for (const byMs of waits) {
            clock.wait(byMs);
            if (limit.take('a')) passed.push(clock.nowMs());
            else refused += 1;
          }
          for (const [index, from] of passed.entries())
            for (const [later, to] of passed.entries())
              if (later >= index) expect(later - index + 1).toBeLessThanOrEqual(burst + ((to - from) / 1000) * perSecond + 1e-9);
        },
      ),
    );
    expect(refused).toBeGreaterThan(100);
  });

  it('refuses nobody who keeps to it, whatever others do', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50), { maxLength: 40 }), fc.integer({ min: 1, max: 10 }), (floods, perSecond) => {
        const clock = handClock();
        const limit = createRateLimit(clock, { perSecond, burst: 1 });
        for (const flood of floods) {
          for (let times = 0; times < flood; times += 1) limit.take('loud');
          expect(limit.take('quiet')).toBe(true);
          clock.wait(Math.ceil(1000 / perSecond));
        }
      }),
    );
  });
});
