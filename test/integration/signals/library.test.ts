import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { parse } from 'yaml';
import { parseModelRisk, type ModelRisk } from '../../../src/api/model-risk.ts';
import { parseRiskPolicy, type RiskPolicy } from '../../../src/api/risk-policy.ts';
import { createSystemClock } from '../../../src/kube/system-clock.ts';
import { createSignalSource, type ReplaceableSignalSource } from '../../../src/signals/registry.ts';
import { connectControlPlane, type ConnectedControlPlane } from '../../../testbed/connect.ts';
import { installCRDs } from '../../../testbed/crds.ts';
import { eventually } from '../../../testbed/eventually.ts';
import { freePort } from '../../../testbed/free-port.ts';
import { startProcess, type ManagedProcess } from '../../../testbed/process.ts';
import { startPrometheus, type RunningPrometheus } from '../../../testbed/prometheus.ts';
import { stored, withValue, type Manifest } from '../../builders/api.ts';
import { resourceOf } from '../../builders/api-resources.ts';
import { lookAt } from '../../builders/look.ts';
import { withShortWindows } from '../../builders/short-windows.ts';

// Four seasons of the shortened anomaly are 24 seconds, and its first window is six more.
jest.setTimeout(90_000);

const signals = join(import.meta.dirname, '..', '..', '..', 'config', 'signals');
const clock = createSystemClock();
let directory: string;
let plane: ConnectedControlPlane;
let server: ManagedProcess;
let prometheus: RunningPrometheus;
let source: ReplaceableSignalSource;
let policy: RiskPolicy;
let risk: ModelRisk;

async function shipped(file: string): Promise<Manifest> {
  return parse(withShortWindows(await readFile(join(signals, file), 'utf8'))) as Manifest;
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'modelrisk-library-'));
  const [library, model] = await Promise.all([shipped('risk-policy.yaml'), shipped('model-risk.yaml')]);
  const [read, readRisk] = [parseRiskPolicy(stored(library)), parseModelRisk(stored(model))];
  if (!read.ok) throw new Error(read.failure.join('; '));
  if (!readRisk.ok) throw new Error(readRisk.failure.join('; '));
  [policy, risk] = [read.value, readRisk.value];
  plane = connectControlPlane();
  await installCRDs(plane, 'crds');
  const port = await freePort();
  [server, prometheus] = await Promise.all([
    startProcess({
      name: 'example server',
      command: process.execPath,
      args: ['demo/example-server.ts', '--port', String(port), '--rows-per-second', '150', '--outcome-delay-seconds', '1'],
      logFile: join(directory, 'example-server.log'),
      ready: async () => (await fetch(`http://127.0.0.1:${String(port)}/healthz`)).ok,
    }),
    startPrometheus({ targets: [{ address: `127.0.0.1:${String(port)}`, labels: { namespace: 'lending' } }] }),
  ]);
  source = createSignalSource({ clock, onQuery: () => undefined });
  source.replaceProviders([{ name: 'prometheus', url: prometheus.url, timeoutSeconds: 10 }]);
}, 60_000);

afterAll(async () => {
  await source.close();
  await prometheus.stop();
  await server.stop();
  await plane.close();
  await rm(directory, { recursive: true, force: true });
});

const templates = [
  'score-drift',
  'missing-rate',
  'approval-parity',
  'calibration-error',
  'error-burn-rate',
  'latency-burn-rate',
  'saturation',
  'prediction-anomaly',
];

describe('the shipped library, on the example server and a real Prometheus', () => {
  it('is accepted by a real API server as it stands, and so is the ModelRisk that uses it', async () => {
    const namespace = await plane.createNamespace();
    for (const file of ['risk-policy.yaml', 'model-risk.yaml']) {
      const manifest = parse(await readFile(join(signals, file), 'utf8')) as Manifest;
      const placed = manifest.kind === 'RiskPolicy' ? manifest : withValue(manifest, 'metadata.namespace', namespace);
      await plane.client.create(resourceOf(manifest.kind), placed, { dryRun: true });
    }
  });

  it('asks Prometheus for these templates and no others', () => {
    expect(policy.spec.signals.flatMap((signal) => ('provider' in signal ? [signal.name] : []))).toEqual(templates);
  });

  it.each(templates)('%s comes to a verdict on census rows, and says of how many samples', async (name) => {
    const settled = await eventually(
      async () => {
        const assessment = await lookAt({ policy, risk, source, clock }, name);
        const { verdict, observation } = assessment;
        if (observation.kind !== 'Value') throw new Error(`${verdict}: ${observation.message}`);
        if (verdict !== 'Ok') throw new Error(`${verdict}: ${String(observation.value)} of ${String(observation.sampleCount)} samples`);
        return observation;
      },
      { timeoutMs: 60_000, everyMs: 250 },
    );
    expect(settled.sampleCount).toBeGreaterThan(0);
    expect(Number.isFinite(settled.value)).toBe(true);
  });
});
