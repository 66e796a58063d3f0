import { describe, expect, it } from '@jest/globals';
import { performanceSignal } from '../../../builders/api.ts';
import { resolveAlone } from '../../../builders/resolve.ts';

const day = 86_400;
const indicator = {
  name: 'recall',
  risk: 'unfair-denials',
  signal: { template: { name: 'recall' } },
  threshold: { direction: 'Below', breach: 0.6 },
  staleAfterSeconds: 40 * day,
};
const mature = { labelMaturitySeconds: 30 * day };

describe('a performance signal', () => {
  it('asks for outcomes, decisions and the age of labels at once', () => {
    expect(resolveAlone(performanceSignal(), indicator, mature)).toMatchObject({
      ok: true,
      value: {
        kind: 'Statistic',
        labels: ['decision', 'outcome', 'day'],
        countsByDay: true,
        parts: [
          { name: 'decisions', labels: ['day'], isBaseline: true },
          { name: 'labelAge', labels: [], isBaseline: true },
        ],
        statistic: {
          kind: 'Performance',
          outcome: { label: 'outcome', yes: 'default' },
          cohort: { label: 'day', labelMaturitySeconds: 30 * day, windowSeconds: 7 * day },
          falseAlarmProbability: 0.05,
          coverage: { labelledShare: { minPercent: 80 }, labelAge: { maxSeconds: 60 * day } },
          measure: { metric: 'Recall', decision: { label: 'decision', yes: 'deny' }, method: 'Wilson' },
        },
      },
    });
  });

  it('of scores asks for buckets', () => {
    const signalChanges = { 'performance.metric': 'AUC', 'performance.positiveDecision': undefined };
    expect(resolveAlone(performanceSignal(), indicator, { ...mature, signalChanges })).toMatchObject({
      ok: true,
      value: { labels: ['le', 'outcome', 'day'], statistic: { measure: { metric: 'AUC' } } },
    });
  });

  it('without days bounds its parts by the window', () => {
    const resolved = resolveAlone(performanceSignal(), indicator, { signalChanges: { 'performance.cohortLabel': undefined } });
    expect(resolved).toMatchObject({
      ok: true,
      value: { labels: ['decision', 'outcome'], parts: [{ isBaseline: false }, { isBaseline: false }], statistic: { cohort: null } },
    });
    expect(resolved.ok && resolved.value).not.toHaveProperty('countsByDay');
  });

  it.each([
    {
      why: 'a false positive rate that is bad when low',
      signalChanges: { 'performance.metric': 'FalsePositiveRate' },
      sentence: 'measures FalsePositiveRate, which is bad when it is high; write threshold.direction: Above',
    },
    {
      why: 'decisions without the one that foretells (stored before the rule)',
      signalChanges: { 'performance.positiveDecision': undefined },
      sentence: 'have performance.positiveDecision added',
    },
    {
      why: 'a design effect of what has no interval to widen',
      signalChanges: { 'performance.metric': 'MCC', 'performance.designEffect': 2 },
      sentence: 'have designEffect left out',
    },
  ])('refuses $why', ({ signalChanges, sentence }) => {
    expect(resolveAlone(performanceSignal(), indicator, { ...mature, signalChanges })).toEqual({
      ok: false,
      failure: expect.stringContaining(sentence),
    });
  });

  it.each([undefined, 0])('refuses MCC with minSamples %p: of three rows it would read a perfect 1, which is Ok', (minSamples) => {
    const signalChanges = { 'performance.metric': 'MCC' };
    const written = { ...indicator, ...(minSamples === undefined ? {} : { minSamples }) };
    expect(resolveAlone(performanceSignal(), written, { ...mature, signalChanges })).toEqual({
      ok: false,
      failure: expect.stringContaining('write minSamples'),
    });
    expect(resolveAlone(performanceSignal(), { ...indicator, minSamples: 500 }, { ...mature, signalChanges }).ok).toBe(true);
  });

  const dropping = (reference: object, changes: object = {}) => ({
    ...indicator,
    signal: { template: { name: 'recall' }, reference },
    threshold: { direction: 'Above', breach: 0.05 },
    ...changes,
  });
  const confusion = { truePositives: 80, falsePositives: 20, falseNegatives: 20, trueNegatives: 180 };

  it.each([
    ['what it was accepted with', { confusion }, { kind: 'Pinned', cells: confusion }],
    ['another version', { champion: { version: '2.2.0' } }, { kind: 'Version', version: '2.2.0' }],
  ])('measures how much worse it is than %s', (_what, reference, compared) => {
    expect(resolveAlone(performanceSignal(), dropping(reference), mature)).toMatchObject({
      ok: true,
      value: { statistic: { kind: 'Performance', reference: compared } },
    });
  });

  it.each([
    ['a drop that is bad when it is small', dropping({ confusion }, { threshold: { direction: 'Below', breach: 0.6 } }), {}, 'Above'],
    ['the season before', dropping({ seasonal: { offsetSeconds: 14 * day } }), {}, 'write signal.reference.confusion'],
    ['itself', dropping({ champion: { version: '2.3.0' } }), {}, 'write another version than 2.3.0'],
    [
      'a version it does not tell apart',
      dropping({ champion: { version: '2.2.0' } }),
      { 'identity.version': undefined },
      'have identity.version added',
    ],
    ['a drop without an interval', dropping({ confusion }), { 'performance.metric': 'F1' }, 'leave signal.reference out'],
  ])('does not compare to %s', (_what, spec, signalChanges, sentence) => {
    expect(resolveAlone(performanceSignal(), spec, { ...mature, signalChanges })).toEqual({
      ok: false,
      failure: expect.stringContaining(sentence),
    });
  });
});
