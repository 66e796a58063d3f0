import { describe, expect, it } from '@jest/globals';

import * as given from '../../../builders/http-route.ts';
import { holdsFor } from '../../../builders/json-patch.ts';
import {
  aClaim,
  actuator,
  anExperiment,
  cap,
  edited,
  givenBack,
  halfAndHalf,
  passed,
  reweighed,
  standing,
  weightsOf,
} from '../../../builders/experiment.ts';

describe('a cap on an Experiment', () => {
  it.each([
    [{ 'credit-v2': 50, 'credit-v1': 50 }, 10, { 'credit-v2': 10, 'credit-v1': 90 }],
    [{ 'credit-v1': 50, 'credit-v2': 50 }, 0, { 'credit-v1': 100, 'credit-v2': 0 }],
    [{ 'credit-v2': 3, 'credit-v1': 1 }, 50, { 'credit-v2': 2, 'credit-v1': 2 }],
    [{ 'credit-v2': 1, 'credit-v1': 1 }, 10, { 'credit-v2': 20, 'credit-v1': 180 }],
    [{ 'credit-v2': 60, 'credit-v1': 20, 'credit-v0': 20 }, 20, { 'credit-v2': 20, 'credit-v1': 60, 'credit-v0': 20 }],
    [{ 'credit-v2': 7, 'credit-v1': 0 }, 0, { 'credit-v2': 0, 'credit-v1': 7 }],
    [{ 'credit-v2': 5, 'credit-v1': 95 }, 10, { 'credit-v2': 5, 'credit-v1': 95 }],
  ])('weights are relative: %j capped at %i', (weights, percent, expected) => {
    const live = standing(anExperiment(weights), [cap(percent)]);
    expect(weightsOf(live)).toEqual(expected);
    expect(givenBack(live)).toEqual(anExperiment(weights));
  });

  it('touches weights alone: default, mirror and what nobody here knows of stand, and no candidate comes or goes', () => {
    const spec = { default: 'credit-v2', mirror: { name: 'audit', percent: 50 }, resourceType: 'pipeline', novelty: { deep: [1, null] } };
    const live = anExperiment({ 'credit-v2': 50, 'credit-v1': 50 }, { spec });
    const capped = standing(live, [cap(0)]);
    expect(capped.spec).toEqual({
      ...(live.spec as object),
      candidates: [
        { name: 'credit-v2', weight: 0 },
        { name: 'credit-v1', weight: 100 },
      ],
    });
    expect(givenBack(capped)).toEqual(live);
  });

  it('is one patch that rests on the candidates it was computed from', () => {
    const live = halfAndHalf();
    const { actuation } = passed(live, [cap(10)]);
    const operations = actuation.kind === 'Patch' ? actuation.operations : [];
    expect(operations.filter(({ path }) => path.startsWith('/spec'))).toEqual([
      {
        op: 'test',
        path: '/spec/candidates',
        value: [
          { name: 'credit-v2', weight: 50 },
          { name: 'credit-v1', weight: 50 },
        ],
      },
      { op: 'replace', path: '/spec/candidates/0/weight', value: 10 },
      { op: 'replace', path: '/spec/candidates/1/weight', value: 90 },
    ]);
    expect(holdsFor(live, operations)).toBe(true);
    expect(holdsFor(reweighed(live, { 'credit-v1': 51 }), operations)).toBe(false);
    expect(holdsFor(edited(live, { default: 'credit-v2' }), operations)).toBe(true);
    expect(actuation).toMatchObject({ before: 'credit-v2 50 %, credit-v1 50 %', after: 'credit-v2 10 %, credit-v1 90 %' });
  });

  it('an edit under constraint is new intent: bounded again, and given back', () => {
    const { live, actuation } = passed(reweighed(standing(halfAndHalf(), [cap(10)]), { 'credit-v2': 70, 'credit-v1': 30 }), [cap(10)]);
    expect(actuation).toMatchObject({ kind: 'Patch', foreignEdit: true });
    expect(weightsOf(live)).toEqual({ 'credit-v2': 10, 'credit-v1': 90 });
    expect(weightsOf(givenBack(live))).toEqual({ 'credit-v2': 70, 'credit-v1': 30 });
  });

  it('an edit beside our weights changes nothing of them', () => {
    const moved = edited(standing(halfAndHalf(), [cap(10)]), { default: 'credit-v1', mirror: { name: 'audit', percent: 1 } });
    expect(passed(moved, [cap(10)]).actuation.kind).toBe('Unchanged');
    expect(givenBack(moved)).toEqual(edited(halfAndHalf(), { default: 'credit-v1', mirror: { name: 'audit', percent: 1 } }));
  });

  it('a candidate that joins or goes meanwhile joins or goes', () => {
    const held = standing(halfAndHalf(), [cap(10)]);
    const joined = edited(held, {
      candidates: [
        { name: 'credit-v2', weight: 10 },
        { name: 'credit-v1', weight: 90 },
        { name: 'credit-v3', weight: 100 },
      ],
    });
    const { live } = passed(joined, [cap(10)]);
    expect(weightsOf(live)).toMatchObject({ 'credit-v3': 100 });
    expect(weightsOf(givenBack(live))).toEqual({ 'credit-v2': 50, 'credit-v1': 50, 'credit-v3': 100 });
  });

  it('the strictest of several plans counts, and each takes its own back', () => {
    const strict = cap(5, { holder: { plan: 'strict' } });
    const both = standing(halfAndHalf(), [cap(10), strict]);
    expect(weightsOf(both)).toEqual({ 'credit-v2': 5, 'credit-v1': 95 });
    expect(weightsOf(standing(both, [cap(10)]))).toEqual({ 'credit-v2': 10, 'credit-v1': 90 });
    expect(givenBack(standing(both, [cap(10)]))).toEqual(halfAndHalf());
  });

  it('what can’t be mirrored here gets no answers and no copies: Seldon refuses a mirror that is a candidate, and keeps the weights before', () => {
    const live = standing(halfAndHalf(), [aClaim([{ kind: 'Shadow', mirrorPercent: 100 }])]);
    expect(live.spec).toEqual({
      candidates: [
        { name: 'credit-v2', weight: 0 },
        { name: 'credit-v1', weight: 100 },
      ],
    });
    expect(givenBack(live)).toEqual(halfAndHalf());
  });
});

it('regression: what Git is to say of a cap that stays is the spec, not a list of rules', () => {
  const spec = { default: 'credit-v1', mirror: { name: 'audit', percent: 5 } };
  const capped = standing(anExperiment({ 'credit-v2': 50, 'credit-v1': 50 }, { spec }), [cap(10)]);
  const candidates = [
    { name: 'credit-v2', weight: 1 },
    { name: 'credit-v1', weight: 9 },
  ];
  expect(actuator.propose(capped)).toEqual({ ok: true, value: { spec: { candidates, ...spec } } });
});

describe('what can’t be done is refused by name', () => {
  const refusalOf = (live: ReturnType<typeof halfAndHalf>, claim = cap(10)) => {
    const { actuation } = passed(live, [claim]);
    expect(actuation.kind).toBe('Refused');
    return actuation.rejected[0];
  };

  it('a candidate that is none', () => {
    expect(refusalOf(anExperiment({ 'credit-v1': 100 }))).toMatchObject({
      reason: 'CandidateAbsent',
      message: 'No rule of Experiment lending/credit sends requests to the candidate credit-v2: correct the route or the plan.',
    });
    expect(refusalOf(edited(halfAndHalf(), { candidates: null }))).toMatchObject({ reason: 'CandidateAbsent' });
  });

  it('a safe model that is no candidate: with one that does not exist the whole Experiment would stop', () => {
    expect(refusalOf(anExperiment({ 'credit-v2': 100 }))).toMatchObject({
      reason: 'BackendMissing',
      message:
        "Experiment lending/credit has no candidate credit-v1, and whether there is such a model can't be seen from here: add it to spec.candidates with weight 0.",
    });
  });

  it('what another controller writes', () => {
    const ownerReferences = [{ apiVersion: 'example.com/v1', kind: 'Canary', name: 'credit', uid: 'c', controller: true }];
    expect(refusalOf(anExperiment({ 'credit-v2': 1, 'credit-v1': 1 }, { metadata: { ownerReferences } }))).toMatchObject({
      reason: 'GeneratedTarget',
    });
  });

  it('a safe model that goes while the cap holds: what was in force stays as far as it can', () => {
    const left = edited(standing(halfAndHalf(), [cap(10)]), { candidates: [{ name: 'credit-v2', weight: 10 }] });
    const { live, actuation } = passed(left, [cap(10)]);
    expect(actuation.rejected).toMatchObject([{ reason: 'BackendMissing' }]);
    expect(actuator.readJournal(live)).toMatchObject({ kind: 'Engaged' });
  });

  it('no Service is looked for: models are none', () => {
    expect(actuator.servicesOf(cap(10).target, 'lending')).toEqual([]);
    const { actuation } = given.pass(halfAndHalf(), [cap(10)], {
      actuator,
      surroundings: given.surroundings({ missing: ['credit-v1', 'credit-v2'] }),
    });
    expect(actuation).toMatchObject({ kind: 'Patch', rejected: [] });
  });
});

describe('whether Seldon took it', () => {
  const engaged = standing(halfAndHalf(), [cap(10)]);
  const judged = (status: object | null) => {
    const { status: _, ...bare } = engaged;
    return actuator.verify(given.inputFor((status === null ? bare : { ...bare, status }) as typeof engaged, [cap(10)]));
  };
  const condition = (type: string, status: string, more: object = {}) => ({ type, status, ...more });

  it('is its word that the Experiment is ready, of whichever generation: it says none', () => {
    expect(judged({ conditions: [condition('ExperimentReady', 'True')] })).toEqual({ kind: 'Verified', unmet: [] });
    expect(judged({ observedGeneration: 1, conditions: [condition('ExperimentReady', 'True')] })).toMatchObject({ kind: 'Verified' });
  });

  it.each([
    [null, 'Seldon has not said yet that Experiment lending/credit is ready.'],
    [{ conditions: [condition('ExperimentReady', 'Unknown')] }, 'Seldon has not said yet that Experiment lending/credit is ready.'],
    [
      { observedGeneration: 0, conditions: [condition('ExperimentReady', 'True')] },
      'Seldon has not come to this generation of Experiment lending/credit yet.',
    ],
  ])('is waited for: %j', (status, message) => {
    expect(judged(status)).toEqual({ kind: 'Waiting', message });
  });

  it.each([
    [
      [condition('ExperimentReady', 'False', { reason: 'experiment', message: 'not active' })],
      'ExperimentReady=False (experiment, not active)',
    ],
    [[condition('ExperimentReady', 'True'), condition('CandidatesReady', 'False')], 'CandidatesReady=False'],
  ])('fails where its weights do not count: %j', (conditions, words) => {
    expect(judged({ conditions })).toMatchObject({
      kind: 'Failed',
      reason: 'ExperimentNotReady',
      message: expect.stringContaining(`Seldon says of Experiment lending/credit: ${words}. Until it is ready its weights do not count`),
    });
  });

  it('does not mind the mirror of its users', () => {
    expect(judged({ conditions: [condition('ExperimentReady', 'True'), condition('MirrorReady', 'False')] })).toMatchObject({
      kind: 'Verified',
    });
  });

  it('waits until the object shows the patch', () => {
    expect(actuator.verify(given.inputFor(halfAndHalf(), [cap(10)]))).toMatchObject({ kind: 'Waiting' });
  });
});
