import { spawn } from 'node:child_process';

import type { ToolName } from './tools/tool.ts';

/** What a bed with an API server and the product on it is made of, but for a gateway. */
export const toolsOfBed: readonly ToolName[] = ['controlplane', 'kubectl', 'gateway-api-crds', 'istio-crds'];
export const toolsOfGateway: readonly ToolName[] = ['contour', 'envoy', 'contour-crds'];

/**
 * Gets every tool before a script enters a network of its own, where nothing can be downloaded or built any more. Says on
 * standard error what it makes while it makes it; false when one could not be had, which was said too.
 */
export function getTools(asker: string, names: readonly ToolName[]): Promise<boolean> {
  process.stderr.write(`${asker}: getting the parts: about 15 minutes on two cores the first time, cached from then on\n`);
  const setup = spawn(process.execPath, ['testbed/setup.ts', '--only', names.join(',')], { stdio: ['ignore', 'ignore', 'inherit'] });
  return new Promise((resolve) => {
    setup.on('error', () => {
      resolve(false);
    });
    setup.on('close', (code) => {
      resolve(code === 0);
    });
  });
}
