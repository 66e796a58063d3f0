import type { RespondFigures } from '../respond.ts';
import type { Row } from '../tables.ts';

export function respondRows({ targets, intervalMs, atOnce, load }: RespondFigures): readonly Row[] {
  return [
    { what: 'between two looks', figure: `${intervalMs} ms` },
    { what: 'kinds breached beside each other', figure: String(atOnce) },
    ...targets.flatMap(({ kind, n, missed, breachToPatchMs, answerToPatchMs }): readonly Row[] => [
      {
        what: `${kind}: breach -> patch (p50 / p99)`,
        figure: `${breachToPatchMs.p50} / ${breachToPatchMs.p99} ms`,
        target: { text: `p99 at most the interval + 100 ms, of ${n}`, met: breachToPatchMs.p99 <= intervalMs + 100 },
      },
      { what: `${kind}: answer -> patch (p50 / p99)`, figure: `${answerToPatchMs.p50} / ${answerToPatchMs.p99} ms` },
      { what: `${kind}: without a patch`, figure: String(missed), target: { text: 'none', met: missed === 0 } },
    ]),
    { what: 'load of the machine before / after', figure: load.join(' / ') },
  ];
}
