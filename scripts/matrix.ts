/**
 * `npm run matrix`: every story of every kind of target, told on a real API server with the real CRDs and the operator as it
 * ships. A cell is ok, refused with a documented reason, or failed.
 *   --concurrency N     stories at a time
 *   --json              the last line on standard output is one JSON object; everything else goes to standard error
 */
import { parseArgs } from 'node:util';

import { openStoryBed } from '../test/builders/live-stories.ts';
import { matrixTable, summarize, tellAll } from '../test/builders/target-matrix.ts';
import { coordinatesOf } from '../testbed/cluster-access.ts';
import { connectTo } from '../testbed/connect.ts';
import { startControlPlane } from '../testbed/control-plane.ts';
import { installProduct } from '../testbed/install.ts';
import { runCommand } from './run-command.ts';

const defaultConcurrency = '8';

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { json: { type: 'boolean', default: false }, concurrency: { type: 'string', default: defaultConcurrency } },
  });
  const say = (line: string): void => {
    (values.json ? process.stderr : process.stdout).write(`${line}\n`);
  };
  const built = await runCommand(process.execPath, ['scripts/build.ts']);
  if (built.code !== 0) return built.code;
  const plane = await startControlPlane();
  try {
    await installProduct(plane);
    const connected = connectTo(coordinatesOf(plane));
    const bed = await openStoryBed(connected);
    const cells = await tellAll(bed, Number(values.concurrency)).finally(() => bed.close());
    await connected.close();
    for (const line of matrixTable(cells)) say(line);
    const summary = summarize(cells);
    if (values.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
    return summary.failed === 0 && summary.cells > 0 ? 0 : 1;
  } finally {
    await plane.stop();
  }
}

process.exit(await main());
