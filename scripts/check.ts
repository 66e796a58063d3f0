/**
 * Everything that can be said of the tree without running it: format, types, lint, import arrows (each rule with a
 * planted violation), unused code, budgets, generated files. One line a step; the first failing step's output is shown.
 */
import { nodeTool, runCommand } from './run-command.ts';
import type { CommandOutcome } from './run-command.ts';

type Step = readonly [name: string, command: string, commandArguments: readonly string[]];

function tool(name: string, path: string, ...commandArguments: readonly string[]): Step {
  const [command, script] = nodeTool(path);
  return [name, command, [script, ...commandArguments]];
}

function script(name: string, path: string, ...commandArguments: readonly string[]): Step {
  return [name, process.execPath, [path, ...commandArguments]];
}

const steps: readonly Step[] = [
  tool('format', 'prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'),
  tool('types', 'typescript/bin/tsc', '--noEmit'),
  tool('lint', 'eslint/bin/eslint.js', '--max-warnings', '0', 'src', 'test', 'testbed', 'demo', 'bench', 'scripts'),
  tool('imports', 'dependency-cruiser/bin/dependency-cruise.mjs', '--config', '.dependency-cruiser.cjs', 'src'),
  script('import rules bite', 'scripts/planted-violations.ts'),
  tool('unused in production', 'knip/bin/knip.js', '--production'),
  tool('unused anywhere', 'knip/bin/knip.js'),
  script('size budgets', 'scripts/budgets.ts'),
  script('generated files', 'scripts/generate.ts', '--check'),
];

const failures: string[] = [];
for (const [name, command, commandArguments] of steps) {
  const outcome: CommandOutcome = await runCommand(command, commandArguments);
  console.log(`check: ${name}: ${outcome.code === 0 ? 'ok' : 'FAILED'}`);
  if (outcome.code !== 0) failures.push(name);
}
if (failures.length > 0) {
  console.error(`npm run check failed: ${failures.join(', ')}`);
  process.exitCode = 1;
}
