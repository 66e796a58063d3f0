import type { EffectFigures } from '../effect.ts';
import type { Row } from '../tables.ts';
import { brokenBy } from './judgement.ts';
import type { ChangeFigures } from './judgement.ts';

function rowOf(kind: string, change: ChangeFigures): Row {
  const { requests, sharePercent, expectedPercent, sigmas, copies, sentSince, errors } = change;
  const off = sigmas === null ? 'exact' : `${sigmas.toFixed(2)} sigma`;
  return {
    what: `${kind}, ${change.change}`,
    figure: `${sharePercent.toFixed(2)} % of ${requests}, ${copies} copies, ${errors} errors in ${sentSince}`,
    target: { text: `${expectedPercent} %, ${off}`, met: brokenBy(change).length === 0 },
  };
}

export function effectRows(figures: EffectFigures): readonly Row[] {
  return [
    { what: 'traffic moved by', figure: figures.gateway },
    ...figures.routes.flatMap(({ kind, changes }) => changes.map((change) => rowOf(kind, change))),
    ...figures.routes.map(({ kind, wire, requests, errors }) => ({
      what: `${kind} over ${wire}: requests that failed`,
      figure: `${errors} of ${requests} at ${figures.requestsPerSecond} a second`,
      target: { text: 'none', met: errors === 0 },
    })),
    { what: `chance of a share beyond ${figures.sigmaLimit} sigma though all is well`, figure: `at most ${figures.falseAlarmChance}` },
    ...Object.entries(figures.notMeasured).map(([kind, why]) => ({ what: `${kind}: not measured`, figure: why })),
  ];
}
