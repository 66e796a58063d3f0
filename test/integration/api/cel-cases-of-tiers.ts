import { modelRiskManifest, withValue } from '../../builders/api.ts';
import { casesOf } from './cel-case.ts';
import type { CELCase } from './cel-case.ts';

const logged = withValue(modelRiskManifest(), 'spec.decisionLog', { uri: 's3://lake/decisions', retentionSeconds: 220_752_000 });

/** Rules of tiers and of what they ask of a model. */
export const tierCases: readonly CELCase[] = casesOf(logged, [
  {
    field: 'spec.decisionLog.completenessIndicator',
    message: 'completenessIndicator must name an entry of indicators: add the indicator or correct the name',
    accept: [['spec.decisionLog.completenessIndicator', 'approval-parity']],
    reject: [['spec.decisionLog.completenessIndicator', 'log-complete']],
  },
]);
