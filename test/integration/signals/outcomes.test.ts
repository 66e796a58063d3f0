import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Observation } from '../../../src/core/model/observation.ts';
import { createSystemClock } from '../../../src/kube/system-clock.ts';
import type { SignalDefinition } from '../../../src/signals/port.ts';
import { createSignalSource, type ReplaceableSignalSource } from '../../../src/signals/registry.ts';
import { eventually } from '../../../testbed/eventually.ts';
import { startPrometheus, type RunningPrometheus } from '../../../testbed/prometheus.ts';
import { outcomeRows, performance, approval } from '../../builders/decision-rows.ts';
import { startExporter, type Exporter } from '../../builders/exporter.ts';
import { fairnessSignal, requestFor } from '../../builders/signal.ts';

// Scrapes come once a second, discovery takes up to five.
jest.setTimeout(30_000);

const clock = createSystemClock();
const dayMs = 86_400_000;
let prometheus: RunningPrometheus;
let exporter: Exporter;
let source: ReplaceableSignalSource;

/** The UTC day so many days ago, as applications label it. */
function dayAgo(days: number): string {
  return new Date(clock.nowMs() - days * dayMs).toISOString().slice(0, 10);
}

function line(metric: string, labels: Readonly<Record<string, string>>, value: number): string {
  const all = { ...labels, model: 'credit', version: '2', served: 'live' };
  return `${metric}{${Object.entries(all)
    .map(([label, text]) => `${label}="${text}"`)
    .join(',')}} ${String(value)}`;
}

/** Outcomes of one day of decisions, by group. */
function outcomes(day: string, groups: Parameters<typeof outcomeRows>[0]): readonly string[] {
  return outcomeRows(groups).map(({ labels, value }) => line('outcomes', { ...labels, day }, value));
}

beforeAll(async () => {
  exporter = await startExporter();
  exporter.expose([
    ...outcomes(dayAgo(2), { a: [80, 30, 20, 70], b: [60, 20, 40, 80] }),
    // Too young: nobody could have repaid yet.
    ...outcomes(dayAgo(0), { a: [0, 100, 0, 100], b: [100, 0, 100, 0] }),
    line('decided', { day: dayAgo(2) }, 500),
    line('decided', { day: dayAgo(0) }, 500),
  ]);
  prometheus = await startPrometheus({ targets: [{ address: exporter.address, labels: { namespace: 'lending' } }] });
  source = createSignalSource({ clock, onQuery: () => undefined });
  source.replaceProviders([{ name: 'prometheus', url: prometheus.url, timeoutSeconds: 10 }]);
}, 60_000);

afterAll(async () => {
  await source.close();
  await prometheus.stop();
  await exporter.stop();
});

async function scraped(signal: SignalDefinition): Promise<Observation> {
  return eventually(async () => {
    const [answer] = await source.observe([requestFor(signal)], new AbortController().signal);
    if (answer === undefined) throw new Error('no answer');
    // Not scraped yet.
    if (answer.observation.kind === 'NoData') throw new Error(answer.observation.message);
    return answer.observation;
  });
}

const cohort = { label: 'day', labelMaturitySeconds: 86_400, windowSeconds: 86_400 };
const midnightMs = () => Date.parse(`${dayAgo(1)}T00:00:00Z`);

describe('outcomes in a real Prometheus, by day of the decision', () => {
  it('make groups unequal by those whose outcome had time to arrive', async () => {
    const query = 'sum by (namespace, model, version, served, group, decision, outcome, day) (max_over_time(outcomes[60d]))';
    const observation = await scraped(fairnessSignal({ query }));
    expect(observation).toMatchObject({ kind: 'Value', value: expect.closeTo(0.2, 12), sampleCount: 100, dataTimeMs: midnightMs() });
    expect(observation).toHaveProperty('computation.counts', { 'group: a': [80, 30, 20, 70], 'group: b': [60, 20, 40, 80] });
  });

  it('measure the model with the share of decisions they stand for', async () => {
    const signal = fairnessSignal({
      shape: 'recall',
      query: 'sum by (namespace, model, version, served, decision, outcome, day) (max_over_time(outcomes[60d]))',
      labels: ['decision', 'outcome', 'day'],
      parts: [{ name: 'decisions', query: 'max_over_time(decided[60d])', labels: ['day'], isBaseline: true }],
      statistic: performance(
        { metric: 'Recall', decision: approval, method: 'Wilson' },
        { cohort, coverage: { labelledShare: { minPercent: 80 }, labelAge: null } },
      ),
    });
    expect(await scraped(signal)).toMatchObject({
      kind: 'Value',
      value: 0.7,
      sampleCount: 200,
      dataTimeMs: midnightMs(),
      computation: { parameters: { labelledPercent: 80 }, counts: { confusion: [140, 50, 60, 150] } },
    });
  });
});
