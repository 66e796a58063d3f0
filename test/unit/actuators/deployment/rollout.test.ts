import { describe, expect, it } from '@jest/globals';
import type { Claim } from '../../../../src/actuators/port.ts';
import type { JSONValue } from '../../../../src/shared/json.ts';
import { aDeployment, actuator, around, floor, pin, standing } from '../../../builders/deployment.ts';
import { inputFor } from '../../../builders/http-route.ts';

/** What the watch shows after our patch, with this status. */
function verified(claims: readonly Claim[], status: Readonly<Record<string, JSONValue>>) {
  const live = standing(aDeployment(), claims);
  return actuator.verify(inputFor({ ...live, status }, claims, { surroundings: around() }));
}

const whole = { observedGeneration: 4, replicas: 2, updatedReplicas: 2, availableReplicas: 2 };

describe('a pin is verified', () => {
  it('once all pods run the revision and answer', () => {
    expect(verified([pin()], whole)).toEqual({ kind: 'Verified', unmet: [] });
  });

  it.each([
    ['before its controller has seen it', { observedGeneration: 3 }, 'has not seen the latest spec yet'],
    ['while pods are missing', { updatedReplicas: 1 }, '1 of 2 pods run the revision'],
    ['while pods of another revision are left', { replicas: 3 }, '1 pods of another revision are left'],
    ['while pods do not answer', { availableReplicas: 1 }, '1 of 2 pods are available'],
  ])('not %s', (_when, status, message) => {
    expect(verified([pin()], { ...whole, ...status })).toMatchObject({ kind: 'Waiting', message: expect.stringContaining(message) });
  });

  it('not yet where its controller gave up on the revision before, and has not seen this one', () => {
    const conditions = [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }];
    expect(verified([pin()], { ...whole, observedGeneration: 3, availableReplicas: 0, conditions })).toMatchObject({ kind: 'Waiting' });
  });

  it('never when its controller gave up', () => {
    const conditions = [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: 'timed out progressing' }];
    expect(verified([pin()], { ...whole, availableReplicas: 1, conditions })).toMatchObject({
      kind: 'Failed',
      reason: 'ProgressDeadlineExceeded',
      message: expect.stringContaining('timed out progressing'),
    });
  });
});

describe('a floor is verified', () => {
  it('once as many pods answer, whatever revision they are of', () => {
    expect(verified([floor(4)], { ...whole, availableReplicas: 4, updatedReplicas: 1 })).toEqual({ kind: 'Verified', unmet: [] });
    expect(verified([floor(4)], { ...whole, availableReplicas: 3 })).toMatchObject({
      kind: 'Waiting',
      message: expect.stringContaining('3 of 4 pods are available'),
    });
  });
});

it('a Deployment given back is verified once its controller has seen it', () => {
  expect(actuator.verify(inputFor(aDeployment(), []))).toEqual({ kind: 'Verified', unmet: [] });
  expect(actuator.verify(inputFor(aDeployment({ metadata: { generation: 9 } }), []))).toMatchObject({ kind: 'Waiting' });
});
