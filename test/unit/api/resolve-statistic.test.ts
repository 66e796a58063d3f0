import { describe, expect, it } from '@jest/globals';
import { resolveSignal } from '../../../src/api/resolve-signal.ts';
import { templateIndicator, withValue } from '../../builders/api.ts';
import { parsedIndicator as indicator, parsedPolicy as policy } from '../../builders/parsed.ts';
import { anomalyTemplate, burnRateTemplate, calibrationTemplate } from '../../builders/statistic-template.ts';

const identity = { namespace: 'lending', model: 'credit-default', version: '2.3.0' };

describe('a statistic', () => {
  const withTemplate = (template: unknown) => policy((manifest) => withValue(manifest, 'spec.signals[2]', template));
  const using = (name: string, changes: object = {}) =>
    indicator({
      ...templateIndicator(),
      signal: { template: { name } },
      threshold: { direction: 'Above', breach: 14.4 },
      minSamples: 0,
      ...changes,
    });

  it('of calibration asks for three counts by bin', () => {
    expect(resolveSignal(using('calibration'), identity, withTemplate(calibrationTemplate()))).toMatchObject({
      ok: true,
      value: {
        kind: 'Statistic',
        labels: ['score_bin'],
        parts: [
          { name: 'scoreSum', labels: ['score_bin'], isBaseline: false },
          { name: 'positives', labels: ['score_bin'], isBaseline: false },
        ],
        statistic: { kind: 'Calibration', metric: 'ExpectedCalibrationError', binLabel: 'score_bin', falseAlarmProbability: 0.01 },
      },
    });
  });

  it('of a burn rate takes the objective of the indicator', () => {
    const resolved = resolveSignal(using('errors', { objective: { targetPercent: 99 } }), identity, withTemplate(burnRateTemplate()));
    expect(resolved).toMatchObject({
      ok: true,
      value: {
        labels: [],
        parts: [{ name: 'longTotal' }, { name: 'shortBad' }, { name: 'shortTotal' }],
        statistic: { kind: 'BurnRate', targetPercent: 99, falseAlarmProbability: 0.01 },
      },
    });
  });

  const ofFeatures = {
    name: 'features',
    provider: 'prometheus',
    windowSeconds: 600,
    identity: { namespace: 'namespace', model: 'model', version: 'version' },
    drift: { live: 'sum by (namespace, model, version, feature, le) (increase(feature_bucket[10m]))', feature: 'feature' },
  };

  it('of many features asks for their label on both sides', () => {
    const signal = { template: { name: 'features' }, reference: { seasonal: { offsetSeconds: 604_800 } } };
    expect(resolveSignal(using('features', { signal }), identity, withTemplate(ofFeatures))).toMatchObject({
      ok: true,
      value: {
        labels: ['le', 'feature'],
        parts: [{ name: 'season', labels: ['le', 'feature'] }],
        statistic: { kind: 'Drift', feature: 'feature' },
      },
    });
  });

  it.each([
    [
      'a pinned reference of many features',
      ofFeatures,
      'features',
      { signal: { template: { name: 'features' }, reference: { upperBounds: [1, 2], counts: [1, 1, 1] } } },
      'write signal.reference.seasonal or champion',
    ],
    ['a burn rate without an objective', burnRateTemplate(), 'errors', {}, 'write objective.targetPercent'],
    [
      'regression: a calibration error that is bad when it is small',
      calibrationTemplate(),
      'calibration',
      { threshold: { direction: 'Below', breach: 0.1 } },
      'write threshold.direction: Above',
    ],
    [
      'an objective of another statistic',
      calibrationTemplate(),
      'calibration',
      { objective: { targetPercent: 99 } },
      'leave objective out',
    ],
    [
      'a reference of another statistic',
      calibrationTemplate(),
      'calibration',
      { signal: { template: { name: 'calibration' }, reference: { upperBounds: [1, 2], counts: [1, 1, 1] } } },
      'leave signal.reference out',
    ],
  ])('refuses %s and says what to write', (_what, template, name, changes, message) => {
    expect(resolveSignal(using(name, changes), identity, withTemplate(template))).toEqual({
      ok: false,
      failure: expect.stringContaining(message),
    });
  });

  it('of an anomaly asks for the same query at each earlier reading', () => {
    const baseline = { mean: 10, standardDeviation: 2 };
    const resolved = resolveSignal(
      using('volume', { signal: { template: { name: 'volume' }, baseline } }),
      identity,
      withTemplate(anomalyTemplate({ readings: 4 })),
    );
    expect(resolved).toMatchObject({
      ok: true,
      value: {
        parts: [1, 2, 3, 4].map((back) => ({ name: `earlier${String(back)}`, isBaseline: true, offsetSeconds: back * 300 })),
        statistic: { kind: 'Anomaly', method: { kind: 'EWMA', baseline }, earlierParts: ['earlier1', 'earlier2', 'earlier3', 'earlier4'] },
      },
    });
  });

  it.each([
    ['a chart without a baseline', {}, {}, 'write signal.baseline'],
    [
      'seasons beside a baseline',
      { method: 'Seasonal', floor: 1 },
      { signal: { template: { name: 'volume' }, baseline: { mean: 1, standardDeviation: 1 } } },
      'leave signal.baseline out',
    ],
    ['a limit below', { method: 'EventCount' }, { threshold: { direction: 'Below', breach: 2 } }, 'write threshold.direction: Above'],
  ])('refuses %s and says what to write instead', (_what, changes, use, message) => {
    expect(resolveSignal(using('volume', use), identity, withTemplate(anomalyTemplate(changes)))).toEqual({
      ok: false,
      failure: expect.stringContaining(message),
    });
  });

  it('refuses a baseline of another statistic', () => {
    const use = { signal: { template: { name: 'errors' }, baseline: { mean: 1, standardDeviation: 1 } }, objective: { targetPercent: 99 } };
    expect(resolveSignal(using('errors', use), identity, withTemplate(burnRateTemplate()))).toEqual({
      ok: false,
      failure: expect.stringContaining('leave signal.baseline out'),
    });
  });

  it('has the shape of all its queries', () => {
    const shapeOf = (template: unknown) => {
      const resolved = resolveSignal(using('calibration'), identity, withTemplate(template));
      return resolved.ok ? resolved.value.shape : null;
    };
    const other = withValue(calibrationTemplate(), 'calibration.positives', 'sum by (namespace, model, version, score_bin) (other)');
    expect(shapeOf(other)).not.toBe(shapeOf(calibrationTemplate()));
  });
});
