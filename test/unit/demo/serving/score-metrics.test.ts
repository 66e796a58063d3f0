import { describe, expect, it } from '@jest/globals';

import { createScoreMetrics, servedLabelOf } from '../../../../demo/serving/score-metrics.ts';

const options = { model: 'employment', version: '2.0.0', upperBounds: [0.0001498, 0.5] };

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

describe('the score metrics', () => {
  it('have every series before the first row', async () => {
    const text = await createScoreMetrics(options).registry.metrics();
    for (const served of ['live', 'shadow']) {
      for (const le of ['0.0001498', '0.5', '+Inf']) {
        expect(text).toContain(`model_score_bucket{le="${le}",model="employment",version="2.0.0",served="${served}"} 0`);
      }
      for (const decision of ['employed', 'not_employed']) {
        expect(text).toContain(`model_decisions_total{model="employment",version="2.0.0",served="${served}",decision="${decision}"} 0`);
      }
    }
  });

  it('count a score where it was served, up from its bucket', async () => {
    const metrics = createScoreMetrics(options);
    metrics.record('shadow', 0.3);
    const text = await metrics.registry.metrics();
    expect(text).toContain('model_score_bucket{le="0.0001498",model="employment",version="2.0.0",served="shadow"} 0');
    expect(text).toContain('model_score_bucket{le="0.5",model="employment",version="2.0.0",served="shadow"} 1');
    expect(text).toContain('model_score_count{model="employment",version="2.0.0",served="shadow"} 1');
    expect(text).toContain('model_score_count{model="employment",version="2.0.0",served="live"} 0');
    expect(text).toContain('served="shadow",decision="not_employed"} 1');
  });

  it('decide for employment from one half on', async () => {
    const metrics = createScoreMetrics(options);
    metrics.record('live', 0.5);
    expect(await metrics.registry.metrics()).toContain('served="live",decision="employed"} 1');
  });

  it('belong to one server each', async () => {
    createScoreMetrics(options).record('live', 0.5);
    expect(await createScoreMetrics(options).registry.metrics()).toContain('served="live",decision="employed"} 0');
  });
});
