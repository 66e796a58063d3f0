/** Where the API server serves our kinds. */
export const resources = {
  RiskPolicy: { group: 'modelrisk.dev', version: 'v1alpha1', plural: 'riskpolicies' },
  ModelRisk: { group: 'modelrisk.dev', version: 'v1alpha1', plural: 'modelrisks' },
  MitigationPlan: { group: 'modelrisk.dev', version: 'v1alpha1', plural: 'mitigationplans' },
  RiskIncident: { group: 'modelrisk.dev', version: 'v1alpha1', plural: 'riskincidents' },
  RiskDecision: { group: 'modelrisk.dev', version: 'v1alpha1', plural: 'riskdecisions' },
  RiskGate: { group: 'modelrisk.dev', version: 'v1alpha1', plural: 'riskgates' },
  TargetJournal: { group: 'modelrisk.dev', version: 'v1alpha1', plural: 'targetjournals' },
  RiskChainHead: { group: 'modelrisk.dev', version: 'v1alpha1', plural: 'riskchainheads' },
} as const;

export function resourceOf(kind: string): (typeof resources)[keyof typeof resources] {
  return resources[kind as keyof typeof resources];
}
