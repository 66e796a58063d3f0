import { describe, it } from '@jest/globals';
import fc from 'fast-check';

import type { TargetObject } from '../../../src/actuators/port.ts';
import {
  aRollout,
  cap,
  givenBack,
  isAborted,
  looked,
  pausedOf,
  sent,
  standing,
  step,
  withSpec,
  withStatus,
} from '../../builders/rollout.ts';

const steps = fc.array(
  fc.oneof(
    fc.integer({ min: 0, max: 100 }).map((setWeight) => ({ setWeight })),
    fc.constant({ pause: {} }),
    fc.constant({ analysis: {} }),
    fc.constant({ setHeaderRoute: { name: 'beta' } }),
  ),
  { minLength: 1, maxLength: 6 },
);

/** What happens beside us: a step's wait is over, or people act on the Rollout. */
const event = fc.constantFrom('Look', 'Finish', 'Resume', 'Retry', 'Pause', 'NewTemplate', 'PromoteFull');
type Event = ReturnType<typeof event.generate>['value'];

function happens(live: TargetObject, what: Event): TargetObject {
  switch (what) {
    case 'Look':
      return looked(live);
    case 'Finish':
      return looked(live, true);
    case 'Resume':
      return withSpec(live, { paused: false });
    case 'Pause':
      return withSpec(live, { paused: true });
    case 'Retry':
      return withStatus(live, { abort: false });
    case 'NewTemplate':
      return looked(withSpec(live, { template: { spec: { containers: [{ image: `credit:${JSON.stringify(live.status).length}` }] } } }));
    case 'PromoteFull':
      return withStatus(live, { promoteFull: true });
  }
}

function weightOf({ status }: TargetObject): number {
  return (status as { readonly canary: { readonly weights: { readonly canary: { readonly weight: number } } } }).canary.weights.canary
    .weight;
}

function isInProgress({ status }: TargetObject): boolean {
  const { currentPodHash, stableRS } = status as { readonly currentPodHash: string; readonly stableRS: string };
  return currentPodHash !== stableRS;
}

const begun = (of: readonly { readonly [key: string]: object | number }[]): TargetObject =>
  looked(aRollout({ steps: of as never, status: { currentPodHash: 'x', currentStepIndex: 0, canary: {} } }));

describe('a cap on an update, whatever happens beside it', () => {
  it('is never exceeded by what the update gives once the last of our patches has arrived', () => {
    fc.assert(
      fc.property(steps, fc.array(event, { maxLength: 12 }), fc.integer({ min: 0, max: 99 }), (of, events, percent) => {
        let live = begun(of);
        for (const each of events) {
          live = happens(live, each);
          const claims = [cap(percent)];
          if (!isInProgress(live)) continue;
          live = standing(live, claims);
          // The controller looks, and would go on if it may.
          const next = looked(live, true);
          if (isInProgress(next) && weightOf(next) > percent) throw new Error(`${String(weightOf(next))} % after ${each}`);
          if (!isAborted(live) && pausedOf(live) !== true) throw new Error('neither held nor aborted');
        }
      }),
    );
  });

  it('gives spec back to the byte of what people last wrote, at whatever moment it is released', () => {
    fc.assert(
      fc.property(steps, fc.array(event, { maxLength: 8 }), fc.integer({ min: 0, max: 99 }), fc.nat(2), (of, events, percent, cut) => {
        let live = begun(of);
        let wanted = live;
        for (const each of events) {
          const before = pausedOf(live);
          live = happens(live, each);
          // What stands as we left it is no word of theirs; whoever writes the very same value isn't heard either.
          if (each === 'Resume' || (each === 'Pause' && before !== true)) wanted = withSpec(wanted, { paused: pausedOf(live) ?? null });
          if (each === 'NewTemplate')
            wanted = withSpec(wanted, { template: (live.spec as { readonly template: object }).template as never });
          // Only some of our patches may have arrived when the next thing happens.
          for (let sends = 0; sends < cut; sends++) live = sent(live, step(live, [cap(percent)]).actuation);
        }
        const back = givenBack(live);
        const expected = JSON.stringify({ ...(wanted.spec as object) });
        if (JSON.stringify(sorted(back.spec)) !== JSON.stringify(sorted(JSON.parse(expected) as object)))
          throw new Error(`${JSON.stringify(back.spec)} instead of ${expected}`);
      }),
    );
  });

  it('is the same whatever order two plans come in', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 0, max: 99 }), fc.integer({ min: 0, max: 99 }), (of, first, second) => {
        const [a, b] = [cap(first), cap(second, { plan: 'second', planUID: 'second-uid', planCreatedAtMs: 5 })];
        const [one, other] = [standing(begun(of), [a, b]), standing(begun(of), [b, a])];
        if (JSON.stringify(one) !== JSON.stringify(other)) throw new Error('order matters');
      }),
    );
  });
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, sorted(each)]),
  );
}
