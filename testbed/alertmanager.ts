import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePort } from './free-port.ts';
import { startProcess } from './process.ts';
import { resolveTool } from './tools/resolve.ts';

export interface RunningAlertmanager {
  readonly url: string;
  stop(): Promise<void>;
}

/** A real Alertmanager without peers that tells nobody. Ends with this process. */
export async function startAlertmanager(): Promise<RunningAlertmanager> {
  const command = await resolveTool('alertmanager');
  const directory = await mkdtemp(join(tmpdir(), 'modelrisk-alertmanager-'));
  const url = `http://127.0.0.1:${await freePort()}`;
  const configFile = join(directory, 'alertmanager.yml');
  await writeFile(configFile, 'route: {receiver: nobody}\nreceivers: [{name: nobody}]\n');
  const running = await startProcess({
    name: 'alertmanager',
    command,
    args: [
      ...['--config.file', configFile, '--storage.path', join(directory, 'data'), '--cluster.listen-address', ''],
      ...['--web.listen-address', new URL(url).host, '--log.level', 'warn'],
    ],
    logFile: join(directory, 'alertmanager.log'),
    ready: async () => (await fetch(`${url}/-/ready`)).ok,
  });
  return {
    url,
    stop: async () => {
      await running.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
