import type { Check } from './evidence.ts';
import type { PackIndicator, PackModel } from './facts.ts';
import { ofModels } from './model-checks.ts';

const indicatorSource = 'ModelRisk .spec.indicators, .status.indicators[].verdict, RiskPolicy .spec.signals';

function names(entries: readonly { readonly name: string }[]): string {
  return entries.map(({ name }) => name).join(', ');
}

/** A model is watched for something by an indicator of that category or kind of signal whose last verdict rests on data. */
function watched(
  what: string,
  { categories, kinds }: { readonly categories: readonly string[]; readonly kinds: readonly string[] },
): Check {
  const fits = ({ category, kind }: PackIndicator): boolean =>
    (category !== null && categories.includes(category)) || (kind !== null && kinds.includes(kind));
  return ofModels(`models with an indicator of ${what} that is judged on data`, indicatorSource, ({ indicators }) => {
    const fitting = indicators.filter(fits);
    if (fitting.some(({ isJudged }) => isJudged)) return null;
    return fitting.length === 0
      ? `No indicator watches ${what}: add one (category ${categories.join(' or ')}, or a signal of kind ${kinds.join(' or ')}).`
      : `${names(fitting)} has no verdict on data: kubectl modelrisk doctor says why.`;
  });
}

function monitoringLack({ indicators }: PackModel): string | null {
  if (indicators.length === 0) return 'It has no indicator: add one for each risk of the register.';
  const blind = indicators.filter(({ isJudged }) => !isJudged);
  return blind.length === 0 ? null : `Without a verdict on data: ${names(blind)}; kubectl modelrisk doctor says why.`;
}

function thresholdLack({ risks, indicators }: PackModel): string | null {
  const limited = new Set(indicators.filter(({ hasLimit }) => hasLimit).map(({ risk }) => risk));
  const open = risks.filter(({ name }) => !limited.has(name));
  return open.length === 0 ? null : `No limit watches ${names(open)} of the register: add an indicator with a threshold.`;
}

/** What is measured of a model while it lives. */
export const watchChecks = {
  Monitoring: ofModels('models all of whose indicators are judged on data', indicatorSource, monitoringLack),
  Thresholds: ofModels(
    'models with a limit on every risk of their register',
    'ModelRisk .spec.risks, .spec.indicators[].threshold',
    thresholdLack,
  ),
  Drift: watched('drift', { categories: ['DataQuality'], kinds: ['drift', 'anomaly'] }),
  Performance: watched('performance', { categories: ['ModelPerformance'], kinds: ['performance', 'calibration', 'comparison'] }),
  Fairness: watched('fairness', { categories: ['Fairness'], kinds: ['fairness'] }),
  Security: watched('security and robustness', { categories: ['Security'], kinds: ['posture'] }),
  Reliability: watched('operational reliability', { categories: ['OperationalReliability'], kinds: ['burnRate', 'workload'] }),
} as const satisfies Readonly<Record<string, Check>>;
