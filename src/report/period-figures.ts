import type { ReportFigure, ReportSection } from '../core/report/document.ts';
import { duration, shareText, trendText } from '../core/risk/programme/explain-programme.ts';
import { measureProgramme } from '../core/risk/programme/figures.ts';
import type { ProgrammeFigure, TimeFigure } from '../core/risk/programme/figure.ts';
import { assertNever } from '../shared/assert-never.ts';
import type { ReportFacts } from './facts.ts';
import { programmeFacts } from './programme-facts.ts';

/** The figures of `kubectl modelrisk metrics` over the period. */
export function periodSection({ raw, nowMs, window, where }: ReportFacts): ReportSection {
  const figures = measureProgramme(programmeFacts(raw, nowMs), window);
  const lacking = figures.flatMap((figure) => (figure.kind === 'Share' ? figure.gaps : []));
  return {
    heading: 'Figures of the period',
    blocks: [
      { kind: 'Figures', figures: figures.flatMap((figure) => toFigures(figure, where)) },
      ...(lacking.length === 0 ? [] : [{ kind: 'Gaps' as const, items: lacking }]),
    ],
  };
}

const labels: Readonly<Record<string, string>> = {
  timeToDetect: 'Time to detect',
  timeToAcknowledge: 'Time to acknowledge',
  timeToMitigate: 'Time to mitigate',
  timeToRemediate: 'Time to remediate',
  escapedHighRisk: 'High-risk incidents that escaped',
  alertPrecision: 'Engagements judged right',
  reviewCoverage: 'Models whose review is current',
  auditCompleteness: 'Actions of the operator whose record is complete',
  lineageCoverage: 'Kinds of lineage pinned, of those tiers require',
  lineageComplete: 'Models whose required lineage is pinned',
  incidentsCritical: 'Incidents of severity Critical',
  incidentsHigh: 'Incidents of severity High',
  incidentsMedium: 'Incidents of severity Medium',
  incidentsLow: 'Incidents of severity Low',
  nearMisses: 'Near misses',
  overridesRelease: 'Releases by people',
  overridesHold: 'Holds by people',
  overridesAccept: 'Acceptances of a broken limit',
  reviewMinutes: 'Minutes spent on reviews',
};

function toFigures(figure: ProgrammeFigure, where: string): readonly ReportFigure[] {
  const { name, population } = figure;
  const label = labels[name] ?? name;
  const source = (counted: string): string => `Of ${where}, in the period: ${population}; ${counted}docs/programme-metrics.md ${name}`;
  switch (figure.kind) {
    case 'Time':
      return timeFigures(
        figure,
        label,
        source(`n=${String(figure.n)}, of these ${String(figure.censored)} not over, ${String(figure.unknown)} more unknown; `),
      );
    case 'Share': {
      const { count, n, value, note } = figure;
      const counted = `${String(count)} of n=${String(n)}; ${note === '' ? '' : `${note}; `}`;
      return [{ label, value: shareText(figure), number: value, unit: 'share', n, source: source(counted) }];
    }
    case 'Count':
      return [{ label, value: String(figure.count), number: figure.count, n: figure.n, source: source(`n=${String(figure.n)}; `) }];
    case 'Trend': {
      const { now, before } = figure;
      const value = `${String(now)}, before ${String(before)}: ${trendText(figure)}`;
      return [{ label, value, number: now, n: now + before, source: source(`n=${String(now + before)} in both; `) }];
    }
    default:
      return assertNever(figure);
  }
}

function timeFigures({ n, medianMs, p90Ms }: TimeFigure, label: string, source: string): readonly ReportFigure[] {
  const parts = [
    ['half within', medianMs],
    ['9 of 10 within', p90Ms],
  ] as const;
  return parts.map(([part, ms]) => ({
    label: `${label}, ${part}`,
    value: n === 0 ? 'nothing to count' : duration(ms),
    number: ms === null ? null : ms / 1000,
    ...{ unit: 's', n, source },
  }));
}
