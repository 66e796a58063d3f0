import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { captureCounts } from '../../../src/core/statistics/drift-capture.ts';
import { judge } from '../../../src/core/judge.ts';
import type { Assessment } from '../../../src/core/model/assessment.ts';
import type { Observation } from '../../../src/core/model/observation.ts';
import { createSystemClock } from '../../../src/kube/system-clock.ts';
import type { QueriedSignal } from '../../../src/signals/port.ts';
import type { QueryRecord } from '../../../src/signals/answers.ts';
import { askOnce, createSignalSource, type ReplaceableSignalSource } from '../../../src/signals/registry.ts';
import { eventually } from '../../../testbed/eventually.ts';
import { startPrometheus, type RunningPrometheus } from '../../../testbed/prometheus.ts';
import { anIndicator } from '../../builders/core.ts';
import { startExporter, type Exporter } from '../../builders/exporter.ts';
import { driftSignal, inlineSignal, requestFor, templateSignal, type Asked } from '../../builders/signal.ts';

// Scrapes come once a second, discovery takes up to five.
jest.setTimeout(30_000);

const clock = createSystemClock();
const records: QueryRecord[] = [];
let prometheus: RunningPrometheus;
let lending: Exporter;
let fraud: Exporter;
let source: ReplaceableSignalSource;

const credit = '{model="credit",version="2",served="live"}';

beforeAll(async () => {
  [lending, fraud] = await Promise.all([startExporter(), startExporter()]);
  prometheus = await startPrometheus({
    targets: [
      { address: lending.address, labels: { namespace: 'lending' } },
      { address: fraud.address, labels: { namespace: 'fraud' } },
    ],
  });
  source = createSignalSource({ clock, onQuery: (record) => records.push(record) });
  source.replaceProviders([{ name: 'prometheus', url: prometheus.url, timeoutSeconds: 10 }]);
}, 60_000);

afterAll(async () => {
  await source.close();
  await prometheus.stop();
  await Promise.all([lending.stop(), fraud.stop()]);
});

async function observe(signal: QueriedSignal, asked: Asked = {}): Promise<Observation> {
  const [answer] = await source.observe([requestFor(signal, asked)], new AbortController().signal);
  if (answer === undefined) throw new Error('no answer');
  return answer.observation;
}

function valueOf(observation: Observation): Extract<Observation, { kind: 'Value' }> {
  if (observation.kind !== 'Value') throw new Error(observation.message);
  return observation;
}

/** Waits until Prometheus has scraped a value of this name that was exposed by this test. */
async function scraped(query: string, asked: Asked = {}): Promise<Extract<Observation, { kind: 'Value' }>> {
  return eventually(async () => valueOf(await observe(templateSignal({ query }), asked)));
}

function verdict(observation: Observation, nowMs = clock.nowMs()): Assessment {
  const { identity, served } = requestFor(templateSignal());
  return judge({ indicator: anIndicator({ minSamples: 0, staleAfterSeconds: 60 }), identity, served, observation, nowMs });
}

describe('a real Prometheus', () => {
  it('is Ok for a fresh finite value, timed by its own sample', async () => {
    lending.expose([`fresh${credit} 0.05`]);
    const observation = await scraped('fresh');
    expect(observation.value).toBe(0.05);
    expect(clock.nowMs() - observation.dataTimeMs).toBeLessThan(10_000);
    expect(verdict(observation).verdict).toBe('Ok');
  });

  it.each([
    ['NaN', 'fresh / (fresh - fresh) * 0', 'NotANumber'],
    ['+Inf', 'fresh / (fresh - fresh)', 'Infinite'],
    ['-Inf', '-fresh / (fresh - fresh)', 'Infinite'],
    ['no series', 'fresh > 1', 'Empty'],
    ['a metric nobody exports', 'nobody', 'Empty'],
    ['several series', 'label_replace(fresh, "pod", "a", "", "") or label_replace(fresh, "pod", "b", "", "")', 'SeveralSeries'],
    ['a warning', 'quantile by (namespace, model, version, served) (2, fresh)', 'DroppedSamples'],
  ])('has no data for %s', async (_what, query, cause) => {
    lending.expose([`fresh${credit} 0.05`]);
    await scraped('fresh');
    expect(verdict(await observe(templateSignal({ query })))).toMatchObject({ verdict: 'NoData', observation: { cause } });
  });

  it('passes on an info that drops nothing', async () => {
    lending.expose([`gauge_that_rates${credit} 1`]);
    await eventually(async () => valueOf(await observe(templateSignal({ query: 'rate(gauge_that_rates[1m])' }))));
    expect(records.at(-1)?.notices.join()).toContain('might not be a counter');
  });

  it('is an error for a query that Prometheus cannot run', async () => {
    lending.expose([`fresh${credit} 0.05`, `two${credit.replace('}', ',pod="a"}')} 1`, `two${credit.replace('}', ',pod="b"}')} 1`]);
    await scraped('sum without (pod) (two)');
    const observation = await observe(templateSignal({ query: 'fresh * on (namespace) two' }));
    expect(observation).toMatchObject({ kind: 'Error', cause: 'QueryRejected', message: expect.stringContaining('execution') });
  });

  it('regression: one namespace whose series a shared query cannot join takes the signal from nobody else', async () => {
    lending.expose([`whole${credit} 8`, `parts${credit} 2`]);
    fraud.expose([`whole${credit} 8`, `parts${credit.replace('}', ',pod="a"}')} 1`, `parts${credit.replace('}', ',pod="b"}')} 1`]);
    await scraped('whole');
    const signal = templateSignal({ query: 'whole / on (namespace, model, version, served) parts', shape: 'joined' });
    const requests = ['lending', 'fraud'].map((namespace) => requestFor(signal, { key: namespace, namespace }));
    const answers = await eventually(async () => {
      const observed = await source.observe(requests, new AbortController().signal);
      const byKey = new Map(observed.map(({ key, observation }) => [key, observation]));
      return byKey.get('fraud')?.kind === 'Error' && byKey.get('lending')?.kind === 'Value' && byKey;
    });
    expect(answers.get('lending')).toMatchObject({ kind: 'Value', value: 4 });
    expect(answers.get('fraud')).toMatchObject({
      cause: 'QueryRejected',
      message: expect.stringContaining('asked for namespace fraud alone'),
    });
  });

  it('calls an old sample stale although its value is there and the query time is now', async () => {
    const sampledAtMs = Math.floor(clock.nowMs() - 120_000);
    lending.expose([`late${credit} 0.05 ${sampledAtMs}`]);
    const observation = await scraped('late');
    expect(observation.dataTimeMs).toBe(sampledAtMs);
    expect(verdict(observation)).toMatchObject({ verdict: 'NoData', observation: { cause: 'Stale' } });
  });

  it('times a quotient by its older side, and is not misled by the fresh one', async () => {
    const sampledAtMs = Math.floor(clock.nowMs() - 120_000);
    lending.expose([`fresh${credit} 0.05`, `late${credit} 0.05 ${sampledAtMs}`]);
    expect((await scraped('fresh / late')).dataTimeMs).toBe(sampledAtMs);
    expect((await scraped('fresh or late')).dataTimeMs).toBeGreaterThan(sampledAtMs);
  });

  it('sees a sample from the future when clocks differ', async () => {
    lending.expose([`fresh${credit} 0.05`]);
    const observation = await scraped('fresh');
    expect(verdict(observation, clock.nowMs() - 60_000)).toMatchObject({ verdict: 'NoData', observation: { cause: 'FutureTimestamp' } });
  });

  it('never shows the rate of a target that is gone as current', async () => {
    lending.expose([`requests_total${credit} 1`]);
    const query = 'increase(requests_total[1m])';
    await scraped(query);
    lending.expose(null);
    const observation = await eventually(async () => {
      const seen = await observe(templateSignal({ query }));
      return seen.kind === 'NoData' ? seen : null;
    });
    expect(observation).toMatchObject({ cause: 'Stale' });
    const bare = await fetch(`${prometheus.url}/api/v1/query?query=${encodeURIComponent(query)}`);
    expect(await bare.text()).toContain('"credit"');
  });

  it('counts across a counter reset', async () => {
    const increase = 'increase(resets_total[1m])';
    for (const total of [10, 40, 5, 25]) {
      lending.expose([`resets_total${credit} ${total}`]);
      await eventually(async () => valueOf(await observe(templateSignal({ query: 'resets_total' }))).value === total);
    }
    // 10 -> 40 -> (0) 5 -> 25 is 55 rows; the window reaches a little beyond the samples and Prometheus extrapolates.
    const { value } = await scraped(increase);
    expect(value).toBeGreaterThanOrEqual(55);
    expect(value).toBeLessThan(110);
  });

  it('calls a frozen gauge inactive', async () => {
    lending.expose([`psi${credit} 0.01`, `scored_total${credit} 5`]);
    const signal = templateSignal({ query: 'psi', countQuery: 'scored_total', activityQuery: 'changes(scored_total[1m])' });
    await scraped('psi');
    expect(await observe(signal)).toMatchObject({ kind: 'NoData', cause: 'Inactive' });
    lending.expose([`psi${credit} 0.01`, `scored_total${credit} 6`]);
    expect(await eventually(async () => valueOf(await observe(signal)))).toMatchObject({ value: 0.01, sampleCount: 6 });
  });

  it('keeps tenants apart: the namespace comes from discovery, whatever an exporter says of itself', async () => {
    lending.expose([`fresh${credit} 0.05`]);
    fraud.expose([`fresh{namespace="lending",model="credit",version="2",served="live"} 0.9`]);
    expect(await scraped('fresh', { namespace: 'fraud' })).toMatchObject({ value: 0.9 });
    expect(await scraped('fresh')).toMatchObject({ value: 0.05 });
  });

  it('gives a model its value although another tenant exposes series that pose as parts of our query', async () => {
    lending.expose([`fresh${credit} 0.05`]);
    const forged = ['value', 'time0', ''].map((part) => `fresh{model="forger",version="2",served="live",__modelrisk_part__="${part}"} 1`);
    fraud.expose([...forged, `marker${credit} 1`]);
    await scraped('marker', { namespace: 'fraud' });
    expect(await scraped('fresh')).toMatchObject({ value: 0.05 });
  });

  it('lets an inline query read its own namespace and nothing else', async () => {
    lending.expose([`secret_lending${credit} 1`]);
    fraud.expose([`secret_fraud${credit} 1`]);
    await scraped('secret_fraud', { namespace: 'fraud' });
    await scraped('secret_lending');
    const count = async (query: string) => valueOf(await observe(inlineSignal({ query }))).value;
    expect(await count('count({__name__=~"secret_.*"})')).toBe(1);
    expect(await count('count({__name__=~"secret_.*"} or ignoring (namespace) max_over_time({__name__=~"secret_.*"}[1m:1s]))')).toBe(1);
    expect(await observe(inlineSignal({ query: 'secret_fraud' }))).toMatchObject({ kind: 'NoData', cause: 'Empty' });
    expect(await observe(inlineSignal({ query: 'secret_fraud{namespace="fraud"}' }))).toMatchObject({
      kind: 'Error',
      cause: 'QueryRejected',
    });
  });

  it('measures drift from the buckets of a real histogram', async () => {
    const expose = (counts: readonly number[]): void => {
      const le = ['0.25', '0.5', '0.75', '+Inf'];
      lending.expose(counts.map((count, index) => `score_bucket${credit.replace('}', `,le="${le[index] ?? ''}"}`)} ${count}`));
    };
    expose([0, 0, 0, 0]);
    await scraped('score_bucket{le="+Inf"}');
    // The reference of the builder has 10 / 30 / 40 / 20 %; the live rows 40 / 30 / 20 / 10 %.
    expose([400, 700, 900, 1000]);
    const observation = await eventually(async () => {
      const seen = await observe(driftSignal());
      return seen.kind === 'Value' && (seen.sampleCount ?? 0) >= 1000 ? seen : null;
    });
    const expected = 0.3 * Math.log(4) + 0.2 * Math.log(2) + 0.1 * Math.log(2);
    expect(observation.value).toBeCloseTo(expected, 1);
    expect(observation.noiseFloor).toBeLessThan(0.03);
    expect(clock.nowMs() - observation.dataTimeMs).toBeLessThan(10_000);
  });

  it('measures drift of categories, and of now against some seconds ago', async () => {
    const expose = (counts: Readonly<Record<string, number>>): void => {
      const series = Object.entries(counts).map(
        ([purpose, count]) => `asked_total${credit.replace('}', `,purpose="${purpose}"}`)} ${count}`,
      );
      lending.expose(series);
    };
    expose({ car: 0, 'Haus & Söhne': 0, '': 0 });
    await scraped('sum by (model, namespace, version, served) (asked_total)');
    expose({ car: 600, 'Haus & Söhne': 300, '': 100 });
    const query = 'sum by (namespace, model, version, served, purpose) (increase(asked_total[1m]))';
    const season = { name: 'season', query, labels: ['purpose'], isBaseline: true, offsetSeconds: 4 };
    const signal = driftSignal({
      ...{ query, labels: ['purpose'], parts: [season] },
      statistic: {
        ...{ kind: 'Drift', metric: 'JensenShannon', designEffect: 1, falseAlarmProbability: 0.01 },
        counted: { kind: 'Categories', label: 'purpose' },
        reference: { kind: 'Window', part: 'season', version: null, what: 'the drift query of 4 s ago' },
      },
    });
    const observation = await eventually(async () => {
      const seen = await observe(signal);
      return seen.kind === 'Value' && (seen.computation?.counts['car']?.[0] ?? 0) > 0 ? seen : null;
    });
    // The same shares then and now; Prometheus extrapolates both to the edges of their windows.
    expect(observation.value).toBeCloseTo(0, 6);
    expect(Object.keys(observation.computation?.counts ?? {})).toEqual(['Haus & Söhne', 'car', '__missing__']);
    expect(clock.nowMs() - observation.dataTimeMs).toBeLessThan(10_000);
  });

  it('lets a person keep the counts of the window', async () => {
    lending.expose(['1', '5', '+Inf'].map((le) => `kept_bucket${credit.replace('}', `,le="${le}"}`)} 0`));
    await scraped('kept_bucket{le="+Inf"}');
    lending.expose(
      [1, 5, 9].map((count, at) => `kept_bucket${credit.replace('}', `,le="${['1', '5', '+Inf'][at] ?? ''}"}`)} ${count * 10}`),
    );
    const { identity, served } = requestFor(driftSignal());
    const signal = driftSignal({ query: 'sum by (namespace, model, version, served, le) (increase(kept_bucket[1m]))' });
    const provider = { name: 'prometheus', url: prometheus.url, timeoutSeconds: 10 };
    const counts = await eventually(async () => {
      const read = await askOnce(clock)(provider, { signal, identity, served });
      return read.ok && read.value.rows.every(({ value }) => value > 0) ? read.value : null;
    });
    const captured = captureCounts({ kind: 'Buckets' }, counts.rows, { maxBounds: 64, maxCategories: 128, maxCategoryLength: 128 });
    expect(captured).toMatchObject({ ok: true, value: { upperBounds: [1, 5] } });
    expect(await askOnce(clock)({ ...provider, url: 'file:///etc' }, { signal, identity, served })).toMatchObject({ ok: false });
  });
});
