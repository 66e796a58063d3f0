/**
 * `npm run oracle`: regenerates the golden vectors in test/golden with software that shares no code with this repository
 * (oracle/: scipy, statsmodels, scikit-learn, fairlearn at pinned versions; R's actuar and spc). Topics whose software is
 * not there are left as they are, and named.
 *   --only a,b    these topics; one that can't be made is then an error
 *   --check       writes nothing; an error where a figure is not the committed one to 1e-11 (another processor may round the last digit otherwise)
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { agrees, printedDisagreements } from '../test/builders/golden.ts';
import type { GoldenFile } from '../test/builders/golden.ts';
import { runCommand } from '../testbed/run-command.ts';
import { lastLine, oraclePython, oracleR } from './oracle-software.ts';

const goldenFolder = 'test/golden';
const checkTolerance = 1e-11;

/** Made by Python, then by R; every topic is one file. */
const pythonTopics = [
  'anomaly',
  'backlog',
  'budget',
  'burn-rate',
  'calibration',
  'detectable',
  'divergences',
  'fairness',
  'false-alarms',
  'histogram',
  'impact',
  'likelihood',
  'multiplicity',
  'noise',
  'performance',
  'programme',
  'proportions',
  'sequential',
  'simulation',
];
const rTopics = ['compound', 'run-length'];

type Fresh = Omit<GoldenFile, 'command'>;

interface Options {
  readonly only: readonly string[] | null;
  readonly check: boolean;
}

function say(line: string): void {
  process.stderr.write(`oracle: ${line}\n`);
}

function readArguments(): Options {
  const { values } = parseArgs({ options: { only: { type: 'string' }, check: { type: 'boolean', default: false } } });
  const only = values.only?.split(',').map((topic) => topic.trim()) ?? null;
  const known = [...pythonTopics, ...rTopics];
  const unknown = only?.find((topic) => !known.includes(topic));
  if (unknown !== undefined) throw new Error(`--only ${unknown}: there is no such topic; known are ${known.join(', ')}`);
  return { only, check: values.check };
}

async function main(): Promise<number> {
  const { only, check } = readArguments();
  const wanted = (topics: readonly string[]): readonly string[] => topics.filter((topic) => only?.includes(topic) ?? true);
  const folder = await mkdtemp(join(tmpdir(), 'modelrisk-oracle-'));
  try {
    const left = [...(await runPython(folder, wanted(pythonTopics))), ...(await runR(folder, wanted(rTopics)))];
    const made = wanted([...pythonTopics, ...rTopics]).filter((topic) => !left.includes(topic));
    const problems: string[] = [];
    let vectors = 0;
    for (const topic of made) {
      const fresh = JSON.parse(await readFile(join(folder, `${topic}.json`), 'utf8')) as Fresh;
      vectors += fresh.vectors.length;
      problems.push(...(await deliver(topic, fresh, check)));
      say(`${topic}: ${fresh.vectors.length} vectors`);
    }
    for (const problem of problems) say(problem);
    const kept = left.length === 0 ? '' : `; left as they were: ${left.map(fileOf).join(', ')}`;
    say(`${vectors} vectors of ${made.length} topics ${check ? 'compared' : 'made'}${kept}`);
    return problems.length > 0 || (only !== null && left.length > 0) ? 1 : 0;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Topics that could not be made, after saying why. A generator that fails is an error: its software is there. */
async function runPython(folder: string, topics: readonly string[]): Promise<readonly string[]> {
  if (topics.length === 0) return [];
  const python = await oraclePython(say);
  if (!python.ok) {
    say(`${python.failure}.`);
    return topics;
  }
  // One thread and no bytecode in the tree: the same bytes each time, and nothing to clean up.
  const env = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', PYTHONDONTWRITEBYTECODE: '1', PYTHONHASHSEED: '0' };
  await mustSucceed(python.value, ['-m', 'oracle', folder, ...topics], env);
  return [];
}

async function runR(folder: string, topics: readonly string[]): Promise<readonly string[]> {
  if (topics.length === 0) return [];
  const rscript = await oracleR();
  if (!rscript.ok) {
    say(`${rscript.failure}.`);
    return topics;
  }
  for (const topic of topics) await mustSucceed(rscript.value, [`oracle/${topic}.R`, join(folder, `${topic}.json`)], {});
  return [];
}

async function mustSucceed(command: string, args: readonly string[], env: Record<string, string>): Promise<void> {
  const { code, stdout, stderr } = await runCommand(command, args, { env });
  if (code !== 0) throw new Error(`"${[command, ...args].join(' ')}" ended with ${code}: ${lastLine(`${stdout}\n${stderr}`)}`);
}

/** Writes or compares one topic. A figure the research printed otherwise stops it from being written. */
async function deliver(topic: string, fresh: Fresh, check: boolean): Promise<readonly string[]> {
  const problems = fresh.vectors.flatMap(printedDisagreements).map((problem) => `${topic}: ${problem}`);
  if (problems.length > 0) return problems;
  if (!check) {
    await mkdir(goldenFolder, { recursive: true });
    await writeFile(fileOf(topic), serialise({ software: fresh.software, command: 'npm run oracle', vectors: fresh.vectors }));
    return [];
  }
  const committed = JSON.parse(await readFile(fileOf(topic), 'utf8').catch(() => '{"vectors":[]}')) as GoldenFile;
  if (agrees(committed.vectors, fresh.vectors, checkTolerance)) return [];
  const first = fresh.vectors.find((vector, index) => !agrees(committed.vectors[index], vector, checkTolerance));
  return [
    `${fileOf(topic)} is not what the oracle computes, first in "${first?.name ?? 'vectors it has no more'}": run npm run oracle and read the difference`,
  ];
}

function fileOf(topic: string): string {
  return join(goldenFolder, `${topic}.json`);
}

/** One vector a line: a change of one figure is a change of one line. Numbers are the shortest text that reads back as the same double. */
function serialise({ software, command, vectors }: GoldenFile): string {
  const lines = vectors.map((each) => `    ${JSON.stringify(each)}`).join(',\n');
  return `{\n  "software": ${JSON.stringify(software)},\n  "command": ${JSON.stringify(command)},\n  "vectors": [\n${lines}\n  ]\n}\n`;
}

process.exitCode = await main().catch((error: unknown) => {
  say(error instanceof Error ? error.message : String(error));
  return 2;
});
