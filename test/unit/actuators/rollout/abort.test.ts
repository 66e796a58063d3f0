import { describe, expect, it } from '@jest/globals';

import {
  actuator,
  aRollout,
  cap,
  givenBack,
  isAborted,
  looked,
  pausedOf,
  refused,
  sent,
  standing,
  step,
  withSpec,
  withStatus,
} from '../../../builders/rollout.ts';
import { inputFor, journalOf } from '../../../builders/http-route.ts';
import { holdsFor } from '../../../builders/json-patch.ts';

const beyond = (more: Parameters<typeof aRollout>[0] = {}) => aRollout({ step: 2, weight: 30, ...more });

describe('a cap an update is beyond', () => {
  it('is the record first, then the abort in the status, which lands only beside that record', () => {
    const first = step(beyond(), [cap(10)]);
    expect(first.actuation).toMatchObject({ kind: 'Patch', subresource: null, isPartial: true, moves: false });
    expect(journalOf(first.live)).toMatchObject({ changes: { abort: { revision: 'new', seen: false }, paused: null } });
    expect(isAborted(first.live)).toBe(false);
    const second = step(first.live, [cap(10)]);
    if (second.actuation.kind !== 'Patch') throw new Error('expected a patch');
    expect(second.actuation).toMatchObject({ subresource: 'status', isPartial: false, moves: true });
    expect(second.actuation.operations.filter(({ path }) => path.startsWith('/status'))).toEqual([
      { op: 'test', path: '/status/currentPodHash', value: 'new' },
      { op: 'test', path: '/status/stableRS', value: 'old' },
      { op: 'add', path: '/status/abort', value: true },
    ]);
    expect(holdsFor(first.live, second.actuation.operations)).toBe(true);
    const withoutRecord = { ...first.live, metadata: { ...(beyond().metadata as object) } };
    expect(holdsFor(withoutRecord, second.actuation.operations)).toBe(false);
  });

  it('is not sent once the engagement was released in between', () => {
    const recorded = step(beyond(), [cap(10)]).live;
    const { actuation } = step(recorded, [cap(10)]);
    if (actuation.kind !== 'Patch') throw new Error('expected a patch');
    expect(holdsFor(sent(recorded, step(recorded, []).actuation), actuation.operations)).toBe(false);
  });

  it('is found again after a crash between the two, from the object alone', () => {
    const recorded = step(beyond(), [cap(10)]).live;
    const reading = actuator.readJournal(recorded);
    if (reading.kind !== 'Engaged') throw new Error('expected an engagement');
    const stood = standing(recorded, reading.claims, { epoch: 2 });
    expect(isAborted(stood)).toBe(true);
  });

  it('is verified when the controller reports no weight any more', () => {
    const stood = standing(beyond(), [cap(0)]);
    const verify = (live: typeof stood) => actuator.verify(inputFor(live, [cap(0)])).kind;
    expect(verify(stood)).toBe('Waiting');
    expect(verify(withStatus(stood, { canary: { weights: { canary: { weight: 0 } } }, observedGeneration: '1' }))).toBe('Verified');
    const byPods = standing(beyond({ canary: { trafficRouting: null }, status: { updatedReplicas: 2 } }), [cap(0)]);
    expect(actuator.verify(inputFor(byPods, [cap(0)]))).toMatchObject({
      kind: 'Waiting',
      message: expect.stringContaining('2 of its pods'),
    });
    expect(verify(withStatus(byPods, { updatedReplicas: 0, canary: {} }))).toBe('Verified');
  });

  it('waits for the record to be shown before anything counts', () => {
    expect(actuator.verify(inputFor(beyond(), [cap(0)])).kind).toBe('Waiting');
    const recorded = step(beyond(), [cap(0)]).live;
    expect(actuator.verify(inputFor(recorded, [cap(0)])).kind).toBe('Waiting');
    const held = standing(aRollout(), [cap(10)]);
    expect(actuator.verify(inputFor(held, [cap(10)]))).toMatchObject({
      kind: 'Waiting',
      message: expect.stringContaining('has not looked'),
    });
    expect(actuator.verify(inputFor(withStatus(held, { observedGeneration: '2' }), [cap(10)])).kind).toBe('Verified');
  });

  it('of 0 aborts whatever the step', () => {
    expect(isAborted(standing(aRollout({ steps: [{ pause: {} }, { setWeight: 10 }], weight: 0 }), [cap(0)]))).toBe(true);
  });

  it('stays after a release: whether the update begins again is for people, and the record says so', () => {
    const stood = standing(beyond(), [cap(10)]);
    const { actuation, live } = step(stood, []);
    expect(actuation).toMatchObject({ after: 'update to new aborted, all requests to old' });
    expect(isAborted(givenBack(live))).toBe(true);
    expect(givenBack(live).spec).toEqual(beyond().spec);
  });

  it('takes a retry for an edit of somebody else, and aborts again', () => {
    const seen = standing(beyond(), [cap(5)]);
    expect(journalOf(seen)).toMatchObject({ changes: { abort: { revision: 'new', seen: true } } });
    const retried = withStatus(seen, { abort: false, currentStepIndex: 0 });
    const again = step(retried, [cap(5)]);
    expect(again.actuation).toMatchObject({ foreignEdit: true, isPartial: true });
    expect(isAborted(standing(again.live, [cap(5)]))).toBe(true);
  });

  it('lets a retry stand as far as the cap does: held at its first step', () => {
    const retried = withStatus(standing(beyond(), [cap(10)]), {
      abort: false,
      currentStepIndex: 0,
      canary: { weights: { canary: { weight: 0 } } },
    });
    const held = standing(retried, [cap(10)]);
    expect([isAborted(held), pausedOf(held)]).toEqual([false, true]);
    expect(journalOf(held)).toMatchObject({ changes: { abort: null } });
  });

  it('does not take an abort that never landed for a retry', () => {
    const recorded = step(beyond(), [cap(10)]).live;
    expect(step(recorded, [cap(10)]).actuation).toMatchObject({ foreignEdit: false, subresource: 'status' });
  });

  it('takes a promotion in full back with it: that undoes an abort at once', () => {
    const stood = standing(beyond({ status: { promoteFull: true } }), [cap(10)]);
    expect(stood.status).toMatchObject({ abort: true, promoteFull: false });
  });

  it('is a new update when the template changes: judged anew, no edit of what we hold', () => {
    const aborted = standing(beyond(), [cap(10)]);
    const next = withStatus(aborted, { abort: false, currentPodHash: 'newer', currentStepIndex: 0, canary: {} });
    const { actuation } = step(next, [cap(10)]);
    expect(actuation).toMatchObject({ kind: 'Patch', foreignEdit: false });
    expect(pausedOf(standing(next, [cap(10)]))).toBe(true);
  });
});

describe('an abort of an update somebody had paused', () => {
  it.each([
    ['pods are shared out', { trafficRouting: null }],
    ['stable pods are scaled as weights move', { dynamicStableScale: true }],
  ])('lifts the pause where %s, but only once it is aborted: a paused Rollout scales nothing', (_where, canary) => {
    const recorded = step(beyond({ spec: { paused: true }, canary }), [cap(0)]);
    expect(pausedOf(recorded.live)).toBe(true);
    const aborted = step(recorded.live, [cap(0)]);
    expect([isAborted(aborted.live), pausedOf(aborted.live)]).toEqual([true, true]);
    const stood = standing(aborted.live, [cap(0)]);
    expect(pausedOf(stood)).toBe(false);
    expect(pausedOf(givenBack(stood))).toBe(true);
  });

  it('leaves it where weights alone move the requests', () => {
    const stood = standing(beyond({ spec: { paused: true } }), [cap(0)]);
    expect([isAborted(stood), pausedOf(stood)]).toEqual([true, true]);
  });
});

describe('a cap on an update somebody aborted', () => {
  it('is there already: nothing is sent but the record', () => {
    const stood = standing(beyond({ status: { abort: true } }), [cap(10)]);
    expect(stood.spec).toEqual(beyond().spec);
    expect(journalOf(stood)).toMatchObject({ changes: { abort: null, paused: null } });
  });
});

describe('a cap on a Rollout is refused', () => {
  it.each([
    ['with one revision, promoted', 'AlreadyPromoted', { status: { stableRS: 'new' } }],
    ['before its first revision is promoted', 'NoSafeBackend', { status: { stableRS: '' } }],
    ['without the canary strategy', 'UnsupportedStrategy', { spec: { strategy: { blueGreen: { activeService: 'credit' } } } }],
    [
      'that another controller generates',
      'GeneratedTarget',
      { metadata: { ownerReferences: [{ kind: 'App', name: 'x', controller: true }] } },
    ],
  ])('%s', (_which, reason, options) => {
    expect(refused(aRollout(options), [cap(10)])).toBe(reason);
  });

  it('with the way out in words', () => {
    const { actuation } = step(aRollout({ status: { stableRS: 'new' } }), [cap(10)]);
    expect(actuation.rejected[0]?.message).toMatch(/promoted revision new.*route to another workload.*flag.*undo/);
  });

  it('and gives back what it held when it was still in progress', () => {
    const held = standing(aRollout(), [cap(10)]);
    expect(pausedOf(givenBack(withStatus(held, { stableRS: 'new' })))).toBeUndefined();
  });
});

describe('beside the stand-in for the Rollouts controller', () => {
  it('an update under a cap of 40 % goes no further than 30 %, however often its steps end', () => {
    let live = looked(aRollout({ status: { currentPodHash: 'x', stableRS: 'old', currentStepIndex: 0 } }));
    const shares: number[] = [];
    for (let round = 0; round < 12; round++) {
      live = looked(live, round % 2 === 1);
      // Engaged in the middle of its way.
      if (round >= 4) live = standing(live, [cap(40)]);
      shares.push(
        (live.status as { readonly canary: { readonly weights: { readonly canary: { readonly weight: number } } } }).canary.weights.canary
          .weight,
      );
    }
    expect(Math.max(...shares.slice(4))).toBe(30);
    expect(pausedOf(live)).toBe(true);
  });

  it('an aborted update goes back to no weight, and stays there when somebody unpauses it', () => {
    const stood = standing(looked(looked(aRollout(), true), true), [cap(0)]);
    const after = looked(withSpec(stood, { paused: false }), true);
    expect(after.status).toMatchObject({ abort: true, canary: { weights: { canary: { weight: 0 }, stable: { weight: 100 } } } });
  });
});
