import { describe, expect, it } from '@jest/globals';

import { aRollout, cap, givenBack, isAborted, ladder, pausedOf, standing, step, withSpec, withStatus } from '../../../builders/rollout.ts';
import { journalOf } from '../../../builders/http-route.ts';
import { holdsFor } from '../../../builders/json-patch.ts';

describe('a cap an update is within', () => {
  it('is one patch: tests of the step it was computed for, the pause, journal and epoch', () => {
    const { actuation } = step(aRollout(), [cap(10)]);
    if (actuation.kind !== 'Patch') throw new Error('expected a patch');
    expect(actuation).toMatchObject({ subresource: null, isPartial: false, moves: true });
    expect(actuation.operations.filter(({ path }) => !path.startsWith('/metadata'))).toEqual([
      { op: 'test', path: '/spec/paused', value: null },
      { op: 'test', path: '/status/currentPodHash', value: 'new' },
      { op: 'test', path: '/status/currentStepIndex', value: 0 },
      { op: 'test', path: '/status/abort', value: null },
      { op: 'add', path: '/spec/paused', value: true },
    ]);
    expect(holdsFor(aRollout(), actuation.operations)).toBe(true);
    expect(holdsFor(aRollout({ step: 1 }), actuation.operations)).toBe(false);
  });

  it('says what it does', () => {
    const { actuation } = step(aRollout({ step: 1 }), [cap(10)]);
    expect(actuation).toMatchObject({
      before: 'new at most 10 % at step 2 of 4, going on',
      after: 'new at most 10 % at step 2 of 4, paused',
      intent: 'new at most 10 % at step 2 of 4, going on',
    });
  });

  it.each([
    ['absent', {}],
    ['false', { paused: false }],
    ['true', { paused: true }],
  ])('gives the pause back to the byte where it was %s', (_was, spec) => {
    const live = aRollout({ spec });
    const held = standing(live, [cap(10)]);
    expect(pausedOf(held)).toBe(true);
    const back = givenBack(held);
    expect({ ...back, metadata: { ...(back.metadata as object), generation: 1 } }).toEqual(live);
  });

  it('writes nothing twice, and nothing at all for a cap of 100', () => {
    expect(step(standing(aRollout(), [cap(10)]), [cap(10)]).actuation).toMatchObject({ kind: 'Unchanged', rejected: [] });
    expect(pausedOf(standing(aRollout(), [cap(100)]))).toBeUndefined();
  });

  it('takes somebody’s word to go on for new intent, and gives that back', () => {
    const resumed = withSpec(standing(aRollout(), [cap(10)]), { paused: false });
    const again = step(resumed, [cap(10)]);
    expect(again.actuation).toMatchObject({ kind: 'Patch', foreignEdit: true });
    expect(pausedOf(again.live)).toBe(true);
    expect(pausedOf(givenBack(again.live))).toBe(false);
  });

  it('is an abort once a step beyond it has begun all the same, as where the pause came too late', () => {
    const held = standing(aRollout({ step: 1 }), [cap(10)]);
    const late = withStatus(held, { currentStepIndex: 2 });
    const aborted = standing(late, [cap(10)]);
    expect(isAborted(aborted)).toBe(true);
    expect(pausedOf(aborted)).toBeUndefined();
  });

  it('of two plans is the tighter, whatever their order, and loosens when that one leaves', () => {
    const [mild, strict] = [cap(40), cap(10, { plan: 'strict', planUID: 'strict-uid', planCreatedAtMs: 2 })];
    const both = standing(aRollout(), [mild, strict]);
    expect(standing(aRollout(), [strict, mild])).toEqual(both);
    expect(pausedOf(standing(both, [mild]))).toBe(true);
    expect(journalOf(standing(both, [mild]))).toMatchObject({ claims: [{ holder: { plan: 'credit' } }] });
  });

  it('is given up with the update: a promoted Rollout must be free to scale', () => {
    const promoted = withStatus(standing(aRollout(), [cap(10)]), { stableRS: 'new', observedGeneration: '2' });
    const { actuation, live } = step(promoted, [cap(10)]);
    expect(pausedOf(live)).toBeUndefined();
    expect(actuation).toMatchObject({ kind: 'Patch', rejected: [{ reason: 'AlreadyPromoted' }] });
  });

  it('holds the next update from its first step, without being asked again', () => {
    const promoted = withStatus(standing(aRollout(), [cap(10)]), { stableRS: 'new', observedGeneration: '2' });
    const next = withStatus(step(promoted, [cap(10)]).live, { currentPodHash: 'newer', currentStepIndex: 0 });
    expect(pausedOf(standing(next, [cap(10)]))).toBe(true);
  });
});

describe('the most an update gives at a step', () => {
  const leverAt = (percent: number, options: Parameters<typeof aRollout>[0]) => {
    const stood = standing(aRollout(options), [cap(percent)]);
    return isAborted(stood) ? 'abort' : 'hold';
  };

  it.each([
    ['the weight of the step itself', { step: 2, weight: 10 }, 30],
    ['the weight of the last step that has one', { step: 1, weight: 10 }, 10],
    ['the weight before, while replicas do not fit', { steps: [{ setWeight: 50 }, { setWeight: 20 }], step: 1, weight: 20 }, 50],
    [
      'what is reported, where steps went down just now',
      { steps: [{ setWeight: 40 }, { pause: {} }, { setWeight: 5 }, { pause: {} }], step: 3, weight: 40 },
      40,
    ],
    ['0 before the first weight', { steps: [{ analysis: {} }, { setWeight: 10 }], step: 0, weight: 0 }, 1],
    ['a part of another whole', { canary: { trafficRouting: { maxTrafficWeight: 1000, nginx: {} } }, step: 0, weight: 10 }, 1],
  ])('is %s', (_what, options, percent) => {
    expect(leverAt(percent, options)).toBe('hold');
    if (percent > 1) expect(leverAt(percent - 1, options)).toBe('abort');
  });

  it.each([
    ['no weights on any route: pods are shared out, which is no exact share', { canary: { trafficRouting: null } }],
    ['no steps', { steps: [] }],
    ['all steps done', { step: ladder.length, weight: 100 }],
    ['a promotion asked for in full', { status: { promoteFull: true } }],
    [
      'requests with a header, which go there whole',
      { steps: [{ setWeight: 1 }, { setHeaderRoute: { name: 'beta' } }], step: 1, weight: 1 },
    ],
    ['an experiment with a share of its own', { steps: [{ experiment: { templates: [{ name: 'a', weight: 5 }] } }], weight: 0 }],
  ])('can not be said with %s: aborted', (_what, options) => {
    expect(leverAt(99, options)).toBe('abort');
  });

  it('is told with experiments that have none, and with pings and mirrors', () => {
    const steps = [{ setWeight: 5 }, { setMirrorRoute: { name: 'copy' } }, { experiment: { templates: [{ name: 'a' }] } }];
    expect(leverAt(5, { steps, step: 2, weight: 5 })).toBe('hold');
  });
});
