import { lineageKinds } from '../../src/core/programme/lineage.ts';

const digestOf = (index: number): string => `sha256:${String(index).repeat(64)}`;

/** What a ModelRisk that lacks nothing says of its papers; `completenessIndicator` must be an indicator it has. */
export function aDossier(completenessIndicator: string) {
  return {
    documentation: {
      objective: 'Rank applicants by probability of default.',
      intendedUse: 'Pre-sorts applications for a credit officer; decides none.',
      environment: 'Two replicas behind the route credit.',
      dataSources: [{ name: 'applications', uri: 's3://lake/applications', version: '2026-06' }],
      featurePipelines: [{ name: 'features', uri: 'git://features@4f1c2a' }],
      evaluationCriteria: ['AUC >= 0.78 on the 2025 hold-out'],
      dataHandling: {
        personalData: 'Present' as const,
        consentBasis: 'Contract' as const,
        retentionSeconds: 220_752_000,
        impactAssessment: 'https://dpia.example/7',
      },
      explainability: 'Reason codes for every denial.',
      ethics: 'Thin files are scored by hand.',
      continuity: { uri: 'https://continuity.example/credit', recoveryTimeSeconds: 600 },
    },
    lineage: lineageKinds.map((kind, index) => ({ kind, uri: `s3://lineage/${kind}`, digest: digestOf(index) })),
    decisionLog: { uri: 's3://lake/decisions', retentionSeconds: 220_752_000, completenessIndicator },
    stakeholders: [
      { role: 'risk', name: 'Model Risk Office', contact: 'mro@example.com' },
      { role: 'compliance', name: 'Carla', contact: 'carla@example.com' },
    ],
  };
}
