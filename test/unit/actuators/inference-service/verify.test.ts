import { describe, expect, it } from '@jest/globals';

import type { TargetObject } from '../../../../src/actuators/port.ts';
import { inputFor } from '../../../builders/http-route.ts';
import { actuator, anInferenceService, cap, reported, standing, withCanaries } from '../../../builders/inference-service.ts';

const laid = (maxPercent = 10): TargetObject => standing(anInferenceService(), [cap(maxPercent)]);

function withCondition(live: TargetObject, type: string): TargetObject {
  const status = live.status as { readonly conditions: readonly { readonly type: string }[] };
  const condition = { type, status: 'False', reason: 'RevisionMissing', message: 'revision a is gone' };
  const conditions = [...status.conditions.filter((each) => each.type !== type), condition];
  return { ...live, status: { ...status, conditions } };
}

describe('whether KServe followed', () => {
  it('waits until its status reports the share; observedGeneration is of what it generates, and says nothing', () => {
    expect(actuator.verify(inputFor(laid(), [cap(10)]))).toEqual({
      kind: 'Waiting',
      message: 'KServe has not followed yet: latest revision of InferenceService lending/credit is to get 10 %, its status reports 100 %.',
    });
    expect(actuator.verify(inputFor(reported(laid()), [cap(10)]))).toEqual({ kind: 'Verified', unmet: [] });
  });

  it('a division between one revision and itself is all of it', () => {
    const status = {
      deploymentMode: 'Knative',
      components: {
        predictor: {
          ...{ latestCreatedRevision: 'b', latestReadyRevision: 'b', latestRolledoutRevision: 'b', previousRolledoutRevision: 'a' },
          traffic: [
            { latestRevision: true, revisionName: 'b', percent: 10 },
            { latestRevision: false, revisionName: 'b', percent: 90 },
          ],
        },
      },
    };
    expect(actuator.verify(inputFor({ ...laid(), status }, [cap(10)]))).toMatchObject({
      kind: 'Waiting',
      message: expect.stringContaining('reports 100 %') as unknown,
    });
  });

  it.each(['PredictorRouteReady', 'RoutesReady', 'IngressReady'])('fails where %s is False', (type) => {
    expect(actuator.verify(inputFor(withCondition(reported(laid()), type), [cap(10)]))).toEqual({
      kind: 'Failed',
      reason: 'RoutesNotReady',
      message: `KServe says ${type}=False of InferenceService lending/credit (RevisionMissing: revision a is gone): requests may be divided as before.`,
    });
  });

  it('of a canary by its own entry in the status', () => {
    const claim = cap(10, { target: { canary: 'v2' } });
    const live = standing(withCanaries(), [claim]);
    expect(actuator.verify(inputFor(live, [claim]))).toMatchObject({
      kind: 'Waiting',
      message: 'KServe has not followed yet: canary v2 of InferenceService lending/credit is to get 10 %, its status reports 40 %.',
    });
    expect(actuator.verify(inputFor(reported(live), [claim]))).toEqual({ kind: 'Verified', unmet: [] });
    const silent = { ...live, status: { deploymentMode: 'Standard' } };
    expect(actuator.verify(inputFor(silent, [claim]))).toMatchObject({
      message: expect.stringContaining('does not report it yet') as unknown,
    });
  });

  it('says nothing of an object without constraints', () => {
    expect(actuator.verify(inputFor(anInferenceService({ status: null }), []))).toEqual({ kind: 'Verified', unmet: [] });
  });
});
