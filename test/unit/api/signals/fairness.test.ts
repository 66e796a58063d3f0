import { describe, expect, it } from '@jest/globals';
import { fairnessSignal, opportunitySignal } from '../../../builders/api.ts';
import { resolveAlone } from '../../../builders/resolve.ts';

const day = 86_400;
const below = {
  name: 'parity',
  risk: 'unfair-denials',
  signal: { template: { name: 'parity' } },
  threshold: { direction: 'Below', breach: 0.8 },
};
const above = {
  name: 'opportunity',
  risk: 'unfair-denials',
  signal: { template: { name: 'opportunity' } },
  threshold: { direction: 'Above', breach: 0.1 },
  staleAfterSeconds: 40 * day,
};

describe('a fairness signal', () => {
  it('asks for decisions by group, with the defaults of the policy', () => {
    expect(resolveAlone(fairnessSignal(), below)).toMatchObject({
      ok: true,
      value: {
        kind: 'Statistic',
        query: 'sum by (namespace, model, version, group, decision) (increase(decisions[7d]))',
        labels: ['group', 'decision'],
        parts: [],
        statistic: {
          kind: 'Fairness',
          metric: 'ParityRatio',
          labels: { decision: { label: 'decision', yes: 'approve' }, outcome: null, cohort: null },
          groupLabel: 'group',
          stratumLabel: null,
          reference: { kind: 'Highest' },
          falseAlarmProbability: 0.05,
          minGroupSharePercent: 2,
          minGroupSamples: 30,
        },
      },
    });
  });

  it.each([
    ['Overall', { kind: 'Overall' }],
    ['Highest', { kind: 'Highest' }],
    ['group b', { kind: 'Named', name: 'group b' }],
  ])('compares to %s', (referenceGroup, reference) => {
    const signalChanges = { 'fairness.referenceGroup': referenceGroup };
    expect(resolveAlone(fairnessSignal(), below, { signalChanges })).toMatchObject({ value: { statistic: { reference } } });
  });

  it('of outcomes asks for them by day, over more than the window', () => {
    expect(resolveAlone(opportunitySignal(), above, { labelMaturitySeconds: 30 * day })).toMatchObject({
      ok: true,
      value: {
        labels: ['group', 'decision', 'outcome', 'region', 'day'],
        countsByDay: true,
        statistic: {
          labels: {
            outcome: { label: 'outcome', yes: 'repaid' },
            cohort: { label: 'day', labelMaturitySeconds: 30 * day, windowSeconds: 7 * day },
          },
          stratumLabel: 'region',
        },
      },
    });
  });

  it.each([
    {
      why: 'a ratio that is bad when high',
      attempt: () => resolveAlone(fairnessSignal(), { ...below, threshold: { direction: 'Above', breach: 1.25 } }),
      sentence: 'indicator parity: signal parity measures ParityRatio, which is bad when it is low; write threshold.direction: Below',
    },
    {
      why: 'a difference that is bad when low',
      attempt: () => resolveAlone(fairnessSignal(), below, { signalChanges: { 'fairness.metric': 'ParityDifference' } }),
      sentence: 'write threshold.direction: Above',
    },
    {
      why: 'a reference of drift',
      attempt: () =>
        resolveAlone(fairnessSignal(), { ...below, signal: { ...below.signal, reference: { upperBounds: [1, 2], counts: [1, 1, 1] } } }),
      sentence: 'compares to no reference; leave signal.reference out',
    },
    {
      why: 'days of decisions without a maturity',
      attempt: () => resolveAlone(opportunitySignal(), above),
      sentence: 'write model.labelMaturitySeconds',
    },
    {
      why: 'a maturity without days of decisions',
      attempt: () =>
        resolveAlone(opportunitySignal(), above, { signalChanges: { 'fairness.cohortLabel': undefined }, labelMaturitySeconds: day }),
      sentence: 'have cohortLabel added to the signal, or leave labelMaturitySeconds out',
    },
    {
      why: 'an age no outcome can keep',
      attempt: () => resolveAlone(opportunitySignal(), { ...above, staleAfterSeconds: 31 * day - 1 }, { labelMaturitySeconds: 30 * day }),
      sentence: `write staleAfterSeconds: ${String(32 * day)} or more`,
    },
  ])('refuses $why, and says what to write', ({ attempt, sentence }) => {
    expect(attempt()).toEqual({ ok: false, failure: expect.stringContaining(sentence) });
  });

  it('of decisions alone has nothing to do with how long outcomes take', () => {
    expect(resolveAlone(fairnessSignal(), below, { labelMaturitySeconds: 30 * day }).ok).toBe(true);
  });
});
