import { describe, expect, it } from '@jest/globals';

import type { Claim, TargetObject } from '../../../../src/actuators/port.ts';
import { inputFor } from '../../../builders/http-route.ts';
import {
  aClaim,
  actuator,
  anInferenceService,
  canariesOf,
  cap,
  modeAnnotation,
  percentOf,
  standing,
  withCanaries,
} from '../../../builders/inference-service.ts';

const rejectionOf = (live: TargetObject, claim: Claim = cap(10)) => {
  const actuation = actuator.plan(inputFor(live, [claim]));
  expect(actuation.kind).toBe('Refused');
  return actuation.rejected[0];
};

const knative = (predictor: Readonly<Record<string, string>>): TargetObject =>
  anInferenceService({ status: { deploymentMode: 'Knative', components: { predictor } } });

describe('what an InferenceService can’t do is refused by name', () => {
  it('copies of requests: KServe has no mirror', () => {
    const claim = aClaim([{ kind: 'Shadow', mirrorPercent: 100 }]);
    expect(rejectionOf(anInferenceService(), claim)).toMatchObject({
      reason: 'MirrorUnsupported',
      message: 'InferenceService lending/credit can not get copies of requests: KServe has no mirror. Write canaryLimit instead of shadow.',
    });
  });

  it.each(['RawDeployment', 'Standard', 'ModelMesh'])('the latest revision in mode %s, where KServe ignores the field', (mode) => {
    const byAnnotation = anInferenceService({ annotations: { [modeAnnotation]: mode }, status: null });
    const byStatus = anInferenceService({ status: { deploymentMode: mode } });
    for (const live of [byAnnotation, byStatus]) {
      expect(rejectionOf(live)).toMatchObject({ reason: 'ModeUnsupported' });
      expect(rejectionOf(live)?.message).toContain('where KServe ignores spec.predictor.canaryTrafficPercent without a word');
    }
  });

  it('a mode nobody has said: the cluster’s default can’t be read from here', () => {
    expect(rejectionOf(anInferenceService({ status: null }))).toMatchObject({
      reason: 'ModeUnsupported',
      message:
        'InferenceService lending/credit does not say its deployment mode yet (status.deploymentMode, or annotation serving.kserve.io/deploymentMode): wait until KServe has reported it.',
    });
    expect(rejectionOf(anInferenceService({ status: { deploymentMode: 'constructor' } }))).toMatchObject({ reason: 'ModeUnsupported' });
  });

  it('status wins over the annotation, as in KServe: a mode is kept from when the object was made', () => {
    const switched = anInferenceService({ annotations: { [modeAnnotation]: 'Serverless' }, status: { deploymentMode: 'Standard' } });
    expect(rejectionOf(switched)).toMatchObject({ reason: 'ModeUnsupported' });
  });

  it('revisions show the mode where an older KServe does not report it', () => {
    const older = anInferenceService({
      status: {
        components: {
          predictor: { latestCreatedRevision: 'b', latestReadyRevision: 'b', latestRolledoutRevision: 'a', previousRolledoutRevision: 'a' },
        },
      },
    });
    expect(percentOf(standing(older, [cap(10)]))).toBe(10);
  });

  it('an object KServe was told to leave alone', () => {
    const live = anInferenceService({ annotations: { 'serving.kserve.io/disable-auto-update': 'true' } });
    expect(rejectionOf(live)).toMatchObject({ reason: 'ModeUnsupported' });
    expect(rejectionOf(live)?.message).toContain('KServe would not follow the change. Take it off.');
  });

  it('an object a controller writes', () => {
    const live = anInferenceService();
    const owned = {
      ...live,
      metadata: { ...(live.metadata as object), ownerReferences: [{ kind: 'LLM', name: 'chat', controller: true }] },
    };
    expect(rejectionOf(owned)).toMatchObject({ reason: 'GeneratedTarget' });
  });

  it('the first revision: there is none before it', () => {
    const first = knative({ latestCreatedRevision: 'a', latestReadyRevision: 'a', latestRolledoutRevision: 'a' });
    expect(rejectionOf(first)).toMatchObject({
      reason: 'NoSafeBackend',
      message:
        'InferenceService lending/credit has no revision before a (status.components.predictor.previousRolledoutRevision is empty): KServe would give a both parts of every division.',
    });
    expect(rejectionOf(knative({}))).toMatchObject({ reason: 'NoSafeBackend' });
  });

  it('a rollout to a third revision that is not ready: KServe moves nothing off the one before it', () => {
    const rolling = knative({
      latestCreatedRevision: 'c',
      latestReadyRevision: 'b',
      latestRolledoutRevision: 'b',
      previousRolledoutRevision: 'a',
    });
    expect(rejectionOf(rolling)).toMatchObject({ reason: 'RolloutInProgress' });
    expect(rejectionOf(rolling)?.message).toContain('is rolling out c, which is not ready; until it is, KServe gives b both parts');
  });

  it('but what was laid stays when a rollout begins after it', () => {
    const laid = standing(anInferenceService(), [cap(10)]);
    const rolling = {
      ...laid,
      status: {
        deploymentMode: 'Knative',
        components: {
          predictor: { latestCreatedRevision: 'c', latestReadyRevision: 'b', latestRolledoutRevision: 'b', previousRolledoutRevision: 'a' },
        },
      },
    };
    const actuation = actuator.plan(inputFor(rolling, [cap(0)]));
    expect(actuation).toMatchObject({ kind: 'Unchanged', rejected: [{ reason: 'RolloutInProgress' }], effective: 'latest revision 10 %' });
  });

  it('a canary that is not there: the CRD of an older KServe drops the whole list', () => {
    const pruned = anInferenceService({ annotations: { [modeAnnotation]: 'Standard' } });
    expect(rejectionOf(pruned, cap(10, { target: { canary: 'v2' } }))).toMatchObject({
      reason: 'CandidateAbsent',
      message:
        'InferenceService lending/credit has no entry of spec.canary with predictor.name v2: correct the plan or the object. KServe before 0.20 does not know spec.canary; its CRD drops it without a word.',
    });
    expect(canariesOf(standing(withCanaries(), [cap(10, { target: { canary: 'v2' } })]))).toEqual({ v2: 10, v3: 20 });
  });

  it('a canary in a mode that ignores it', () => {
    const live = withCanaries();
    const knativeMode = { ...live, status: { deploymentMode: 'Knative' } };
    expect(rejectionOf(knativeMode, cap(10, { target: { canary: 'v2' } }))).toMatchObject({ reason: 'ModeUnsupported' });
    expect(rejectionOf(knativeMode, cap(10, { target: { canary: 'v2' } }))?.message).toContain('leave candidate.canary out');
  });
});
