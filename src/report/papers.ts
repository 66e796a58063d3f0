import type { ModelRisk } from '../api/model-risk.ts';
import { lineageCoverage, unseparated } from '../core/programme/lineage.ts';
import type { ReportBlock, ReportSection } from '../core/report/document.ts';
import { fieldTable, notOnFile, tableOr } from './field-table.ts';
import type { FieldLine } from './field-table.ts';
import { fieldOf } from './source.ts';

type Documentation = NonNullable<ModelRisk['spec']['documentation']>;

/** What is on file of the model, what is not, and where it comes from. */
export function papersSection(model: ModelRisk): ReportSection {
  return {
    heading: 'Documentation',
    blocks: [
      standing(model),
      fieldTable('Papers', ['ModelRisk', model], paperLines(model)),
      sources(model),
      pipelines(model),
      criteria(model),
      ...lineage(model),
    ],
  };
}

function standing(model: ModelRisk): ReportBlock {
  const found = model.status.conditions.find(({ type }) => type === 'Documented');
  const text =
    found === undefined
      ? 'No operator has looked at the papers yet.'
      : `Documented: ${found.status} (${found.reason}). ${found.message}`.trim();
  return { kind: 'Text', text, source: fieldOf('ModelRisk', model, '.status.conditions[Documented]') };
}

const seconds = (value: number | undefined): string | undefined => (value === undefined ? undefined : `${String(value)} s`);

function paperLines({ spec }: ModelRisk): readonly FieldLine[] {
  const papers: Documentation = spec.documentation ?? {};
  const { dataHandling, continuity } = papers;
  const log = spec.decisionLog;
  return [
    ['Purpose', papers.objective, '.spec.documentation.objective'],
    ['Intended use', papers.intendedUse, '.spec.documentation.intendedUse'],
    ['Environment', papers.environment, '.spec.documentation.environment'],
    ['Data of persons', dataHandling?.personalData, '.spec.documentation.dataHandling.personalData'],
    ['On what ground they are processed', dataHandling?.consentBasis, '.spec.documentation.dataHandling.consentBasis'],
    ['Deleted after', seconds(dataHandling?.retentionSeconds), '.spec.documentation.dataHandling.retentionSeconds'],
    ['Impact assessment', dataHandling?.impactAssessment, '.spec.documentation.dataHandling.impactAssessment'],
    ['How an answer is explained', papers.explainability, '.spec.documentation.explainability'],
    ['Ethics', papers.ethics, '.spec.documentation.ethics'],
    ['Continuity plan', continuity?.uri, '.spec.documentation.continuity.uri'],
    ['Safe again within', seconds(continuity?.recoveryTimeSeconds), '.spec.documentation.continuity.recoveryTimeSeconds'],
    ['Decision log', log?.uri, '.spec.decisionLog.uri'],
    ['Decisions are kept for', seconds(log?.retentionSeconds), '.spec.decisionLog.retentionSeconds'],
    ['Completeness of the log is watched by', log?.completenessIndicator, '.spec.decisionLog.completenessIndicator'],
  ];
}

function sources(model: ModelRisk): ReportBlock {
  const rows = (model.spec.documentation?.dataSources ?? []).map(({ name, uri, version }) => ({
    cells: [name, uri, version ?? notOnFile],
    source: fieldOf('ModelRisk', model, `.spec.documentation.dataSources[${name}]`),
  }));
  return tableOr({ kind: 'Table', caption: 'Data sources', columns: ['Source', 'Where', 'Version'], rows }, 'No data source is on file.');
}

function pipelines(model: ModelRisk): ReportBlock {
  const rows = (model.spec.documentation?.featurePipelines ?? []).map(({ name, uri }) => ({
    cells: [name, uri],
    source: fieldOf('ModelRisk', model, `.spec.documentation.featurePipelines[${name}]`),
  }));
  return tableOr({ kind: 'Table', caption: 'Feature pipelines', columns: ['Pipeline', 'Where'], rows }, 'No feature pipeline is on file.');
}

function criteria(model: ModelRisk): ReportBlock {
  const rows = (model.spec.documentation?.evaluationCriteria ?? []).map((criterion, index) => ({
    cells: [criterion],
    source: fieldOf('ModelRisk', model, `.spec.documentation.evaluationCriteria[${String(index)}]`),
  }));
  return tableOr(
    { kind: 'Table', caption: 'What it had to reach before it went live', columns: ['Criterion'], rows },
    'No criterion of evaluation is on file.',
  );
}

/** Where the model comes from, and whether training, validation and test data are apart. */
function lineage(model: ModelRisk): readonly ReportBlock[] {
  const entries = model.spec.lineage ?? [];
  const source = fieldOf('ModelRisk', model, '.spec.lineage');
  const rows = entries.map(({ kind, uri, digest }) => ({ cells: [kind, uri, digest ?? notOnFile], source }));
  const share = Math.round(lineageCoverage(entries) * 100);
  const pairs = unseparated(entries).map(([a, b]) => `${a} and ${b}`);
  const apart = pairs.length === 0 ? 'No two kinds of data share a digest.' : `The same digest, so not separated: ${pairs.join(', ')}.`;
  return [
    tableOr({ kind: 'Table', caption: 'Lineage', columns: ['Kind', 'Where', 'Digest'], rows }, 'No lineage is on file.'),
    {
      kind: 'Figures',
      figures: [{ label: 'Kinds of lineage pinned by a digest', value: `${String(share)} %`, number: share, unit: '%', source }],
    },
    ...(entries.length === 0 ? [] : [{ kind: 'Text' as const, text: apart, source }]),
  ];
}
