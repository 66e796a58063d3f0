/**
 * Figures of the operator as it ships, on a real API server: `npm run bench -- latency` and `npm run bench -- steady`.
 *   --json            the last line on standard output is one JSON object; the table is left out
 *   --risks N         models under guard (100; latency: 20 at least)
 *   latency: --breaches N (220), --storms N (3), --real-breaches N (60; 0 leaves the real Prometheus out)
 *   steady:  --minutes N (5)
 *   statistics: --windows N (10000), --seed N (1); needs no cluster
 */
import { parseArgs } from 'node:util';

import { benchLatency } from './latency.ts';
import { readCount } from './read-count.ts';
import { benchSteady } from './steady.ts';
import { benchStatistics } from './statistics.ts';
import { statisticsRows } from './statistics/table.ts';
import { formatRows, latencyRows, steadyRows } from './tables.ts';

interface Result {
  readonly figures: object;
  readonly table: string;
}

const options = {
  json: { type: 'boolean', default: false },
  risks: { type: 'string', default: '100' },
  breaches: { type: 'string', default: '220' },
  storms: { type: 'string', default: '3' },
  'real-breaches': { type: 'string', default: '60' },
  minutes: { type: 'string', default: '5' },
  windows: { type: 'string', default: '10000' },
  seed: { type: 'string', default: '1' },
} as const;

function toMinutes(text: string): number {
  const minutes = Number(text);
  if (!Number.isFinite(minutes) || minutes <= 0) throw new Error(`--minutes takes a number above 0, not "${text}"`);
  return minutes;
}

const someRisks = { least: 1, why: 'a fleet has a model' };
const enoughRisks = { least: 20, why: 'a model is struck again after as many seconds, and must have been released by then' };
const someBreaches = { least: 1, why: 'there is no percentile of nothing' };
const someWindows = { least: 100, why: 'an alarm rate of a hundredth shows in no fewer' };
const anySeed = { least: 0, why: 'the same seed gives the same draws' };
const none = { least: 0, why: '0 leaves them out' };

async function run(): Promise<void> {
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const common = {
    random: Math.random,
    say: (line: string) => {
      process.stderr.write(`bench: ${line}\n`);
    },
  };
  const result = await resultOf(positionals[0], {
    latency: async () => {
      const counts = {
        risks: readCount('risks', values.risks, enoughRisks),
        breaches: readCount('breaches', values.breaches, someBreaches),
        storms: readCount('storms', values.storms, none),
        realBreaches: readCount('real-breaches', values['real-breaches'], none),
      };
      const figures = await benchLatency({ ...common, ...counts });
      return { figures, table: formatRows(latencyRows(figures)) };
    },
    steady: async () => {
      const risks = readCount('risks', values.risks, someRisks);
      const figures = await benchSteady({ ...common, risks, minutes: toMinutes(values.minutes) });
      return { figures, table: formatRows(steadyRows(figures)) };
    },
    statistics: async () => {
      const counts = { windows: readCount('windows', values.windows, someWindows), seed: readCount('seed', values.seed, anySeed) };
      const figures = await benchStatistics({ ...counts, say: common.say });
      return { figures, table: formatRows(statisticsRows(figures)) };
    },
  });
  process.stdout.write(values.json ? `${JSON.stringify(result.figures)}\n` : result.table);
}

function resultOf(name: string | undefined, benches: Readonly<Record<string, () => Promise<Result>>>): Promise<Result> {
  const bench = benches[name ?? ''];
  if (bench === undefined) throw new Error(`name a bench: npm run bench -- ${Object.keys(benches).join(' | ')}`);
  return bench();
}

await run().catch((error: unknown) => {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
