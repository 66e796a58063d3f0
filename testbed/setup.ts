import { parseArgs } from 'node:util';

import { catalog, toolNames } from './tools/catalog.ts';
import { progressOnStderr, resolveTool } from './tools/resolve.ts';
import type { ToolName } from './tools/tool.ts';

/**
 * `npm run setup [-- --only a,b]`: gets every tool of the bed, so that tests and demo start at once. Exits 1 when one
 * could not be had, after trying the others.
 */
async function main(): Promise<number> {
  const { values } = parseArgs({ options: { only: { type: 'string' } } });
  const names = values.only === undefined ? toolNames : values.only.split(',').map(toToolName);
  const failures = (await Promise.all(lanes(names).map(runLane))).flat();
  for (const line of failures) process.stderr.write(`testbed: ${line}\n`);
  if (failures.length === 0) progressOnStderr(`all ${names.length} tools are ready`);
  return failures.length === 0 ? 0 : 1;
}

/**
 * Go's compiler fills both cores by itself, but its single-threaded ends leave one idle: two builds at once are faster
 * than one, three are not. What only downloads goes beside them. A tool made of another waits for it on the lock.
 */
function lanes(names: readonly ToolName[]): readonly (readonly ToolName[])[] {
  const compiled = names.filter((name) => catalog[name].recipe.kind.startsWith('Go'));
  const fetched = names.filter((name) => !compiled.includes(name));
  return [compiled.filter((_, index) => index % 2 === 0), compiled.filter((_, index) => index % 2 === 1), fetched];
}

async function runLane(names: readonly ToolName[]): Promise<readonly string[]> {
  const failures: string[] = [];
  for (const name of names) {
    try {
      process.stdout.write(`${name} ${await resolveTool(name)}\n`);
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
    }
  }
  return failures;
}

function toToolName(text: string): ToolName {
  const name = toolNames.find((known) => known === text.trim());
  if (name === undefined) throw new Error(`--only ${text}: there is no such tool; known are ${toolNames.join(', ')}`);
  return name;
}

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`testbed: ${error instanceof Error ? error.message : String(error)}\n`);
  return 2;
});
