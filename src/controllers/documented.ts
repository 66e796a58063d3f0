import type { ModelRiskConditionType } from '../api/conditions.ts';
import type { RiskPolicy } from '../api/risk-policy.ts';
import { documentFindings } from '../core/programme/documentation.ts';
import type { DossierFacts } from '../core/programme/documentation.ts';
import { lineageCoverage, lineageKinds } from '../core/programme/lineage.ts';
import type { ConditionNow } from '../kube/conditions.ts';
import type { PlanState } from './plan-state.ts';
import { gravestReading } from './risk-state.ts';
import type { RiskState } from './risk-state.ts';

export interface DocumentedContext {
  /** Null: it does not exist, or can't be read. */
  readonly policy: RiskPolicy | null;
  readonly tier: string | null;
  readonly plans: readonly PlanState[];
}

type Documented = ConditionNow & { readonly type: ModelRiskConditionType };

/** What the tier requires of the papers of a model, and what is there. */
export function documentedNow(state: RiskState, { policy, tier, plans }: DocumentedContext) {
  const { spec } = state.risk;
  const terms = policy?.spec.tiers.find(({ name }) => name === tier);
  const required = terms?.requiredDocumentation ?? [];
  const facts: DossierFacts = {
    roles: [...new Set([...(terms?.reviewRoles ?? []), ...(terms?.signOffRoles ?? [])])],
    drills: plans.flatMap(({ current, drill: { last } }) =>
      last === null
        ? []
        : [{ plan: current.plan.name, passed: last.result === 'Passed', timeToMitigateSeconds: inSeconds(last.timeToMitigateMs) }],
    ),
    logIsIncomplete: isBeyond(state, spec.decisionLog?.completenessIndicator),
  };
  const findings = documentFindings(spec, required, facts);
  const missing = findings.filter(({ reason }) => reason === 'Missing').map(({ item }) => item);
  const isTold = required.length > 0 || spec.lineage !== undefined;
  const documentation = {
    missing,
    lineageCoveragePercent: Math.round(lineageCoverage(spec.lineage ?? []) * 100),
    ...(required.includes('Lineage') ? { lineageRequired: [...lineageKinds] } : {}),
  };
  return {
    condition: documentedCondition(findings, { policy, tier, isRequired: required.length > 0 }),
    status: isTold ? { documentation } : {},
  };
}

function documentedCondition(
  findings: ReturnType<typeof documentFindings>,
  { policy, tier, isRequired }: Pick<DocumentedContext, 'policy' | 'tier'> & { readonly isRequired: boolean },
): Documented {
  const type = 'Documented';
  if (policy === null)
    return { type, status: 'Unknown', reason: 'PolicyMissing', message: 'What must be on file only its policy says: see condition Ready.' };
  const [first] = findings;
  if (first !== undefined) {
    const missing = findings.filter(({ reason }) => reason === 'Missing').map(({ item }) => item);
    const asked = missing.length === 0 ? '' : `Tier ${tier ?? ''} requires, and there is not: ${missing.join(', ')}. `;
    return { type, status: 'False', reason: first.reason, message: `${asked}${findings.map(({ message }) => message).join(' ')}` };
  }
  if (isRequired) return { type, status: 'True', reason: 'Complete', message: '' };
  const message = tier === null ? 'The model is in no tier.' : `Tier ${tier} requires nothing.`;
  return { type, status: 'True', reason: 'NothingRequired', message };
}

function inSeconds(ms: number | null): number | null {
  return ms === null ? null : ms / 1000;
}

function isBeyond({ indicators }: RiskState, name: string | undefined): boolean {
  const known = name === undefined ? undefined : indicators.get(name);
  return known !== undefined && ['Firing', 'Clearing'].includes(gravestReading(known).memory.state);
}
