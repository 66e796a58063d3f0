import { describe, expect, it } from '@jest/globals';
import { createMetrics } from '../../../src/telemetry/metrics.ts';

describe('createMetrics', () => {
  it('starts every verdict at 0, so that a rate over it has a first sample', async () => {
    const text = await createMetrics().registry.getSingleMetricAsString('modelrisk_assessments_total');
    for (const verdict of ['Ok', 'Warn', 'Breach', 'Insufficient', 'NoData', 'Error']) expect(text).toContain(`{verdict="${verdict}"} 0`);
  });

  it('keeps its own registry: two operators in one process do not mix', async () => {
    const one = createMetrics();
    const other = createMetrics();
    one.assessments.inc({ verdict: 'Breach' });
    expect(await other.registry.getSingleMetricAsString('modelrisk_assessments_total')).toContain('{verdict="Breach"} 0');
  });

  it('names queue and reconcile series as controller-runtime does', () => {
    const names = createMetrics()
      .registry.getMetricsAsArray()
      .map((metric) => metric.name);
    expect(names).toEqual(
      expect.arrayContaining([
        'workqueue_depth',
        'workqueue_adds_total',
        'workqueue_queue_duration_seconds',
        'controller_runtime_reconcile_total',
      ]),
    );
  });

  it('tells what the process uses, but no figure of the event loop a timer would have to sample', async () => {
    const text = await createMetrics().registry.metrics();
    for (const name of ['process_cpu_seconds_total', 'process_resident_memory_bytes', 'nodejs_eventloop_lag_seconds'])
      expect(text).toContain(`\n${name} `);
    expect(text).not.toMatch(/nodejs_eventloop_lag_(?:min|max|mean|stddev|p50|p90|p99)_seconds/);
  });
});
