/**
 * `npm run year`: a year of two hundred models under the operator itself, with the clock injected; then every due date and figure it said is
 * computed again in Python (oracle/year.py) from what the audit sink was sent, and compared. One line; the exit code is 1 where anything
 * differs, or a fault planted on purpose is not found.
 *   --models 200 --days 365 --seed 1   another story
 *   --keep FOLDER                      leaves the log and what was said there
 *   --golden                           the short year of the tests: writes test/year/said.json, if nothing differs
 *   --json                             ends with one object
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { runCommand } from '../testbed/run-command.ts';
import { longYear, shortYear, spendYear } from '../test/builders/year/spend-year.ts';
import type { SpentYear } from '../test/builders/year/spend-year.ts';

/** What oracle/year.py prints last. */
interface Comparison {
  readonly models: number;
  readonly instants: number;
  readonly dueDates: number;
  readonly figures: number;
  readonly states: number;
  readonly disagreements: number;
  readonly planted: number;
  readonly unseen: number;
}

const golden = 'test/year/said.json';

function readArguments() {
  const { values } = parseArgs({
    options: {
      models: { type: 'string' },
      days: { type: 'string' },
      seed: { type: 'string' },
      keep: { type: 'string' },
      golden: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const base = values.golden ? shortYear : longYear;
  const whole = (text: string | undefined, otherwise: number): number => {
    const value = text === undefined ? otherwise : Number(text);
    if (!Number.isInteger(value) || value < 1) throw new Error(`${String(text)} is no whole number above 0`);
    return value;
  };
  const plan = {
    ...base,
    models: whole(values.models, base.models),
    days: whole(values.days, base.days),
    seed: whole(values.seed, base.seed),
  };
  return { plan, keep: values.keep ?? null, isGolden: values.golden, isJSON: values.json };
}

/** Any Python of the last years: the comparison needs nothing but its standard library. */
async function compare({ sink, said }: SpentYear, folder: string): Promise<Comparison> {
  const [log, spoken] = [join(folder, 'log.jsonl'), join(folder, 'said.json')];
  await mkdir(folder, { recursive: true });
  await writeFile(log, `${sink.join('\n')}\n`);
  await writeFile(spoken, said);
  const python = process.env['MODELRISK_ORACLE_PYTHON'] ?? 'python3';
  const run = await runCommand(python, ['-m', 'oracle.year', log, spoken], { env: { PYTHONDONTWRITEBYTECODE: '1' } });
  process.stderr.write(run.stderr);
  const last = run.stdout.trim().split('\n').at(-1) ?? '';
  if (!last.startsWith('{'))
    throw new Error(`${python} -m oracle.year ended with ${String(run.code)} and no result: name a Python in MODELRISK_ORACLE_PYTHON`);
  return JSON.parse(last) as Comparison;
}

async function main(): Promise<number> {
  const { plan, keep, isGolden, isJSON } = readArguments();
  const began = performance.now();
  const spent = await spendYear(plan);
  const folder = keep ?? (await mkdtemp(join(tmpdir(), 'modelrisk-year-')));
  try {
    const found = await compare(spent, folder);
    const seconds = Math.round((performance.now() - began) / 100) / 10;
    const { models, instants, dueDates, figures, states, disagreements, planted, unseen } = found;
    const isRight = disagreements === 0 && unseen === 0;
    if (isGolden && isRight) await writeFile(golden, spent.said);
    const line = `year: ${String(models)} models, ${String(instants)} instants, ${String(dueDates)} due dates, ${String(figures)} figures and ${String(states)} states compared, ${String(disagreements)} disagreements; ${String(planted - unseen)} of ${String(planted)} planted faults found; ${String(seconds)} s`;
    console.log(line);
    if (isJSON) console.log(JSON.stringify({ ...found, ...spent.counts, seconds }));
    return isRight ? 0 : 1;
  } finally {
    if (keep === null) await rm(folder, { recursive: true, force: true });
  }
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(`year: ${error instanceof Error ? error.message : String(error)}`);
  return 2;
});
