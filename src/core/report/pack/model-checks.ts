import { documentItems, documentFindings } from '../../programme/documentation.ts';
import type { DocumentFinding, DocumentItem } from '../../programme/documentation.ts';
import { unseparated } from '../../programme/lineage.ts';
import type { Check, Item } from './evidence.ts';
import type { PackModel } from './facts.ts';

type Lack = (model: PackModel) => string | null;

const noModels = { state: 'Missing', why: 'There is no ModelRisk in scope: write one for each deployed model.' } as const;

/** A check that looks at every model. */
export function ofModels(population: string, source: string, lack: Lack): Check {
  return {
    population,
    source,
    empty: noModels,
    items: ({ models }) => models.map((model): Item => ({ ref: model.ref, lack: lack(model) })),
  };
}

/** The rule of condition Documented for these items, whether the tier requires them or not. */
function onFile(...items: readonly DocumentItem[]): Lack {
  return (model) => {
    const drills = model.plans.map(({ ref, drillPassed, drillSeconds }) => ({
      ...{ plan: ref, passed: drillPassed === true, timeToMitigateSeconds: drillSeconds },
    }));
    const findings = documentFindings(model, items, { roles: [], drills, logIsIncomplete: false });
    // A promise that a drill has shown not to be kept is no continuity plan.
    const counts = ({ reason, item }: DocumentFinding): boolean =>
      items.includes(item) && (reason === 'Missing' || reason === 'RecoveryTooSlow');
    const lacking = findings.filter(counts);
    return lacking.length === 0 ? null : lacking.map(({ message }) => message).join(' ');
  };
}

const papers = (fields: string): string => `ModelRisk ${fields}`;

function separationLack({ lineage = [] }: PackModel): string | null {
  const pinned = (kind: string): boolean => lineage.some((each) => each.kind === kind && each.digest !== undefined);
  const absent = ['TrainingData', 'ValidationData', 'TestData'].filter((kind) => !pinned(kind));
  if (absent.length > 0) return `Write in lineage, with a digest each: ${absent.join(', ')}.`;
  const shared = unseparated(lineage);
  return shared.length === 0 ? null : `${shared.map(([a, b]) => `${a} and ${b}`).join('; ')} have the same digest: separate them.`;
}

/** The longest six months there are: what is kept for that is kept for any (AI Act, articles 19 and 26(6)). */
const sixMonthsDays = 184;

function retentionLack({ decisionLog }: PackModel): string | null {
  const seconds = decisionLog?.retentionSeconds;
  if (seconds === undefined) return 'Write decisionLog, with retentionSeconds.';
  const days = Math.floor(seconds / 86_400);
  return days >= sixMonthsDays
    ? null
    : `Its decisions are kept for ${String(days)} days: keep them for ${String(sixMonthsDays)}, and say so in decisionLog.retentionSeconds, unless the law wants less.`;
}

/** What stands in the papers of a model. */
export const paperChecks = {
  Documented: ofModels(
    'models whose tier requires documents: all are on file',
    papers('.status.documentation.missing, RiskPolicy .spec.tiers[].requiredDocumentation'),
    ({ missingPapers }) => {
      if (missingPapers === null) return `Its tier requires nothing on file: write requiredDocumentation (${documentItems.join(', ')}).`;
      return missingPapers.length === 0 ? null : `Missing on file: ${missingPapers.join(', ')} (condition Documented says what to write).`;
    },
  ),
  Purpose: ofModels(
    'models with objective, intended use and environment on file',
    papers('.spec.documentation.objective, .intendedUse, .environment'),
    onFile('Objective', 'IntendedUse', 'Environment'),
  ),
  DataGovernance: ofModels(
    'models with versioned data sources and feature pipelines on file',
    papers('.spec.documentation.dataSources, .featurePipelines'),
    onFile('DataSources', 'FeaturePipelines'),
  ),
  DataSeparation: ofModels(
    'models whose training, validation and test data are pinned by digest and differ',
    papers('.spec.lineage'),
    separationLack,
  ),
  Lineage: ofModels('models with every kind of lineage pinned by digest', papers('.spec.lineage'), onFile('Lineage')),
  Privacy: ofModels(
    'models that say how data of persons are handled, with impact assessment where there are any',
    papers('.spec.documentation.dataHandling'),
    onFile('DataHandling'),
  ),
  Validation: ofModels(
    'models with the criteria they had to reach on file',
    papers('.spec.documentation.evaluationCriteria'),
    onFile('EvaluationCriteria'),
  ),
  Explainability: ofModels(
    'models that say how an answer is explained',
    papers('.spec.documentation.explainability'),
    onFile('Explainability'),
  ),
  Ethics: ofModels('models that say who could be harmed', papers('.spec.documentation.ethics'), onFile('Ethics')),
  DecisionLog: ofModels(
    'models whose decisions are logged, with an indicator of completeness',
    papers('.spec.decisionLog'),
    onFile('DecisionLog'),
  ),
  LogRetention: ofModels(
    'models that say they keep their decisions for six months at the least',
    papers('.spec.decisionLog.retentionSeconds'),
    retentionLack,
  ),
  Continuity: ofModels(
    'models with a continuity plan and a drill that passed, live and within its recovery time',
    papers('.spec.documentation.continuity, MitigationPlan .status.lastDrill'),
    onFile('Continuity'),
  ),
  Stakeholders: ofModels('models that name who has a say beside the owner', papers('.spec.stakeholders'), onFile('Stakeholders')),
} as const satisfies Readonly<Record<string, Check>>;
