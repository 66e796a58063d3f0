import type { LatencyFigures } from './latency.ts';
import type { Spread } from './percentiles.ts';
import type { SteadyFigures } from './steady.ts';

/** One figure in plain words, with what is aimed at where something is. */
export interface Row {
  readonly what: string;
  readonly figure: string;
  readonly target?: { readonly text: string; readonly met: boolean };
}

export function formatRows(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(({ what }) => what.length));
  const figureWidth = Math.max(...rows.map(({ figure }) => figure.length));
  const line = ({ what, figure, target }: Row): string => {
    const aim = target === undefined ? '' : `  ${target.met ? 'met' : 'MISSED'}: ${target.text}`;
    return `${what.padEnd(width)}  ${figure.padStart(figureWidth)}${aim}`.trimEnd();
  };
  return rows.map((row) => `${line(row)}\n`).join('');
}

const milliseconds = ({ p50, p99 }: Spread): string => `${p50} / ${p99} ms`;
/** What the issue allows over one interval, and from the answer on. */
const overIntervalMs = 100;
const afterAnswerMs = 50;

export function latencyRows(figures: LatencyFigures): readonly Row[] {
  const { intervalMs, visibleToPatchedMs, queryToPatchedMs, storm, realPrometheus } = figures;
  const withinInterval = (spread: Spread) => ({
    text: `p99 at most the interval + ${overIntervalMs} ms`,
    met: spread.p99 <= intervalMs + overIntervalMs,
  });
  return [
    { what: 'models under guard', figure: String(figures.risks) },
    { what: 'breaches timed / without a cap', figure: `${figures.breaches} / ${figures.missed}`, target: none(figures.missed) },
    { what: 'between two looks (p50 / p99)', figure: milliseconds(figures.measuredIntervalMs) },
    { what: 'metric visible -> patch answered', figure: milliseconds(visibleToPatchedMs), target: withinInterval(visibleToPatchedMs) },
    {
      what: 'query answered -> patch answered',
      figure: milliseconds(queryToPatchedMs),
      target: { text: `p99 at most ${afterAnswerMs} ms`, met: queryToPatchedMs.p99 <= afterAnswerMs },
    },
    { what: 'a bare JSON Patch of an HTTPRoute', figure: milliseconds(figures.barePatchMs) },
    ...(storm === null
      ? []
      : [
          { what: `${storm.modelsAtOnce} at once: visible -> patch`, figure: milliseconds(storm.visibleToPatchedMs) },
          { what: `${storm.modelsAtOnce} at once: query -> patch`, figure: milliseconds(storm.queryToPatchedMs) },
        ]),
    ...(realPrometheus === null
      ? []
      : [
          {
            what: `real Prometheus (${realPrometheus.breaches}): visible -> patch`,
            figure: milliseconds(realPrometheus.visibleToPatchedMs),
            target: withinInterval(realPrometheus.visibleToPatchedMs),
          },
        ]),
    { what: 'load of the machine before / after', figure: figures.load.join(' / ') },
  ];
}

export function steadyRows(figures: SteadyFigures): readonly Row[] {
  const { writes, gets, lists, queries, expectedQueries } = figures;
  return [
    { what: 'models under guard', figure: String(figures.risks) },
    { what: 'minutes', figure: String(figures.minutes) },
    { what: 'writes other than the lease', figure: String(writes), target: none(writes) },
    { what: 'GET', figure: String(gets), target: none(gets) },
    { what: 'LIST', figure: String(lists), target: none(lists) },
    {
      what: 'queries, by Prometheus',
      figure: String(queries),
      // The stretch begins and ends between two looks: one more or less is the ruler, not the operator.
      target: { text: `shapes x 60 / interval = ${expectedQueries}`, met: Math.abs(queries - expectedQueries) <= 1 },
    },
    { what: 'changes of one signal meanwhile', figure: String(figures.signalChanges) },
    { what: 'lease renewals', figure: String(figures.leaseWrites) },
    { what: 'watches opened', figure: String(figures.watches) },
    { what: 'memory of the operator', figure: `${figures.rssMiB} MiB` },
    { what: 'processor a minute', figure: `${figures.cpuSecondsPerMinute} s` },
    { what: 'load of the machine before / after', figure: figures.load.join(' / ') },
  ];
}

function none(count: number): { readonly text: string; readonly met: boolean } {
  return { text: 'none', met: count === 0 };
}
