import { describe, expect, it } from '@jest/globals';

import type { Claim } from '../../../../src/actuators/port.ts';
import { inputFor, journalOf } from '../../../builders/http-route.ts';
import { actuator, aRollout, cap, refused, standing, step, withStatus } from '../../../builders/rollout.ts';

const blueGreen = () => aRollout({ spec: { strategy: { blueGreen: {} } } });
const asksNothing: Claim = { ...cap(10), constraints: [] };

describe('a claim that limits nothing', () => {
  it.each([
    ['no constraint', asksNothing],
    ['a cap of 100', cap(100)],
  ])('is never refused: %s on an update no share can be had of', (_what, claim) => {
    expect(refused(blueGreen(), [claim])).toBe('');
    expect(refused(aRollout({ status: { stableRS: 'new' } }), [claim])).toBe('');
    expect(refused(blueGreen(), [cap(99)])).toBe('UnsupportedStrategy');
  });

  it('does not wait for a controller that has nothing to do', () => {
    const stood = withStatus(standing(aRollout(), [cap(100)]), { observedGeneration: '0' });
    expect(actuator.verify(inputFor(stood, [cap(100)]))).toEqual({ kind: 'Verified', unmet: [] });
    const limited = withStatus(standing(aRollout(), [cap(99)]), { observedGeneration: '0' });
    expect(actuator.verify(inputFor(limited, [cap(99)]))).toMatchObject({ kind: 'Waiting' });
  });
});

describe('a cap that can not be had as asked', () => {
  it('leaves in force what was: the older cap, not the one refused', () => {
    const held = standing(aRollout(), [cap(40)]);
    const { live, actuation } = step(withStatus(held, { stableRS: '' }), [cap(5)]);
    expect(actuation.rejected).toMatchObject([{ reason: 'NoSafeBackend' }]);
    expect(journalOf(live)).toMatchObject({ claims: [{ constraints: [{ kind: 'Cap', maxPercent: 40 }] }] });
  });

  it('says which revision is promoted, by whichever name there is', () => {
    const message = (status: Parameters<typeof withStatus>[1]) =>
      step(withStatus(aRollout(), status), [cap(5)]).actuation.rejected[0]?.message;
    expect(message({ stableRS: 'new' })).toContain('has promoted revision new:');
    expect(message({ currentPodHash: '' })).toContain('has promoted revision old:');
  });
});

describe('an abort that is done', () => {
  const aborted = (weight: number, maxPercent: number, more: Parameters<typeof aRollout>[0] = {}) => {
    const stood = standing(aRollout({ step: 2, weight: 30, ...more }), [cap(maxPercent)]);
    const seen = withStatus(stood, { canary: { weights: { canary: { weight } } }, observedGeneration: '1' });
    return actuator.verify(inputFor(seen, [cap(maxPercent)]));
  };

  it('is verified as soon as no more than the cap is reported, to the percent', () => {
    expect(aborted(10, 10)).toMatchObject({ kind: 'Verified' });
    expect(aborted(11, 10)).toMatchObject({ kind: 'Waiting', message: expect.stringContaining('still 11 %') });
  });

  it('does not mind pods of the new revision no request goes to: where weights decide, they may stay', () => {
    expect(aborted(0, 10, { status: { updatedReplicas: 3 } })).toMatchObject({ kind: 'Verified' });
  });
});

describe('what a Rollout is said to be', () => {
  const said = (options: Parameters<typeof aRollout>[0], claims: readonly Claim[]) => {
    const { actuation } = step(aRollout(options), claims);
    return actuation.kind === 'Patch' ? [actuation.before, actuation.after] : [];
  };

  it('is the step it stands at, the last of them once all are done', () => {
    expect(said({ step: 4, weight: 100 }, [cap(10)])[0]).toBe('new at most 100 % at step 4 of 4, going on');
    expect(said({ step: 0 }, [cap(10)])).toEqual(['new at most 10 % at step 1 of 4, going on', 'new at most 10 % at step 1 of 4, paused']);
  });

  it('is one revision once that is promoted, and whether it is paused', () => {
    const promoted = (paused: boolean) => {
      const held = standing(aRollout({ spec: { paused } }), [cap(10)]);
      const { actuation } = step(withStatus(held, { stableRS: 'new' }), [cap(10)]);
      return actuation.kind === 'Patch' ? [actuation.before, actuation.after] : [actuation.kind];
    };
    expect(promoted(false)).toEqual(['one revision, paused', 'one revision']);
  });
});
