import type { RiskPolicy } from '../api/risk-policy.ts';
import { taxonomyOf, unknownCategories } from '../api/taxonomy.ts';
import { riskTermLines } from '../api/term-lines.ts';
import type { PlanTerms, RiskTerms } from '../api/terms.ts';
import type { PlanState } from './plan-state.ts';
import type { PlanProblem } from './plan-problems.ts';
import type { RiskProblem, RiskState } from './risk-state.ts';

export interface TierFacts {
  /** Null: it does not exist, or can't be read. */
  readonly policy: RiskPolicy | null;
  /** Where the model stands by its status as it is to be. */
  readonly standing: string | null;
  readonly plans: readonly PlanState[];
}

/** What the policy of a model asks of it and is not so: its tier first, then the taxonomy. */
export function policyProblems(risk: RiskState, facts: TierFacts): readonly RiskProblem[] {
  return [...tierProblems(risk, facts), ...taxonomyProblems(risk, facts.policy)];
}

/** What its tier asks of a model and is not there, and that no tier is there to ask. */
function tierProblems({ risk, terms }: RiskState, { policy, standing, plans }: TierFacts): readonly RiskProblem[] {
  if (policy !== null && standing === null && policy.spec.tiers.length > 0) {
    const message = `No tier of RiskPolicy ${policy.metadata.name} fits this model, so nobody says what it must keep to. Write spec.criticality or what its risks cost, or a last tier without when.`;
    return [{ reason: 'TierMissing', message }];
  }
  const { tier } = terms;
  const unwatched = (tier?.floors?.categories ?? []).filter((category) => !isWatched(risk.spec, category));
  const mode = tier?.floors?.mode;
  return [
    ...unwatched.map((category) => ({
      reason: 'IndicatorRequired' as const,
      message: `Tier ${tier?.name ?? ''} requires an indicator for category ${category}, and there is none: write one whose risk has that category and whose signal is a template of the policy.`,
    })),
    ...(mode === undefined || plans.length > 0
      ? []
      : [
          {
            reason: 'PlanRequired' as const,
            message: `Tier ${tier?.name ?? ''} requires a plan that acts (mode ${mode}), and no MitigationPlan names this model: create one.`,
          },
        ]),
  ];
}

/** Of what its owner wrote: a risk in no category of the policy has no runbook, no floor and no duty to report. */
function taxonomyProblems({ written: { spec } }: RiskState, policy: RiskPolicy | null): readonly RiskProblem[] {
  if (policy === null) return [];
  const named = spec.risks.map(({ category }) => category);
  return unknownCategories(policy.spec, named).map((category) => {
    const risks = spec.risks.flatMap((each) => (each.category === category ? [each.name] : []));
    const message = `Category ${category} of risks ${risks.join(', ')} is not in the taxonomy of RiskPolicy ${policy.metadata.name} (${taxonomyOf(policy.spec).join(', ')}), so floors, runbooks and duties to report pass it over: write one of these, or have it added to spec.categories of the policy.`;
    return { reason: 'CategoryUnknown', message };
  });
}

/** An inline query is its owner's: whether it measures anything nobody else has looked at. */
function isWatched({ risks, indicators }: RiskState['risk']['spec'], category: string): boolean {
  const names = risks.filter((each) => each.category === category).map(({ name }) => name);
  return indicators.some(({ risk, signal }) => names.includes(risk) && 'template' in signal);
}

/** A sentence for each value a floor put in the place of a milder one; empty while none did. */
export function floorsInForce(terms: RiskTerms): string {
  const bounded = riskTermLines(terms).filter(({ from }) => from === 'Floor');
  if (bounded.length === 0) return '';
  const said = bounded.map(({ field, value, instead }) => `${field} is ${value}${instead === null ? '' : `, not ${instead}`}`);
  return `Floors of tier ${terms.tier?.name ?? ''} are in force: ${said.join('; ')}.`;
}

/** What of its tier a plan can't do, or nobody supplies. */
export function ladderProblems({ current }: PlanState, terms: PlanTerms | null): readonly PlanProblem[] {
  if (terms === null) return [];
  const where = terms.tier === null ? 'the model is in no tier that has a ladder' : `tier ${terms.tier.name} supplies none that fits`;
  const asks = current.mode === 'Approve' || current.stages.some(({ mode }) => mode === 'Approve');
  return [
    ...(current.stages.length > 0
      ? []
      : [
          {
            reason: 'LadderMissing',
            message: `The plan has no stages, and ${where}, so it does nothing: write stages, or a playbook.ladder in the policy.`,
          },
        ]),
    ...terms.unfit.map((message) => ({ reason: 'LadderUnfit', message })),
    ...(asks && current.mode !== 'Observe' && current.approval.roles.length === 0
      ? [
          {
            reason: 'ApproversMissing',
            message: 'By its tier the plan asks people before it acts, and names nobody to ask: write approval.roles.',
          },
        ]
      : []),
  ];
}
