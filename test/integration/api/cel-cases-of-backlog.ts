import { modelRiskManifest, withValue } from '../../builders/api.ts';
import { casesOf } from './cel-case.ts';
import type { CELCase, Variation } from './cel-case.ts';

const three = (min: number, mode: number, max: number) => ({ min, mode, max });
const remediation = (name: string) => ({
  name,
  summary: 'Retrain on the new population.',
  owner: 'lending-ml',
  risks: ['unfair-denials'],
  assessments: [
    {
      assessor: 'ada@example.com',
      cost: three(10_000, 20_000, 50_000),
      weeks: three(2, 3, 8),
      reducesLossPercent: three(20, 50, 70),
      successPercent: 80,
    },
  ],
});

const planned = withValue(modelRiskManifest(), 'spec.remediations', [
  remediation('retrain'),
  { ...remediation('rules'), alternativeTo: 'retrain' },
]);

const estimates: readonly Variation[] = (
  [
    ['cost', 'What the remediation costs'],
    ['weeks', 'Weeks of work until it is live'],
    ['reducesLossPercent', 'Share of the loss of the named risks it takes away'],
  ] as const
).map(([quantity, what]) => {
  const field = `spec.remediations[0].assessments[0].${quantity}`;
  return {
    field,
    message: `${what}: write min <= mode <= max; all three alike when it is certain`,
    accept: [[field, three(5, 5, 5)]],
    reject: [[field, three(5, 4, 6)]],
  };
});

/** Rules of the remediations of a ModelRisk. */
export const backlogCases: readonly CELCase[] = casesOf(planned, [
  ...estimates,
  {
    field: 'spec.remediations',
    message: 'every remediations[].risks must name entries of risks: add the risk to the register or correct the name',
    accept: [['spec.remediations[0].summary', 'Retrain.']],
    reject: [['spec.remediations[0].risks', ['theft']]],
  },
  {
    field: 'spec.remediations',
    message: 'alternativeTo and dependsOn must name other entries of remediations: add the entry or correct the name',
    accept: [['spec.remediations[1].dependsOn', ['retrain']]],
    reject: [['spec.remediations[1].dependsOn', ['rules']]],
  },
]);
