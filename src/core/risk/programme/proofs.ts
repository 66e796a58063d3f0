import type { ProgrammeFacts, ProgrammeWindow } from './facts.ts';
import type { ShareFigure } from './figures.ts';

/** All there is, counted: no sample, so no interval. What is short of it is listed. */
function census(name: string, population: string, of: Pick<ShareFigure, 'count' | 'n' | 'gaps'>): ShareFigure {
  const { count, n, gaps } = of;
  const note = n === 0 ? 'there is nothing to count' : '';
  return { kind: 'Share', name, population, count, n, value: n === 0 ? null : count / n, interval: null, note, gaps };
}

function completeness({ actions }: ProgrammeFacts, { fromMs, toMs }: ProgrammeWindow): ShareFigure {
  const done = actions.filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
  const short = done.filter(({ lacks }) => lacks.length > 0);
  return census(
    'auditCompleteness',
    'actions of the operator on record: evidence, digests, actor, before and after, outcome, intact chain',
    {
      count: done.length - short.length,
      n: done.length,
      gaps: short.map(({ object, seq, type, lacks }) => `RiskIncident ${object} entry ${seq} (${type}) lacks ${lacks.join(', ')}`),
    },
  );
}

function lineage({ models }: ProgrammeFacts): readonly ShareFigure[] {
  const asked = models
    .filter((each) => each.lineage.required.length > 0)
    .map(({ name, lineage: { required, present } }) => ({
      name,
      required: required.length,
      missing: required.filter((kind) => !present.includes(kind)),
    }));
  const sum = (each: (model: (typeof asked)[number]) => number): number => asked.reduce((total, model) => total + each(model), 0);
  const whole = asked.filter(({ missing }) => missing.length === 0);
  const gaps = asked.flatMap(({ name, missing }) => (missing.length === 0 ? [] : [`ModelRisk ${name} lacks ${missing.join(', ')}`]));
  return [
    census('lineageCoverage', 'kinds of source that tiers require of models, now: an entry with a digest pins it', {
      count: sum(({ required, missing }) => required - missing.length),
      n: sum(({ required }) => required),
      gaps,
    }),
    census('lineageComplete', 'models whose tier requires their lineage, now: every kind is pinned', {
      count: whole.length,
      n: asked.length,
      gaps,
    }),
  ];
}

/** What the programme can prove: shares of which the whole is the target. */
export function proofs(facts: ProgrammeFacts, window: ProgrammeWindow): readonly ShareFigure[] {
  return [completeness(facts, window), ...lineage(facts)];
}
