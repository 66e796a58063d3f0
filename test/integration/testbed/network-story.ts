/** What a script does in a network of its own: leaves a file in the temporary folder, and ends when it is asked to, with 7. */
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { enterNetwork } from '../../../testbed/network.ts';

const network = await enterNetwork();
if (network.kind === 'RanInside') process.exit(network.exitCode);
if (network.kind === 'Unavailable') {
  process.stdout.write(`${network.reason}\n`);
  process.exit(0);
}
const left = join(tmpdir(), 'left-behind');
writeFileSync(left, '');
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(7));
setInterval(() => undefined, 1000);
process.stdout.write(`${left}\n`);
