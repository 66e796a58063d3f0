import { wilson } from '../../statistics/proportion.ts';
import type { HandledIncident, ProgrammeFacts, ProgrammeWindow } from './facts.ts';
import type { CountFigure, ProgrammeFigure, ShareFigure, TimeFigure, TrendFigure } from './figure.ts';
import { proofs } from './proofs.ts';
import { rateRatio } from './rate-ratio.ts';
import { survivalOf } from './survival.ts';
import type { Spell } from './survival.ts';

const alpha = 0.05;

const isWithin = ({ fromMs, toMs }: ProgrammeWindow, atMs: number): boolean => atMs >= fromMs && atMs < toMs;

/** Until it happened; else as long as there was something to wait for. */
function spellOf({ detectedMs, closedMs }: HandledIncident, endMs: number | null, toMs: number): Spell {
  const happened = endMs !== null && endMs < toMs;
  const untilMs = happened ? endMs : Math.min(closedMs ?? toMs, toMs);
  return { ms: Math.max(0, untilMs - detectedMs), ended: happened };
}

function timeFigure(name: string, population: string, { spells, unknown = 0 }: { spells: readonly Spell[]; unknown?: number }): TimeFigure {
  return { kind: 'Time', name, population, unknown, ...survivalOf(spells) };
}

function times(incidents: readonly HandledIncident[], { toMs }: ProgrammeWindow): readonly TimeFigure[] {
  const real = incidents.filter(({ verdict }) => verdict !== 'FalsePositive');
  const dated = real.flatMap(({ onsetMs, detectedMs }) =>
    onsetMs === null ? [] : [{ ms: Math.max(0, detectedMs - onsetMs), ended: true }],
  );
  const engaged = real.filter(({ origin }) => origin === 'Operator');
  const spells = (of: readonly HandledIncident[], end: (incident: HandledIncident) => number | null): { spells: readonly Spell[] } => ({
    spells: of.map((incident) => spellOf(incident, end(incident), toMs)),
  });
  return [
    timeFigure('timeToDetect', 'incidents not judged false, from onset to detection; without an onset nobody knows', {
      spells: dated,
      unknown: real.length - dated.length,
    }),
    timeFigure(
      'timeToAcknowledge',
      'incidents, from detection to the first Acknowledge',
      spells(incidents, ({ acknowledgedMs }) => acknowledgedMs),
    ),
    timeFigure(
      'timeToMitigate',
      'incidents of the operator not judged false, from detection to the first constraint in effect',
      spells(engaged, ({ mitigatedMs }) => mitigatedMs),
    ),
    timeFigure(
      'timeToRemediate',
      'incidents not judged false, from detection to the cause being gone: signal good again, remediation succeeded, postmortem of a report',
      spells(real, ({ remediatedMs }) => remediatedMs),
    ),
  ];
}

function share(name: string, population: string, of: Pick<ShareFigure, 'count' | 'n'> & { readonly note?: string }): ShareFigure {
  const { count, n, note = '' } = of;
  const known = n > 0;
  return {
    ...{ kind: 'Share', name, population, count, n },
    value: known ? count / n : null,
    interval: known ? wilson({ successes: count, trials: n }, alpha) : null,
    note: known || note !== '' ? note : 'there is nothing to count',
    gaps: [],
  };
}

const isHigh = ({ severity }: HandledIncident): boolean => severity === 'Critical' || severity === 'High';

/** First known from people, or harm was done before the constraint held: the programme did not catch it. */
const isEscaped = ({ origin, harmConfirmed }: HandledIncident): boolean => origin === 'Reported' || harmConfirmed === 'Confirmed';

/** That nobody reports is no evidence of anything: as long as nobody does, the share of escaped events is unknown. */
function escaped(incidents: readonly HandledIncident[]): ShareFigure {
  const population = 'incidents of severity High or Critical not judged false: reported by people, or with confirmed harm';
  const high = incidents.filter((incident) => isHigh(incident) && incident.verdict !== 'FalsePositive');
  const count = high.filter(isEscaped).length;
  const reports = incidents.some(({ origin }) => origin === 'Reported');
  const figure = share('escapedHighRisk', population, { count, n: high.length });
  if (reports || count > 0) return figure;
  return { ...figure, value: null, interval: null, note: 'nobody reported an incident in the window: what escaped is unknown' };
}

function precision(incidents: readonly HandledIncident[]): ShareFigure {
  const engaged = incidents.filter(({ origin }) => origin === 'Operator');
  const judged = engaged.filter(({ verdict }) => verdict !== null);
  const count = judged.filter(({ verdict }) => verdict === 'TruePositive').length;
  const unjudged = engaged.length - judged.length;
  return share('alertPrecision', 'incidents of the operator with a postmortem: judged TruePositive', {
    count,
    n: judged.length,
    note: unjudged === 0 ? '' : `${unjudged} of ${engaged.length} are not judged yet`,
  });
}

function coverage(models: ProgrammeFacts['models']): ShareFigure {
  const inScope = models.filter(({ isInScope }) => isInScope);
  return share('reviewCoverage', 'models whose tier asks for reviews, now: the last one is current', {
    count: inScope.filter(({ isCurrent }) => isCurrent).length,
    n: inScope.length,
  });
}

const severities = ['Critical', 'High', 'Medium', 'Low'] as const;

function trends(all: readonly HandledIncident[], window: ProgrammeWindow): readonly TrendFigure[] {
  const before = { fromMs: 2 * window.fromMs - window.toMs, toMs: window.fromMs };
  const countIn = (span: ProgrammeWindow, severity: string): number =>
    all.filter((each) => each.severity === severity && each.verdict !== 'FalsePositive' && isWithin(span, each.detectedMs)).length;
  return severities.map((severity) => ({
    kind: 'Trend',
    name: `incidents${severity}`,
    population: `incidents of severity ${severity} not judged false, against the window before of the same length`,
    ...rateRatio(countIn(before, severity), countIn(window, severity)),
  }));
}

function counts(incidents: readonly HandledIncident[], { decisions }: ProgrammeFacts, window: ProgrammeWindow): readonly CountFigure[] {
  const made = decisions.filter(({ atMs }) => isWithin(window, atMs));
  const overrides = (['Release', 'Hold', 'Accept'] as const).map((action) => ({
    kind: 'Count' as const,
    name: `overrides${action}`,
    population: `decisions ${action} that counted, beside n incidents of the operator`,
    count: made.filter((each) => each.action === action).length,
    n: incidents.filter(({ origin }) => origin === 'Operator').length,
  }));
  const real = incidents.filter(({ verdict }) => verdict === 'TruePositive');
  return [
    {
      kind: 'Count',
      name: 'nearMisses',
      population: 'of n incidents judged TruePositive those of which a postmortem says that nobody was harmed',
      count: real.filter(({ harmConfirmed }) => harmConfirmed === 'RuledOut').length,
      n: real.length,
    },
    ...overrides,
    {
      kind: 'Count',
      name: 'reviewMinutes',
      population: 'minutes of n Reviews that counted',
      count: made.reduce((sum, { minutesSpent }) => sum + minutesSpent, 0),
      n: made.filter(({ action }) => action === 'Review').length,
    },
  ];
}

/** Every figure of the programme over one window, by when incidents were detected; of reviews as they stand. */
export function measureProgramme(facts: ProgrammeFacts, window: ProgrammeWindow): readonly ProgrammeFigure[] {
  const incidents = facts.incidents.filter(({ detectedMs }) => isWithin(window, detectedMs));
  return [
    ...times(incidents, window),
    escaped(incidents),
    precision(incidents),
    coverage(facts.models),
    ...proofs(facts, window),
    ...trends(facts.incidents, window),
    ...counts(incidents, facts, window),
  ];
}
