import { lineageKinds, unseparated } from './lineage.ts';
import type { LineageEntry } from './lineage.ts';

/** What a tier may require to be on file of a model. */
export const documentItems = [
  'Objective',
  'IntendedUse',
  'Environment',
  'DataSources',
  'FeaturePipelines',
  'EvaluationCriteria',
  'DataHandling',
  'Explainability',
  'Ethics',
  'Lineage',
  'DecisionLog',
  'Continuity',
  'Stakeholders',
] as const;

export type DocumentItem = (typeof documentItems)[number];

export interface Documentation {
  readonly objective?: string;
  readonly intendedUse?: string;
  readonly environment?: string;
  readonly dataSources?: readonly { readonly name: string; readonly version?: string }[];
  readonly featurePipelines?: readonly { readonly name: string }[];
  readonly evaluationCriteria?: readonly string[];
  readonly dataHandling?: {
    readonly personalData: 'None' | 'Present';
    readonly consentBasis?: string;
    readonly retentionSeconds?: number;
    readonly impactAssessment?: string;
  };
  readonly explainability?: string;
  readonly ethics?: string;
  readonly continuity?: { readonly uri: string; readonly recoveryTimeSeconds: number };
}

/** What is on file of one model. */
export interface Dossier {
  readonly documentation?: Documentation;
  readonly lineage?: readonly LineageEntry[];
  readonly decisionLog?: { readonly completenessIndicator?: string; readonly retentionSeconds?: number };
  readonly stakeholders?: readonly { readonly role: string }[];
}

/** What is known of the model beside its papers. */
export interface DossierFacts {
  /** Roles its tier asks for something. */
  readonly roles: readonly string[];
  /** The last drill of each plan that protects it; null seconds: nothing was measured, as in every dry drill. */
  readonly drills: readonly { readonly plan: string; readonly passed: boolean; readonly timeToMitigateSeconds: number | null }[];
  /** The indicator that tells whether every decision is in the log is beyond its limit. */
  readonly logIsIncomplete: boolean;
}

export interface DocumentFinding {
  readonly reason: 'Missing' | 'NotSeparated' | 'RecoveryTooSlow' | 'LogIncomplete';
  readonly item: DocumentItem;
  /** A sentence: what is wrong and what to write. */
  readonly message: string;
}

/** What is required and not there, then what is there and not so. A model that is required nothing is still held to what it says. */
export function documentFindings(dossier: Dossier, required: readonly DocumentItem[], facts: DossierFacts): readonly DocumentFinding[] {
  const missing = documentItems
    .filter((item) => required.includes(item))
    .flatMap((item) => {
      const message = lacks[item](dossier, facts);
      return message === null ? [] : [{ reason: 'Missing' as const, item, message }];
    });
  return [...missing, ...contradictions(dossier, facts)];
}

type Lack = (dossier: Dossier, facts: DossierFacts) => string | null;

/** A text that is there and says something. */
const needsText =
  (field: 'objective' | 'intendedUse' | 'environment' | 'explainability' | 'ethics'): Lack =>
  ({ documentation }) =>
    (documentation?.[field] ?? '').trim() === '' ? `Write documentation.${field}.` : null;

const needsEntries =
  (field: 'dataSources' | 'featurePipelines' | 'evaluationCriteria'): Lack =>
  ({ documentation }) =>
    (documentation?.[field] ?? []).length === 0 ? `Write documentation.${field}.` : null;

const lacks: Readonly<Record<DocumentItem, Lack>> = {
  Objective: needsText('objective'),
  IntendedUse: needsText('intendedUse'),
  Environment: needsText('environment'),
  DataSources: (dossier, facts) => needsEntries('dataSources')(dossier, facts) ?? unversioned(dossier),
  FeaturePipelines: needsEntries('featurePipelines'),
  EvaluationCriteria: needsEntries('evaluationCriteria'),
  DataHandling: ({ documentation }) => dataHandlingLack(documentation?.dataHandling),
  Explainability: needsText('explainability'),
  Ethics: needsText('ethics'),
  Lineage: ({ lineage = [] }) => {
    const absent = lineageKinds.filter((kind) => !lineage.some((each) => each.kind === kind && each.digest !== undefined));
    return absent.length === 0 ? null : `Write in lineage, with a digest each: ${absent.join(', ')}.`;
  },
  DecisionLog: ({ decisionLog }) => {
    if (decisionLog === undefined) return 'Write decisionLog.';
    return decisionLog.completenessIndicator === undefined
      ? 'Write decisionLog.completenessIndicator: the indicator that tells whether every decision is in the log.'
      : null;
  },
  Continuity: ({ documentation }, { drills }) => {
    if (documentation?.continuity === undefined) return 'Write documentation.continuity.';
    if (drills.some(({ passed, timeToMitigateSeconds }) => passed && timeToMitigateSeconds !== null)) return null;
    return drills.some(({ passed }) => passed)
      ? 'No drill of a plan for this model has measured how long it takes, for a dry one moves no traffic: write drill.scope: Sandbox in a plan, where live objects may be tried on.'
      : 'No drill of a plan for this model has passed: kubectl modelrisk drill PLAN, with drill.scope: Sandbox in the plan, for a dry one measures no time.';
  },
  Stakeholders: ({ stakeholders = [] }, { roles }) => {
    if (stakeholders.length === 0) return 'Write stakeholders.';
    const unheld = roles.filter((role) => !stakeholders.some((each) => each.role === role));
    return unheld.length === 0 ? null : `Nobody among stakeholders holds ${unheld.join(', ')}, which the tier asks: name them.`;
  },
};

function unversioned({ documentation }: Dossier): string | null {
  const names = (documentation?.dataSources ?? []).filter(({ version }) => version === undefined).map(({ name }) => name);
  return names.length === 0 ? null : `Write the version of documentation.dataSources ${names.join(', ')}.`;
}

function dataHandlingLack(handling: Documentation['dataHandling']): string | null {
  if (handling === undefined) return 'Write documentation.dataHandling.';
  if (handling.personalData === 'None') return null;
  const { consentBasis, retentionSeconds, impactAssessment } = handling;
  const absent = Object.entries({ consentBasis, retentionSeconds, impactAssessment }).flatMap(([field, value]) =>
    value === undefined ? [field] : [],
  );
  return absent.length === 0
    ? null
    : `Personal data are present: write ${absent.map((field) => `documentation.dataHandling.${field}`).join(', ')}.`;
}

function contradictions({ documentation, lineage = [] }: Dossier, facts: DossierFacts): readonly DocumentFinding[] {
  const promised = documentation?.continuity?.recoveryTimeSeconds ?? Infinity;
  const slow = facts.drills.filter(({ timeToMitigateSeconds }) => (timeToMitigateSeconds ?? 0) > promised);
  return [
    ...unseparated(lineage).map(([a, b]) => ({
      reason: 'NotSeparated' as const,
      item: 'Lineage' as const,
      message: `${a} and ${b} have the same digest, so what was learned was judged on itself: separate them, and correct lineage.`,
    })),
    ...slow.map(({ plan, timeToMitigateSeconds }) => ({
      reason: 'RecoveryTooSlow' as const,
      item: 'Continuity' as const,
      message: `The last drill of MitigationPlan ${plan} took ${String(timeToMitigateSeconds)} s, documentation.continuity promises ${String(promised)} s: make the plan faster, or promise what it can do.`,
    })),
    ...(facts.logIsIncomplete
      ? [
          {
            reason: 'LogIncomplete' as const,
            item: 'DecisionLog' as const,
            message: 'By its completenessIndicator the decision log lacks decisions: find out which, and mend the log.',
          },
        ]
      : []),
  ];
}
