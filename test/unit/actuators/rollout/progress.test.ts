import { describe, expect, it } from '@jest/globals';

import { progressOf } from '../../../../src/actuators/rollout/progress.ts';
import { aRollout, ladder, withStatus } from '../../../builders/rollout.ts';

const progressAt = (options: Parameters<typeof aRollout>[0] = {}) => progressOf(aRollout(options));

describe('which update is under way', () => {
  it.each([
    [{ currentPodHash: 'new', stableRS: 'old' }, true],
    [{ currentPodHash: 'new', stableRS: 'new' }, false],
    [{ currentPodHash: 'new', stableRS: '' }, false],
    [{ currentPodHash: '', stableRS: 'old' }, false],
    [{ currentPodHash: null, stableRS: null }, false],
  ])('with %j: %s', (status, isInProgress) => {
    expect(progressAt({ status })).toMatchObject({ isInProgress });
  });

  it('reads an empty text as none: the controller writes it before it has looked', () => {
    expect(progressAt({ status: { currentPodHash: '', stableRS: '' } })).toMatchObject({ current: null, stable: null });
    expect(progressAt()).toMatchObject({ current: 'new', stable: 'old' });
  });

  it('counts from its first step where the controller has said none, and no pods where it has counted none', () => {
    const { status: _, ...unseen } = aRollout();
    expect(progressOf(unseen)).toMatchObject({ step: 0, steps: ladder.length, reportedPercent: 0, updatedReplicas: 0, isAborted: false });
  });

  it('is aborted by the word true alone', () => {
    expect([true, false, null, 'true'].map((abort) => progressAt({ status: { abort } })?.isAborted)).toEqual([true, false, false, false]);
  });

  it('is none of another strategy', () => {
    expect(progressAt({ spec: { strategy: { blueGreen: { activeService: 'credit' } } } })).toBeNull();
    expect(progressAt({ spec: { strategy: null } })).toBeNull();
  });
});

describe('whether the controller has seen the object as it is', () => {
  it.each([
    ['1', true],
    [1, true],
    ['2', false],
    [2, false],
    ['', false],
    ['first', false],
    [null, false],
  ] as const)('observedGeneration %j of generation 1: %s', (observedGeneration, isUpToDate) => {
    expect(progressAt({ status: { observedGeneration } })).toMatchObject({ isUpToDate });
  });
});

describe('the share that is reported', () => {
  it.each([
    ['in percent of 100 where no other whole is named', {}, 30, 30],
    ['in percent of the whole that is named', { trafficRouting: { maxTrafficWeight: 1000 } }, 30, 3],
    ['rounded up: a cap is judged by it', { trafficRouting: { maxTrafficWeight: 1000 } }, 31, 4],
    ['rounded up from next to nothing', { trafficRouting: { maxTrafficWeight: 100_000 } }, 1, 1],
    ['100 at most', { trafficRouting: { maxTrafficWeight: 10 } }, 30, 100],
  ])('is %s', (_how, canary, weight, reportedPercent) => {
    expect(progressAt({ canary, weight })).toMatchObject({ reportedPercent });
  });
});

describe('the most it can give', () => {
  it('is the highest weight that may stand, though less is reported so far', () => {
    expect(progressAt({ step: 2, weight: 10 })).toMatchObject({ ceilingPercent: 30, reportedPercent: 10 });
    expect(progressAt({ step: 3, weight: 30 })).toMatchObject({ ceilingPercent: 60 });
  });

  it('reaches no further than the step: a later one begins only when this is over', () => {
    expect(progressAt({ step: 0, weight: 0 })).toMatchObject({ ceilingPercent: 10 });
    expect(progressAt({ step: 1 })).toMatchObject({ ceilingPercent: 10 });
  });

  it('is everything where a header route of an earlier step stands, and not for one that is still to come', () => {
    const steps = [{ setWeight: 1 }, { setHeaderRoute: { name: 'beta' } }, { pause: {} }];
    expect([0, 1, 2].map((step) => progressAt({ steps, step, weight: 1 })?.ceilingPercent)).toEqual([1, 100, 100]);
  });

  it('is everything while an experiment has a share of its own, and no longer once it is over', () => {
    const steps = [{ setWeight: 1 }, { experiment: { templates: [{ name: 'a' }, { name: 'b', weight: 5 }] } }, { pause: {} }];
    expect([0, 1, 2].map((step) => progressAt({ steps, step, weight: 1 })?.ceilingPercent)).toEqual([1, 100, 1]);
  });

  it('is everything once the last step is done, and not at the last step', () => {
    expect(progressAt({ step: ladder.length - 1, weight: 60 })).toMatchObject({ ceilingPercent: 60 });
    expect(progressAt({ step: ladder.length, weight: 60 })).toMatchObject({ ceilingPercent: 100 });
  });

  it('is everything where pods are shared out instead of weights, whatever they are', () => {
    const live = aRollout({ canary: { trafficRouting: null }, weight: 0 });
    expect(progressOf(withStatus(live, { updatedReplicas: 2 }))).toMatchObject({
      ceilingPercent: 100,
      isByReplicas: true,
      updatedReplicas: 2,
    });
    expect(progressAt()).toMatchObject({ isByReplicas: false });
  });
});
