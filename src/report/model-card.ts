import type { ModelRisk } from '../api/model-risk.ts';
import type { ReportSection } from '../core/report/document.ts';
import { fieldTable, tableOr } from './field-table.ts';
import { policyInForce } from './held-lines.ts';
import { fieldOf } from './source.ts';

/** Who and what the model is. */
export function modelCardSection(model: ModelRisk): ReportSection {
  const { metadata, spec, status } = model;
  const { tier } = status;
  const stakeholders = (spec.stakeholders ?? []).map(({ role, name, contact }) => ({
    cells: [role, name, contact],
    source: fieldOf('ModelRisk', model, `.spec.stakeholders[${role}]`),
  }));
  return {
    heading: 'Model card',
    blocks: [
      fieldTable(
        'The model',
        ['ModelRisk', model],
        [
          ['Model', spec.model.name, '.spec.model.name'],
          ['Version under guard', spec.model.version, '.spec.model.version'],
          ['Image', spec.model.imageDigest, '.spec.model.imageDigest'],
          ['Runs on', spec.workloadRefs.map(({ kind, name }) => `${kind} ${name}`).join(', ') || undefined, '.spec.workloadRefs'],
          ['Under guard since', metadata.creationTimestamp, '.metadata.creationTimestamp'],
          ['Owner', `${spec.owner.team}, ${spec.owner.contact}`, '.spec.owner'],
          ['Declared criticality', spec.criticality, '.spec.criticality'],
          ['Tier', tier === undefined ? 'unknown' : `${tier.inherent}: ${tier.message}`, '.status.tier'],
          ['Judged under', `RiskPolicy ${policyInForce(model)}`, '.spec.policyRef.name, .status.signedTerms'],
          ['Evaluated', spec.suspend === 'Hold' ? 'no: suspended by its owner' : 'yes', '.spec.suspend'],
        ],
      ),
      tableOr(
        { kind: 'Table', caption: 'Stakeholders', columns: ['Role', 'Who', 'Contact'], rows: stakeholders },
        'Nobody but the owner is named as having a say.',
      ),
    ],
  };
}
