import type { FightFigures } from '../fight.ts';
import type { Row } from '../tables.ts';

export function fightRows(figures: FightFigures): readonly Row[] {
  const { edits, writes, time, requests, people, seconds, everySeconds } = figures;
  return [
    {
      what: `Git's manifest applied every ${everySeconds} s for ${seconds} s (${figures.writer})`,
      figure: `${edits.applied}, ${edits.refused} refused`,
    },
    { what: 'of these, edits that took the cap off', figure: String(edits.tookCapOff) },
    {
      what: 'our writes of the route, half of them bookkeeping',
      figure: String(writes.route),
      target: { text: `at most ${writes.statedRoute}`, met: writes.route <= writes.statedRoute },
    },
    { what: 'our other writes (record, status, events)', figure: String(writes.other) },
    {
      what: `time above the cap of ${figures.capPercent} %, by a watch of the route`,
      figure: `${time.abovePercent} %`,
      target: { text: `at most ${time.statedAbovePercent} %`, met: time.abovePercent <= time.statedAbovePercent },
    },
    {
      what: 'an edit stood (p50 / p99)',
      figure: time.editStoodMs === null ? 'none' : `${time.editStoodMs.p50} / ${time.editStoodMs.p99} ms`,
    },
    { what: `requests that got the candidate, through ${figures.gateway}`, figure: `${requests.candidatePercent} % of ${requests.served}` },
    { what: 'requests above the cap', figure: `${requests.abovePercent} %` },
    { what: 'requests that failed', figure: String(requests.errors), target: { text: 'none', met: requests.errors === 0 } },
    { what: 'contested after', figure: people.contestedAfterMs === null ? 'never' : `${people.contestedAfterMs} ms` },
    {
      what: 'a person notified after that',
      figure: people.contestedToNotifiedMs === null ? 'never' : `${people.contestedToNotifiedMs} ms`,
      target: { text: 'within 10 s', met: people.contestedToNotifiedMs !== null && people.contestedToNotifiedMs <= 10_000 },
    },
    { what: 'load of the machine before / after', figure: figures.load.join(' / ') },
  ];
}
