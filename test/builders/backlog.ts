import type { Assessment, BacklogInput, Estimate, Remediation, RiskExposure } from '../../src/core/risk/backlog/remediation.ts';

export const certain = (value: number): Estimate => ({ min: value, mode: value, max: value });

export function anAssessment(changes: Partial<Assessment> = {}): Assessment {
  return {
    assessor: 'ada',
    cost: certain(10_000),
    weeks: certain(2),
    reducesLossPercent: certain(50),
    successPercent: 100,
    ...changes,
  };
}

export function aRemediation(id: string, changes: Partial<Remediation> = {}): Remediation {
  return {
    ...{ id, summary: `Do ${id}.`, owner: 'lending-ml', risks: ['risk'], assessments: [anAssessment()] },
    ...{ alternativeTo: null, dependsOn: [], mandatoryByMs: null, dueMs: null },
    ...changes,
  };
}

/** Costs `loss` a year for certain, or nearly so. */
export function anExposure(id = 'risk', loss = 1_000_000, changes: Partial<RiskExposure> = {}): RiskExposure {
  return { id, rate: { shape: 1e9, years: 1e9 }, meanImpact: loss, holdingCost: 0, ...changes };
}

export function aBacklog(remediations: readonly Remediation[], exposures: readonly RiskExposure[] = [anExposure()]): BacklogInput {
  return { remediations, exposures, discountPercent: 0 };
}
