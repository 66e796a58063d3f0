import type { Check, Item } from './evidence.ts';
import type { PackDecision, PackModel, PackPlan } from './facts.ts';
import { ofModels } from './model-checks.ts';

/** A plan that does something when a limit is broken. */
const acts = ({ mode, stages, isSuspended, isReady }: PackPlan): boolean => mode !== 'Observe' && stages > 0 && !isSuspended && isReady;

function mitigationLack({ plans }: PackModel): string | null {
  if (plans.some(acts)) return null;
  if (plans.length === 0) return 'No MitigationPlan protects it: write one.';
  const why = plans.map(({ ref, mode, stages, isSuspended }) => {
    if (mode === 'Observe') return `${ref} only observes`;
    if (isSuspended) return `${ref} is suspended`;
    return stages === 0 ? `${ref} has no stages` : `${ref} is not Ready (its condition says why)`;
  });
  return `${why.join('; ')}: mode Approve or Enforce with stages, suspend: None, and Ready=True, is what acts.`;
}

function oversightLack({ plans, interventions }: PackModel): string | null {
  if (interventions > 0 || plans.some(({ mode, asksRoles }) => mode === 'Approve' && asksRoles)) return null;
  return 'No plan asks people (mode: Approve with approval.roles) and no decision of a person on it is on record.';
}

/** Who is asked, what is done, and who decided. What took no effect decided nothing, whoever wrote it. */
const ofDecisions = (population: string, actions: readonly string[], lack: (decision: PackDecision) => string | null): Check => ({
  population,
  source: 'RiskDecision .spec.author, .status.conditions[Valid]',
  empty: { state: 'NotEvidencedHere', why: `No ${actions.join(', ')} that took effect is on record.` },
  items: ({ decisions }) =>
    decisions
      .filter(({ action, effect }) => actions.includes(action) && effect !== 'Void')
      .map((decision): Item => ({ ref: decision.ref, lack: lack(decision) })),
});

export const controlChecks = {
  Inventory: {
    population: 'workloads that serve models and have a ModelRisk with owner, version and risks',
    source: 'ModelRisks, workloads that look like models (kubectl modelrisk list)',
    empty: { state: 'Missing', why: 'There is no ModelRisk in scope: write one for each deployed model.' },
    items: ({ models, unregistered }) => [
      ...models.map(({ ref }) => ({ ref, lack: null })),
      ...unregistered.map((ref) => ({ ref, lack: 'It looks like a model and no ModelRisk speaks for it: write one.' })),
    ],
  },
  RiskCriteria: {
    population: 'policies with tiers and a currency',
    source: 'RiskPolicy .spec.tiers, .spec.currency',
    empty: { state: 'Missing', why: 'There is no RiskPolicy: write one.' },
    items: ({ policies }) =>
      policies.map(({ ref, tiers, currency }) => ({
        ref,
        lack: tiers.length > 0 && currency !== null ? null : 'Write tiers and currency: what is at stake has no scale.',
      })),
  },
  Tiering: ofModels('models in a tier', 'ModelRisk .status.tier', ({ tier }) =>
    tier === null ? 'It is in no tier: give its policy a tier that takes every model, or it a criticality.' : null,
  ),
  RiskAssessment: ofModels(
    'models every risk of which has likelihood and impact',
    'ModelRisk .spec.risks[].likelihood, .impact',
    ({ risks }) => {
      const open = risks.filter(({ isPriced }) => !isPriced).map(({ name }) => name);
      return open.length === 0 ? null : `Without likelihood and impact: ${open.join(', ')}.`;
    },
  ),
  SignOffs: ofModels(
    'models whose tier asks for sign-offs: all roles have signed what is in force',
    'ModelRisk .status.missingSignOffs, RiskPolicy .spec.tiers[].signOffRoles',
    ({ missingSignOffs }) => {
      if (missingSignOffs === null) return 'Its tier asks for no sign-off: write signOffRoles.';
      return missingSignOffs.length === 0 ? null : `Not signed by ${missingSignOffs.join(', ')}: kubectl modelrisk sign-off.`;
    },
  ),
  ApprovedVersion: ofModels(
    'models whose version under guard carries all sign-offs',
    'ModelRisk .status.approvedVersions, .spec.model.version',
    ({ version, isVersionApproved }) => (isVersionApproved ? null : `Version ${version} is not among its approved versions.`),
  ),
  Reviews: ofModels(
    'models whose tier asks for reviews: reviewed, and the next one not overdue',
    'ModelRisk .status.review, RiskPolicy .spec.tiers[].reviewEverySeconds',
    ({ review }) => {
      if (review === null) return 'Its tier asks for no reviews: write reviewEverySeconds.';
      if (review.isOverdue) return 'Its review is overdue: kubectl modelrisk reviews.';
      return review.wasReviewed ? null : 'Nobody has reviewed it yet: kubectl modelrisk reviews.';
    },
  ),
  Mitigation: ofModels(
    'models with a plan that acts when a limit is broken',
    'MitigationPlan .spec.mode, .spec.stages, .spec.suspend, condition Ready',
    mitigationLack,
  ),
  Escalation: ofModels(
    'models with a plan that tells somebody',
    'MitigationPlan .spec.notify, RiskPolicy .spec.tiers[].playbook.escalation',
    ({ plans }) =>
      plans.some(({ hasReceivers }) => hasReceivers)
        ? null
        : 'No plan of it tells anybody: write notify, or the escalation of its playbook.',
  ),
  Drills: ofModels('models with a plan whose last drill passed', 'MitigationPlan .status.lastDrill', ({ plans }) =>
    plans.some(({ drillPassed }) => drillPassed === true) ? null : 'No drill of a plan for it has passed: kubectl modelrisk drill PLAN.',
  ),
  HumanOversight: ofModels(
    'models people are asked about, or have decided on',
    'MitigationPlan .spec.mode, .spec.approval, RiskDecisions that counted',
    oversightLack,
  ),
  Backlog: ofModels(
    'models with a lasting fix that somebody has assessed',
    'ModelRisk .spec.remediations[].assessments',
    ({ remediations }) =>
      remediations.some(({ isAssessed }) => isAssessed)
        ? null
        : 'No entry of remediations has an assessment: write what would end the risk.',
  ),
  SeparationOfDuties: ofDecisions(
    'sign-offs, approvals, reviews and acceptances that took effect, with an author from the request, judged against who wrote what was decided on',
    ['SignOff', 'Approve', 'Review', 'Accept'],
    ({ author, effect }) => (author !== null && effect === 'Took' ? null : 'It has no recorded author, or the operator has not judged it.'),
  ),
  Acceptances: ofDecisions('acceptances of a broken limit that took effect, and end by themselves', ['Accept'], ({ effect }) =>
    effect === 'Took' ? null : 'The operator has not judged it.',
  ),
} as const satisfies Readonly<Record<string, Check>>;
