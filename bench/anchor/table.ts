import type { Row } from '../tables.ts';
import { promisedSeconds } from '../anchor.ts';
import type { AnchorFigures } from '../anchor.ts';

export function anchorRows(figures: AnchorFigures): readonly Row[] {
  const { lagMs, factLagMs, unanchoredAgeMaxSeconds, missing } = figures;
  return [
    { what: 'incidents / entries', figure: `${figures.incidents} / ${figures.entries}` },
    { what: 'entries the sink never got', figure: String(missing), target: { text: 'none', met: missing === 0 } },
    { what: 'happened -> with the sink (p50 / p99 / max)', figure: `${lagMs.p50} / ${lagMs.p99} / ${lagMs.max} ms` },
    { what: 'facts', figure: String(figures.facts) },
    { what: 'seen -> with the sink (p50 / p99 / max)', figure: `${factLagMs.p50} / ${factLagMs.p99} / ${factLagMs.max} ms` },
    {
      what: `oldest entry or fact without the sink (metric, ${figures.looks} looks)`,
      figure: `${unanchoredAgeMaxSeconds} s`,
      target: { text: `at most ${promisedSeconds} s`, met: unanchoredAgeMaxSeconds <= promisedSeconds },
    },
    { what: 'load of the machine before / after', figure: figures.load.join(' / ') },
  ];
}
