/**
 * Figures of the operator as it ships, on a real API server: `npm run bench -- latency`, `-- steady`, `-- effect`,
 * `-- fight`, `-- respond` and `-- anchor`.
 *   --json            the last line on standard output is one JSON object; the table is left out
 *   --risks N         models under guard (100; latency: 20 at least)
 *   latency: --breaches N (220), --storms N (3), --real-breaches N (60; 0 leaves the real Prometheus out)
 *   steady:  --minutes N (5)
 *   statistics: --windows N (10000), --seed N (1); needs no cluster
 *   effect: what callers see of each change of a route through Contour and Envoy; --requests N after each (2000),
 *           --rate N a second (200), --sigmas X (3), --kinds HTTPRoute,GRPCRoute; ends with an error when a promise is broken
 *   fight: a loop applies Git's manifest again and again, through Contour and Envoy; --seconds N (300), --every N seconds (1),
 *          --rate N requests a second (200), --writer server-side|forced|client-side; ends with an error when a promise is broken
 *   respond: from a breach to the patch, for every kind of target; --breaches N of each (100), --at-once N kinds (4), --kinds A,B
 *   anchor: from what happened to an audit sink that has it, over TLS; --risks N at once (20), --rounds N (3); ends with an error when an
 *           entry was without the sink for more than a minute
 */
import { parseArgs } from 'node:util';

import { anchorRows } from './anchor/table.ts';
import { benchAnchor } from './anchor.ts';
import { benchEffect } from './effect.ts';
import { effectRows } from './effect/table.ts';
import { benchFight } from './fight.ts';
import { writers } from './fight/rival.ts';
import { fightRows } from './fight/table.ts';
import { benchLatency } from './latency.ts';
import { readCount } from './read-count.ts';
import { benchRespond } from './respond.ts';
import { respondRows } from './respond/table.ts';
import { benchSteady } from './steady.ts';
import { benchStatistics } from './statistics.ts';
import { statisticsRows } from './statistics/table.ts';
import { formatRows, latencyRows, steadyRows } from './tables.ts';

interface Result {
  readonly figures: object;
  readonly table: string;
  readonly broken?: readonly string[];
}

/** The inner run of a network of our own has printed everything. */
interface Printed {
  readonly exitCode: number;
}

const options = {
  json: { type: 'boolean', default: false },
  risks: { type: 'string' },
  breaches: { type: 'string' },
  rounds: { type: 'string', default: '3' },
  storms: { type: 'string', default: '3' },
  'real-breaches': { type: 'string', default: '60' },
  minutes: { type: 'string', default: '5' },
  windows: { type: 'string', default: '10000' },
  seed: { type: 'string', default: '1' },
  requests: { type: 'string', default: '2000' },
  rate: { type: 'string', default: '200' },
  sigmas: { type: 'string', default: '3' },
  kinds: { type: 'string' },
  seconds: { type: 'string', default: '300' },
  every: { type: 'string', default: '1' },
  'at-once': { type: 'string', default: '4' },
  writer: { type: 'string', default: 'server-side' },
} as const;

function toPositive(flag: string, text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new Error(`--${flag} takes a number above 0, not "${text}"`);
  return value;
}

function toWriter(text: string): (typeof writers)[number] {
  const writer = writers.find((each) => each === text);
  if (writer === undefined) throw new Error(`--writer ${text}: known are ${writers.join(', ')}`);
  return writer;
}

const someRisks = { least: 1, why: 'a fleet has a model' };
const enoughRisks = { least: 20, why: 'a model is struck again after as many seconds, and must have been released by then' };
const someBreaches = { least: 1, why: 'there is no percentile of nothing' };
const someWindows = { least: 100, why: 'an alarm rate of a hundredth shows in no fewer' };
const anySeed = { least: 0, why: 'the same seed gives the same draws' };
const none = { least: 0, why: '0 leaves them out' };
const someKinds = { least: 1, why: 'there is nothing to measure in none' };
const someSeconds = { least: 20, why: 'a fight is told of only once it has gone on for a while' };
const someRequests = { least: 100, why: 'a share of fewer says nothing' };

type Benches = Readonly<Record<string, () => Promise<Result | Printed>>>;
type Values = ReturnType<typeof readValues>['values'];

interface Common {
  readonly random: () => number;
  readonly say: (line: string) => void;
}

function readValues() {
  return parseArgs({ options, allowPositionals: true });
}

/** What a fleet of guarded models costs, and how fast it is protected. */
function guarding(values: Values, common: Common): Benches {
  return {
    latency: async () => {
      const counts = {
        risks: readCount('risks', values.risks ?? '100', enoughRisks),
        breaches: readCount('breaches', values.breaches ?? '220', someBreaches),
        storms: readCount('storms', values.storms, none),
        realBreaches: readCount('real-breaches', values['real-breaches'], none),
      };
      const figures = await benchLatency({ ...common, ...counts });
      return { figures, table: formatRows(latencyRows(figures)) };
    },
    steady: async () => {
      const risks = readCount('risks', values.risks ?? '100', someRisks);
      const figures = await benchSteady({ ...common, risks, minutes: toPositive('minutes', values.minutes) });
      return { figures, table: formatRows(steadyRows(figures)) };
    },
  };
}

/** All others. */
function watching(values: Values, common: Common): Benches {
  return {
    statistics: async () => {
      const counts = { windows: readCount('windows', values.windows, someWindows), seed: readCount('seed', values.seed, anySeed) };
      const figures = await benchStatistics({ ...counts, say: common.say });
      return { figures, table: formatRows(statisticsRows(figures)) };
    },
    effect: async () => {
      const requests = readCount('requests', values.requests, someRequests);
      const rates = { requestsPerSecond: toPositive('rate', values.rate), sigmas: toPositive('sigmas', values.sigmas) };
      const result = await benchEffect({ requests, ...rates, kinds: values.kinds?.split(',') ?? null, say: common.say });
      if (result.kind === 'RanInside') return result;
      const { figures } = result;
      return { figures, table: formatRows(effectRows(figures)), broken: figures.broken };
    },
    respond: async () => {
      const breaches = readCount('breaches', values.breaches ?? '100', someBreaches);
      const atOnce = readCount('at-once', values['at-once'], someKinds);
      const figures = await benchRespond({ ...common, breaches, atOnce, kinds: values.kinds?.split(',') ?? null });
      return { figures, table: formatRows(respondRows(figures)) };
    },
    anchor: async () => {
      const counts = {
        risks: readCount('risks', values.risks ?? '20', someRisks),
        rounds: readCount('rounds', values.rounds, someBreaches),
      };
      const figures = await benchAnchor({ ...common, ...counts });
      return { figures, table: formatRows(anchorRows(figures)), broken: figures.broken };
    },
    fight: async () => {
      const seconds = readCount('seconds', values.seconds, someSeconds);
      const rates = { everySeconds: toPositive('every', values.every), requestsPerSecond: toPositive('rate', values.rate) };
      const result = await benchFight({ seconds, ...rates, writer: toWriter(values.writer), say: common.say });
      if (result.kind === 'RanInside') return result;
      const { figures } = result;
      return { figures, table: formatRows(fightRows(figures)), broken: figures.broken };
    },
  };
}

async function run(): Promise<void> {
  const { values, positionals } = readValues();
  const common = {
    random: Math.random,
    say: (line: string) => {
      process.stderr.write(`bench: ${line}\n`);
    },
  };
  const result = await resultOf(positionals[0], { ...guarding(values, common), ...watching(values, common) });
  if ('exitCode' in result) {
    process.exitCode = result.exitCode;
    return;
  }
  process.stdout.write(values.json ? `${JSON.stringify(result.figures)}\n` : result.table);
  if (result.broken !== undefined && result.broken.length > 0) throw new Error(`promises were broken: ${result.broken.join('; ')}`);
}

function resultOf(name: string | undefined, benches: Readonly<Record<string, () => Promise<Result | Printed>>>): Promise<Result | Printed> {
  const bench = benches[name ?? ''];
  if (bench === undefined) throw new Error(`name a bench: npm run bench -- ${Object.keys(benches).join(' | ')}`);
  return bench();
}

await run().catch((error: unknown) => {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
