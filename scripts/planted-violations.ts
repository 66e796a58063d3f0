/**
 * Proves that every import rule can fail: copies src/ aside, plants one violation per rule, and asks
 * dependency-cruiser whether that rule caught that file. A rule nobody can break guards nothing.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { spawnSync } from 'node:child_process';

interface Planted {
  readonly rule: string;
  /** The file whose import breaks the rule. */
  readonly file: string;
  readonly imports: string;
}

const rooms = ['api', 'signals', 'actuators', 'governance', 'kube', 'telemetry', 'notifications'];

const planted: readonly Planted[] = [
  { rule: 'no-cycles', file: 'src/core/planted-cycle.ts', imports: './planted-cycle-partner.ts' },
  { rule: 'shared-imports-nothing', file: 'src/shared/planted-shared.ts', imports: 'node:fs' },
  { rule: 'core-is-pure', file: 'src/core/planted-core.ts', imports: 'node:crypto' },
  ...rooms.map((room) => ({
    rule: `room-${room}-stands-alone`,
    file: `src/${room}/planted-${room}.ts`,
    imports: `../${room === 'kube' ? 'signals' : 'kube'}/planted-neighbour.ts`,
  })),
  { rule: 'report-reads-objects-alone', file: 'src/report/planted-report.ts', imports: '../kube/planted-neighbour.ts' },
  { rule: 'upper-floor-never-imports-sideways', file: 'src/cli/planted-cli.ts', imports: '../controllers/planted-neighbour.ts' },
  { rule: 'nothing-imports-main', file: 'src/server/planted-server.ts', imports: '../main.ts' },
  { rule: 'client-node-only-in-kube', file: 'src/controllers/planted-controller.ts', imports: '@kubernetes/client-node' },
  { rule: 'source-never-imports-tests', file: 'src/server/planted-test-user.ts', imports: '../../test/planted-neighbour.ts' },
];

/** What the planted imports point to. */
const neighbours: Readonly<Record<string, string>> = {
  'src/core/planted-cycle-partner.ts': "import './planted-cycle.ts';",
  'src/kube/planted-neighbour.ts': 'export {};',
  'src/signals/planted-neighbour.ts': 'export {};',
  'src/controllers/planted-neighbour.ts': 'export {};',
  'test/planted-neighbour.ts': 'export {};',
};

/** A cycle is reported from one of its members, whichever comes first. */
function plantedFrom(file: string): readonly string[] {
  return file.endsWith('planted-cycle.ts') ? [file, 'src/core/planted-cycle-partner.ts'] : [file];
}

interface CruiseResult {
  readonly summary: { readonly violations: readonly { readonly rule: { readonly name: string }; readonly from: string }[] };
}

function cruise(directory: string): CruiseResult {
  const run = spawnSync(
    process.execPath,
    [
      resolve('node_modules/dependency-cruiser/bin/dependency-cruise.mjs'),
      '--config',
      '.dependency-cruiser.cjs',
      '--output-type',
      'json',
      'src',
    ],
    {
      cwd: directory,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    },
  );
  return JSON.parse(run.stdout) as CruiseResult;
}

function plant(directory: string): void {
  for (const name of ['src', 'tsconfig.json', '.dependency-cruiser.cjs', 'package.json'])
    cpSync(name, join(directory, name), { recursive: true });
  symlinkSync(resolve('node_modules'), join(directory, 'node_modules'));
  const files = { ...neighbours, ...Object.fromEntries(planted.map(({ file, imports }) => [file, `import '${imports}';`])) };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), `${text}\n`);
  }
}

const directory = mkdtempSync(join(tmpdir(), 'planted-'));
try {
  plant(directory);
  const { violations } = cruise(directory).summary;
  const silent = planted.filter(
    ({ rule, file }) => !violations.some((violation) => violation.rule.name === rule && plantedFrom(file).includes(violation.from)),
  );
  if (silent.length > 0) {
    console.error(
      `These import rules did not catch the violation planted for them: ${silent.map(({ rule }) => rule).join(', ')}. Mend them in .dependency-cruiser.cjs.`,
    );
    process.exitCode = 1;
  } else {
    console.log(`import rules: ${planted.length} planted violations, ${planted.length} caught`);
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
