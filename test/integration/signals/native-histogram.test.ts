import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { captureCounts } from '../../../src/core/statistics/drift-capture.ts';
import { createSystemClock } from '../../../src/kube/system-clock.ts';
import { askOnce, createSignalSource, type ReplaceableSignalSource } from '../../../src/signals/registry.ts';
import { eventually } from '../../../testbed/eventually.ts';
import { startPrometheus, type RunningPrometheus } from '../../../testbed/prometheus.ts';
import { driftOf } from '../../builders/drift.ts';
import { startExporter, type Exporter } from '../../builders/exporter.ts';
import { driftSignal, requestFor } from '../../builders/signal.ts';

// Scrapes come once a second, discovery takes up to five.
jest.setTimeout(30_000);

const clock = createSystemClock();
let prometheus: RunningPrometheus;
let exporter: Exporter;
let source: ReplaceableSignalSource;

beforeAll(async () => {
  exporter = await startExporter();
  prometheus = await startPrometheus({
    targets: [{ address: exporter.address, labels: { namespace: 'lending' } }],
    convertsHistograms: true,
  });
  source = createSignalSource({ clock, onQuery: () => undefined });
  source.replaceProviders([{ name: 'prometheus', url: prometheus.url, timeoutSeconds: 10 }]);
}, 60_000);

afterAll(async () => {
  await source.close();
  await prometheus.stop();
  await exporter.stop();
});

function expose(cumulative: readonly number[]): void {
  const labels = 'model="credit",version="2",served="live"';
  const buckets = ['0.25', '0.5', '0.75', '+Inf'].map((le, at) => `score_bucket{${labels},le="${le}"} ${cumulative[at] ?? 0}`);
  const rows = cumulative.at(-1) ?? 0;
  exporter.expose(['# TYPE score histogram', ...buckets, `score_sum{${labels}} ${rows / 2}`, `score_count{${labels}} ${rows}`]);
}

it('measures drift of a native histogram as a real Prometheus answers it, and keeps its counts', async () => {
  const query = 'sum by (namespace, model, version, served) (increase(score[1m]))';
  const binned = { upperBounds: [0.25, 0.5, 0.75, Infinity], counts: [100, 300, 400, 200] };
  const reference = { kind: 'PinnedBuckets', binned, isExactLayout: false } as const;
  const signal = driftSignal({ query, labels: [], statistic: driftOf({ counted: { kind: 'Native' }, reference }) });
  const observe = async () => (await source.observe([requestFor(signal)], new AbortController().signal))[0]?.observation;
  expose([0, 0, 0, 0]);
  await eventually(async () => {
    const seen = await observe();
    return seen?.kind === 'NoData' && seen.message === 'no rows in the window';
  });
  // The reference has 10 / 30 / 40 / 20 %; the live rows 40 / 30 / 20 / 10 %.
  expose([400, 700, 900, 1000]);
  const observation = await eventually(async () => {
    const seen = await observe();
    return seen?.kind === 'Value' && (seen.sampleCount ?? 0) >= 1000 ? seen : null;
  });
  const expected = 0.3 * Math.log(4) + 0.2 * Math.log(2) + 0.1 * Math.log(2);
  expect(observation.value).toBeCloseTo(expected, 1);
  expect(observation.computation?.parameters).toMatchObject({ nanShare: expect.closeTo(0, 6) });
  expect(clock.nowMs() - observation.dataTimeMs).toBeLessThan(10_000);

  const { identity, served } = requestFor(signal);
  const counts = await askOnce(clock)({ name: 'prometheus', url: prometheus.url, timeoutSeconds: 10 }, { signal, identity, served });
  if (!counts.ok) throw new Error(counts.failure);
  expect(captureCounts({ kind: 'Native' }, counts.value.rows, { maxBounds: 64, maxCategories: 128, maxCategoryLength: 128 })).toMatchObject(
    {
      ok: true,
      value: { upperBounds: [0.25, 0.5, 0.75] },
    },
  );
});
