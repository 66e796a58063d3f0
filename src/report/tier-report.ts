import type { RiskPolicy } from '../api/risk-policy.ts';
import type { TierSpec } from '../api/risk-tier.ts';
import type { ReportBlock, ReportSection } from '../core/report/document.ts';
import { money } from '../core/risk/money.ts';
import type { ReportFacts } from './facts.ts';
import { tableOr } from './field-table.ts';
import { toModelLine } from './model-line.ts';
import { askedBy } from './playbook-lines.ts';
import { programmeReport } from './programme-report.ts';
import type { ReportText } from './programme-report.ts';
import { fieldOf, nameOf } from './source.ts';
import { tierTerms } from './tier-terms.ts';

/** The executive page of one tier, its models and its playbook; `facts` are of its models alone. */
export function tierReport(tier: string, facts: ReportFacts): ReportText {
  const page = programmeReport(facts);
  return {
    ...page,
    title: `Model risk: tier ${tier}`,
    sections: [...page.sections.slice(0, -1), modelsSection(facts), playbookOf(tier, facts), ...page.sections.slice(-1)],
  };
}

function modelsSection({ models }: ReportFacts): ReportSection {
  const rows = models.map((model) => {
    const { model: name, version, owner, contact, documented, reviewed, signed } = toModelLine(model);
    const loss = model.status.expectedAnnualLoss;
    const cost = loss === undefined ? 'unknown' : money(loss.value, loss.currency ?? null);
    return {
      cells: [
        nameOf(model),
        `${name} ${version}`,
        `${owner}, ${contact}`,
        documented,
        reviewed,
        signed,
        cost,
        model.status.review?.next ?? '',
      ],
      source: fieldOf('ModelRisk', model, '.spec.model', '.spec.owner', '.status'),
    };
  });
  const columns = ['ModelRisk', 'Model', 'Owner', 'Documented', 'Reviewed', 'Signed', 'A year is expected to cost', 'Next review'];
  return {
    heading: 'Models',
    blocks: [tableOr({ kind: 'Table', caption: 'Models of the tier', columns, rows }, 'No model stands in this tier.')],
  };
}

function playbookOf(tier: string, { all }: ReportFacts): ReportSection {
  const blocks = all.policies.flatMap((policy): readonly ReportBlock[] => {
    const terms = policy.spec.tiers.find(({ name }) => name === tier);
    return terms === undefined ? [] : [termTable(policy, terms)];
  });
  return {
    heading: 'Playbook',
    blocks: blocks.length === 0 ? [{ kind: 'Text', text: 'No policy that could be read has this tier.' }] : blocks,
  };
}

function termTable(policy: RiskPolicy, tier: TierSpec): ReportBlock {
  const lines = [...askedBy(tier), ...tierTerms(tier)];
  return tableOr(
    {
      kind: 'Table',
      caption: `What RiskPolicy ${policy.metadata.name} asks of models of tier ${tier.name}, and gives them`,
      columns: ['Field', 'Says'],
      rows: lines.map(({ field, value }) => ({
        cells: [field, value],
        source: fieldOf('RiskPolicy', policy, `.spec.tiers[${tier.name}].${field}`),
      })),
    },
    `RiskPolicy ${policy.metadata.name} asks nothing of models of tier ${tier.name}.`,
  );
}
