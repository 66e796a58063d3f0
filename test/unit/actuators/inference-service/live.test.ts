import { describe, expect, it } from '@jest/globals';

import {
  conditionOf,
  deploymentModeOf,
  fieldsOf,
  reportedShare,
  revisionsOf,
  shareOf,
} from '../../../../src/actuators/inference-service/live.ts';
import { anInferenceService, canary, modeAnnotation } from '../../../builders/inference-service.ts';

const predictor = (fields: { readonly [key: string]: string }) => ({ components: { predictor: fields } });

describe('how KServe runs the predictor', () => {
  it.each([
    ['Knative', 'Knative'],
    ['Serverless', 'Knative'],
    ['Standard', 'Standard'],
    ['RawDeployment', 'Standard'],
    ['ModelMesh', 'ModelMesh'],
    ['Martian', 'Unknown'],
    ['constructor', 'Unknown'],
  ])('said as %s is %s', (deploymentMode, mode) => {
    expect(deploymentModeOf(anInferenceService({ status: { deploymentMode } }))).toBe(mode);
    expect(deploymentModeOf(anInferenceService({ status: null, annotations: { [modeAnnotation]: deploymentMode } }))).toBe(mode);
  });

  it('is what the status remembers, not what somebody annotates since; an empty word is none', () => {
    const annotations = { [modeAnnotation]: 'Standard' };
    expect(deploymentModeOf(anInferenceService({ status: { deploymentMode: 'Knative' }, annotations }))).toBe('Knative');
    expect(deploymentModeOf(anInferenceService({ status: { deploymentMode: '' }, annotations }))).toBe('Standard');
  });

  it('shows in revisions that are counted where nobody says it', () => {
    expect(deploymentModeOf(anInferenceService({ status: predictor({ latestReadyRevision: 'b' }) }))).toBe('Knative');
    expect(deploymentModeOf(anInferenceService({ status: predictor({ latestCreatedRevision: 'b' }) }))).toBe('Unknown');
    expect(deploymentModeOf(anInferenceService({ status: null }))).toBe('Unknown');
  });
});

describe('what it reports', () => {
  it('names revisions, each by its own field, and none by an empty text', () => {
    const status = predictor({
      latestCreatedRevision: 'c',
      latestReadyRevision: 'b',
      latestRolledoutRevision: 'a',
      previousRolledoutRevision: '',
    });
    expect(revisionsOf(anInferenceService({ status }))).toEqual({ created: 'c', ready: 'b', rolledOut: 'a', before: null });
  });

  it('is the share of the revision the latest part goes to, in all parts that go there', () => {
    const traffic = [
      { revisionName: 'a', latestRevision: false, percent: 60 },
      { revisionName: 'b', latestRevision: true, percent: 30 },
      { revisionName: 'b', latestRevision: false, percent: 10 },
      { revisionName: 'b', latestRevision: false },
    ];
    expect(reportedShare(anInferenceService({ status: { components: { predictor: { traffic } } } }), null)).toBe(40);
    expect(reportedShare(anInferenceService({ status: { components: { predictor: { traffic: traffic.slice(0, 1) } } } }), null)).toBeNull();
  });

  it('is the share of the canary of that name', () => {
    const status = { canaryStatuses: [{ name: 'v3', trafficPercent: 7 }, { name: 'v2' }] };
    expect(['v3', 'v2', 'v1'].map((name) => reportedShare(anInferenceService({ status }), name))).toEqual([7, null, null]);
  });

  it('is the condition of that type, with nothing made up where it says nothing', () => {
    const live = anInferenceService({
      status: { conditions: [{ type: 'Ready', status: 'False', reason: 'Why' }, { type: 'RoutesReady' }] },
    });
    expect(conditionOf(live, 'Ready')).toEqual({ status: 'False', reason: 'Why', message: '' });
    expect(conditionOf(live, 'RoutesReady')).toEqual({ status: '', reason: '', message: '' });
    expect(conditionOf(live, 'IngressReady')).toBeNull();
  });
});

describe('fields that divide requests', () => {
  it('are that of the latest revision and one a named canary, the second of a name known by its place', () => {
    const nameless = { predictor: {}, trafficPercent: 3 };
    const live = anInferenceService({ percent: 20, canary: [canary('v2', 5), nameless, canary('v2', 6), canary('v2', 7)] });
    expect(fieldsOf(live).map(({ id, percent, path }) => [id, percent, path])).toEqual([
      [null, 20, '/spec/predictor/canaryTrafficPercent'],
      ['v2', 5, '/spec/canary/0/trafficPercent'],
      ['v2#1', 6, '/spec/canary/2/trafficPercent'],
      ['v2#2', 7, '/spec/canary/3/trafficPercent'],
    ]);
  });

  it('that are absent mean all requests for the latest revision and none for a canary', () => {
    expect(shareOf({ canary: null, percent: null })).toBe(100);
    expect(shareOf({ canary: 'v2', percent: null })).toBe(0);
    expect([shareOf({ canary: null, percent: 0 }), shareOf({ canary: 'v2', percent: 4 })]).toEqual([0, 4]);
  });
});
