import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

import { createModelMetrics, scoreBinOf, servedLabelOf } from '../../../../demo/serving/model-metrics.ts';

const options = {
  ...{ model: 'employment', version: '2.0.0', upperBounds: [0.0001498, 0.5] },
  ...{ features: ['AGEP', 'SEX'], groups: ['male', 'female'], decisions: ['approve', 'deny'], saturation: () => 0.25 },
};
const live = 'model="employment",version="2.0.0",served="live"';

describe('who got an answer', () => {
  it.each([
    ['employment.demo.example', 'live'],
    ['employment.demo.example-shadow', 'shadow'],
    ['employment.demo.example-shadow:8080', 'shadow'],
    ['the-shadow.example', 'live'],
    ['employment-shadow.demo.example', 'live'],
    [undefined, 'live'],
  ])('host %s is %s', (host, served) => {
    expect(servedLabelOf(host)).toBe(served);
  });
});

describe('the bin of a score', () => {
  it.each([
    [0, '0.0'],
    [0.0999, '0.0'],
    [0.1, '0.1'],
    [0.3, '0.3'],
    [0.7, '0.7'],
    [0.95, '0.9'],
    [1, '0.9'],
    [-0.2, '0.0'],
  ])('of %s is %s', (score, bin) => {
    expect(scoreBinOf(score)).toBe(bin);
  });
});

describe('the metrics of a model', () => {
  it('have every series with 0 before the first row', async () => {
    const text = await createModelMetrics(options).registry.metrics();
    for (const served of ['live', 'shadow']) {
      const base = `model="employment",version="2.0.0",served="${served}"`;
      for (const le of ['0.0001498', '0.5', '+Inf']) expect(text).toContain(`model_score_bucket{le="${le}",${base}} 0`);
      expect(text).toContain(`model_request_duration_seconds_bucket{le="0.25",${base}} 0`);
      for (const result of ['ok', 'error']) expect(text).toContain(`model_requests_total{${base},result="${result}"} 0`);
      for (const feature of ['AGEP', 'SEX']) {
        expect(text).toContain(`model_feature_values_total{${base},feature="${feature}"} 0`);
        expect(text).toContain(`model_feature_missing_total{${base},feature="${feature}"} 0`);
      }
      for (const decision of ['approve', 'deny']) {
        expect(text).toContain(`model_decisions_total{${base},group="female",decision="${decision}"} 0`);
      }
    }
    for (const bin of ['0.0', '0.9']) expect(text).toContain(`model_outcome_rows_total{${live},score_bin="${bin}"} 0`);
    expect(text).not.toMatch(/outcome.*shadow/);
  });

  it('are all that the convention names, and no others', async () => {
    const convention = readFileSync(join(import.meta.dirname, '..', '..', '..', '..', 'docs', 'instrumentation.md'), 'utf8');
    const named = [...new Set([...convention.matchAll(/`(model_[a-z_]+)`/g)].map(([, name = '']) => name))];
    const exposed = (await createModelMetrics(options).registry.getMetricsAsJSON()).map(({ name }) => name);
    expect(exposed.toSorted()).toEqual(named.toSorted());
  });

  it('count a score where it was served, up from its bucket', async () => {
    const metrics = createModelMetrics(options);
    metrics.scored('shadow', 0.3);
    const text = await metrics.registry.metrics();
    expect(text).toContain('model_score_bucket{le="0.0001498",model="employment",version="2.0.0",served="shadow"} 0');
    expect(text).toContain('model_score_bucket{le="0.5",model="employment",version="2.0.0",served="shadow"} 1');
    expect(text).toContain(`model_score_count{${live}} 0`);
  });

  it('count a request with its result and its time', async () => {
    const metrics = createModelMetrics(options);
    metrics.answered('live', 'ok', 0.2);
    metrics.answered('live', 'error', 0.3);
    const text = await metrics.registry.metrics();
    expect(text).toContain(`model_requests_total{${live},result="error"} 1`);
    expect(text).toContain(`model_request_duration_seconds_bucket{le="0.25",${live}} 1`);
    expect(text).toContain(`model_request_duration_seconds_bucket{le="+Inf",${live}} 2`);
  });

  it('count every feature of a row as asked for, and as missing those that were', async () => {
    const metrics = createModelMetrics(options);
    metrics.featuresRead('live', ['AGEP']);
    metrics.featuresRead('live', []);
    const text = await metrics.registry.metrics();
    expect(text).toContain(`model_feature_values_total{${live},feature="AGEP"} 2`);
    expect(text).toContain(`model_feature_missing_total{${live},feature="AGEP"} 1`);
    expect(text).toContain(`model_feature_missing_total{${live},feature="SEX"} 0`);
  });

  it('count rows, scores and positives of outcomes together', async () => {
    const metrics = createModelMetrics(options);
    metrics.outcomeArrived(0.75, true);
    metrics.outcomeArrived(0.5, false);
    metrics.outcomeArrived(0.25, false);
    const text = await metrics.registry.metrics();
    expect(text).toContain(`model_outcome_rows_total{${live},score_bin="0.7"} 1`);
    expect(text).toContain(`model_outcome_score_sum_total{${live},score_bin="0.7"} 0.75`);
    expect(text).toContain(`model_outcome_positives_total{${live},score_bin="0.7"} 1`);
    expect(text).toContain(`model_outcome_positives_total{${live},score_bin="0.5"} 0`);
  });

  it('ask for saturation at each scrape', async () => {
    const shares = [0.25, 0.75];
    const { registry } = createModelMetrics({ ...options, saturation: () => shares.shift() ?? NaN });
    expect(await registry.metrics()).toContain(`model_saturation_ratio{${live}} 0.25`);
    expect(await registry.metrics()).toContain(`model_saturation_ratio{${live}} 0.75`);
  });

  it('belong to one server each', async () => {
    createModelMetrics(options).decided('live', { group: 'male', decision: 'approve' });
    expect(await createModelMetrics(options).registry.metrics()).toContain(
      `model_decisions_total{${live},group="male",decision="approve"} 0`,
    );
  });
});
