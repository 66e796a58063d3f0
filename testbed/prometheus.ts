import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { stringify } from 'yaml';

import { freePort } from './free-port.ts';
import { startProcess } from './process.ts';
import { resolveTool } from './tools/resolve.ts';

/** One endpoint to scrape; the labels come from discovery and win over what the exporter says of itself. */
export interface ScrapeTarget {
  /** `host:port`. */
  readonly address: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Default `/metrics`. */
  readonly path?: string;
}

export interface PrometheusOptions {
  readonly targets: readonly ScrapeTarget[];
  /** Default 1. */
  readonly scrapeIntervalSeconds?: number;
  /** Default 127.0.0.1; in a network namespace the address others reach it by. */
  readonly host?: string;
  /** Classic histograms are stored as native ones. Default false. */
  readonly convertsHistograms?: boolean;
  /** What the targets say of their namespace stands, as with a ServiceMonitor's honorLabels. Default false. */
  readonly honorsLabels?: boolean;
  /** Rules to evaluate: `groups`, as in a PrometheusRule. Default none. */
  readonly rules?: object;
}

export interface RunningPrometheus {
  readonly url: string;
  readonly directory: string;
  /** Replaces all targets; discovery takes it up within a second, without a restart. */
  setTargets(targets: readonly ScrapeTarget[]): Promise<void>;
  stop(): Promise<void>;
}

/** A real Prometheus with a data folder of its own, ready to answer queries. Ends with this process. */
export async function startPrometheus(options: PrometheusOptions): Promise<RunningPrometheus> {
  const command = await resolveTool('prometheus');
  const directory = await mkdtemp(join(tmpdir(), 'modelrisk-prometheus-'));
  const host = options.host ?? '127.0.0.1';
  const url = `http://${host}:${await freePort(host)}`;
  const targetsFile = join(directory, 'targets.json');
  const setTargets = (targets: readonly ScrapeTarget[]): Promise<void> => writeFile(targetsFile, JSON.stringify(targets.map(discovered)));
  await setTargets(options.targets);
  await writeFile(join(directory, 'rules.yml'), stringify(options.rules ?? { groups: [] }));
  await writeFile(join(directory, 'prometheus.yml'), stringify(configuration(targetsFile, options)));
  const running = await startProcess({
    name: 'prometheus',
    command,
    args: [
      ...['--config.file', join(directory, 'prometheus.yml'), '--storage.tsdb.path', join(directory, 'data')],
      ...['--web.listen-address', new URL(url).host, '--storage.tsdb.retention.time', '1d', '--log.level', 'warn'],
    ],
    logFile: join(directory, 'prometheus.log'),
    ready: async () => (await fetch(`${url}/-/ready`)).ok,
  });
  return {
    url,
    directory,
    setTargets,
    stop: async () => {
      await running.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

interface DiscoveredTarget {
  readonly targets: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

function discovered(target: ScrapeTarget): DiscoveredTarget {
  return { targets: [target.address], labels: { ...target.labels, __metrics_path__: target.path ?? '/metrics' } };
}

function configuration(
  targetsFile: string,
  { scrapeIntervalSeconds = 1, convertsHistograms = false, honorsLabels = false }: PrometheusOptions,
): object {
  const interval = `${scrapeIntervalSeconds}s`;
  const native = convertsHistograms ? { convert_classic_histograms_to_nhcb: true } : {};
  return {
    global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval, ...native },
    rule_files: ['rules.yml'],
    // honor_labels false: an exporter can't claim another namespace, its claim becomes `exported_namespace`.
    scrape_configs: [
      { job_name: 'models', honor_labels: honorsLabels, file_sd_configs: [{ files: [targetsFile], refresh_interval: '1s' }] },
    ],
  };
}
