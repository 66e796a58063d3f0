import { getTools, toolsOfBed, toolsOfGateway } from '../testbed/get-tools.ts';
import { enterNetwork, isInsideNetwork } from '../testbed/network.ts';
import { runCommand } from '../testbed/run-command.ts';
import type { Say } from './bed.ts';
import { startEffectBed } from './effect/bed.ts';
import type { EffectBed } from './effect/bed.ts';

/** What was measured; or the exit code of the inner run, which printed it, where this process is the outer one. */
export type Inside<Figures> =
  { readonly kind: 'Measured'; readonly figures: Figures } | { readonly kind: 'RanInside'; readonly exitCode: number };

/** Measures with a gateway under the operator, in a network of our own. */
export async function insideGateway<Figures>(say: Say, measure: (bed: EffectBed) => Promise<Figures>): Promise<Inside<Figures>> {
  if (!isInsideNetwork()) await prepare();
  const network = await enterNetwork();
  if (network.kind === 'RanInside') return network;
  if (network.kind === 'Unavailable') throw new Error(network.reason);
  const bed = await startEffectBed(network.address, say);
  try {
    return { kind: 'Measured', figures: await measure(bed) };
  } finally {
    await bed.stop();
  }
}

/** What needs the machine's own network, before it is left. */
async function prepare(): Promise<void> {
  if (!(await getTools('bench', [...toolsOfBed, ...toolsOfGateway]))) throw new Error('a part of the bed is missing; what was said above');
  const built = await runCommand(process.execPath, ['scripts/build.ts']);
  if (built.code !== 0) throw new Error(`the operator could not be bundled: ${built.stderr}`);
}
