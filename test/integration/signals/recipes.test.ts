import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { RiskPolicy } from '../../../src/api/risk-policy.ts';
import { createSystemClock } from '../../../src/kube/system-clock.ts';
import { createSignalSource, type ReplaceableSignalSource } from '../../../src/signals/registry.ts';
import { connectControlPlane, type ConnectedControlPlane } from '../../../testbed/connect.ts';
import { installCRDs } from '../../../testbed/crds.ts';
import { eventually } from '../../../testbed/eventually.ts';
import { startPrometheus, type RunningPrometheus } from '../../../testbed/prometheus.ts';
import { withValue } from '../../builders/api.ts';
import { resourceOf } from '../../builders/api-resources.ts';
import { startExporter, type Exporter } from '../../builders/exporter.ts';
import { lookAt } from '../../builders/look.ts';
import { recipes, type Recipe } from '../../builders/recipes.ts';
import { toolGauges } from '../../builders/tool-gauges.ts';

// Scrapes come once a second, discovery takes up to five.
jest.setTimeout(60_000);

const clock = createSystemClock();
// An hour without a run is three seconds here; nothing else of the recipes is touched.
const shortened = recipes((text) => text.replaceAll('[1h]', '[3s]').replaceAll(/bool \d+/g, 'bool 3'));
const exporters = new Map<string, Exporter>();
let plane: ConnectedControlPlane;
let prometheus: RunningPrometheus;
let source: ReplaceableSignalSource;

beforeAll(async () => {
  plane = connectControlPlane();
  await installCRDs(plane, 'crds');
  for (const { tool } of shortened) exporters.set(tool, await startExporter());
  const targets = [...exporters.values()].map(({ address }) => ({ address, labels: { namespace: 'lending' } }));
  prometheus = await startPrometheus({ targets });
  source = createSignalSource({ clock, onQuery: () => undefined });
  source.replaceProviders([{ name: 'prometheus', url: prometheus.url, timeoutSeconds: 10 }]);
}, 60_000);

afterAll(async () => {
  await source.close();
  await prometheus.stop();
  for (const exporter of exporters.values()) await exporter.stop();
  await plane.close();
});

/** The tool runs every quarter of a second until it dies; what it exposed last stays, as a Pushgateway or a stuck process leaves it. */
function startTool(tool: string): { die(): Promise<void> } {
  const death = new AbortController();
  const running = (async () => {
    for (let runs = 0; !death.signal.aborted; runs += 1) {
      exporters.get(tool)?.expose(toolGauges[tool]?.({ runs, lastRunAtMs: clock.nowMs() }) ?? null);
      await delay(250);
    }
  })();
  return {
    die: () => {
      death.abort();
      return running;
    },
  };
}

function withoutActivity(policy: RiskPolicy): RiskPolicy {
  const signals = policy.spec.signals.map((template) => {
    if (!('promQL' in template)) return template;
    const { activityQuery: _left, ...promQL } = template.promQL;
    return { ...template, promQL };
  });
  return { ...policy, spec: { ...policy.spec, signals } };
}

async function verdicts({ policy, risk }: Pick<Recipe, 'policy' | 'risk'>) {
  const names = risk.spec.indicators.map(({ name }) => name);
  const assessed = await Promise.all(names.map((name) => lookAt({ policy, risk, source, clock }, name)));
  return assessed.map(({ verdict, observation }) => (observation.kind === 'NoData' ? observation.cause : verdict));
}

describe.each(shortened)('the recipe of $tool, on a stand-in for its gauges and a real Prometheus', (recipe) => {
  const all = (what: string) => recipe.risk.spec.indicators.map(() => what);

  it('is accepted by a real API server as it stands', async () => {
    const namespace = await plane.createNamespace();
    const asShipped = recipes().find(({ tool }) => tool === recipe.tool);
    for (const manifest of asShipped?.manifests ?? []) {
      const placed = manifest.kind === 'RiskPolicy' ? manifest : withValue(manifest, 'metadata.namespace', namespace);
      await plane.client.create(resourceOf(manifest.kind), placed, { dryRun: true });
    }
  });

  it('comes to a verdict while the tool runs, and to no data when it died and its gauge froze', async () => {
    const tool = startTool(recipe.tool);
    await eventually(
      async () => {
        const seen = await verdicts(recipe);
        if (seen.some((each) => each !== 'Ok')) throw new Error(seen.join());
        return true;
      },
      { timeoutMs: 20_000, everyMs: 250 },
    );
    await tool.die();
    await eventually(async () => (await verdicts(recipe)).every((each) => each === 'Inactive'), { timeoutMs: 20_000, everyMs: 250 });
    // The trap: to whoever asks for no activity the frozen gauge looks as good as ever.
    expect(await verdicts({ ...recipe, policy: withoutActivity(recipe.policy) })).toEqual(all('Ok'));
    expect(await verdicts(recipe)).toEqual(all('Inactive'));
  });
});
