/**
 * `npm test`: installs what the tests need (said on screen while it happens), bundles the operator, runs every tier,
 * and ends with `N passed, N failed`.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeTool, runCommand } from './run-command.ts';

interface JestSummary {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
}

/**
 * Modules of a suite that is over are not let go: in one process the pure suites outgrew its 4 GB. Two workers, each begun anew once it
 * holds too much, need less and are sooner done.
 */
const bounded = ['--maxWorkers=2', '--workerIdleMemoryLimit=1500MB'];

async function runJest(projects: readonly string[], directory: string, flags: readonly string[] = []): Promise<JestSummary> {
  const report = join(directory, `${projects.join('-')}.json`);
  const [node, jest] = nodeTool('jest/bin/jest.js');
  const run = await runCommand(node, [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    jest,
    // A test that failed before it closed its world must not keep the run from ending.
    '--forceExit',
    // Five seconds, the default, are not enough beside the compilers that build the tools of a machine with nothing cached.
    '--testTimeout=60000',
    '--selectProjects',
    ...projects,
    '--cacheDirectory',
    cacheDirectory,
    '--json',
    '--outputFile',
    report,
    ...flags,
    ...process.argv.slice(2),
  ]);
  try {
    return JSON.parse(readFileSync(report, 'utf8')) as JestSummary;
  } catch {
    console.error(`jest ended with code ${run.code} and wrote no report for ${projects.join(', ')}; its output above says why.`);
    return { numPassedTests: 0, numFailedTests: 0, numRuntimeErrorTestSuites: 1 };
  }
}

// What jest compiled is worth keeping from run to run; everything else a test, or an operator it killed, leaves in the temporary folder is not.
const cacheDirectory = join(tmpdir(), 'modelrisk-jest-cache');
const directory = mkdtempSync(join(tmpdir(), 'modelrisk-test-'));
process.env['TMPDIR'] = directory;
let failed = 0;
try {
  const prepared = await Promise.all([
    runCommand(process.execPath, ['testbed/setup.ts']),
    runJest(['unit', 'property'], directory, bounded),
    runCommand(process.execPath, ['scripts/build.ts']),
  ]);
  const [setup, pure, bundle] = prepared;
  const ready = setup.code === 0 && bundle.code === 0;
  if (!ready)
    console.error('The integration tests did not run: a tool or the bundle is missing; the lines above say which and how to get it.');
  // One after the other: each has a control plane of its own.
  const none: JestSummary = { numPassedTests: 0, numFailedTests: 0, numRuntimeErrorTestSuites: 1 };
  const integration = ready ? await runJest(['integration'], directory) : none;
  const story = ready ? await runJest(['end-to-end'], directory) : none;
  const runs = [pure, integration, story];
  const passed = runs.reduce((total, run) => total + run.numPassedTests, 0);
  // A suite that could not even be loaded has no failed tests of its own, yet must never pass for green.
  failed = runs.reduce((total, run) => total + run.numFailedTests + run.numRuntimeErrorTestSuites, 0);
  if (failed > 0) console.error(`Logs of the failed tests, among others, are in ${directory}; remove it when you have seen enough.`);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
} finally {
  if (failed === 0) rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}
