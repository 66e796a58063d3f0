import { APIError } from '../../testbed/api-client.ts';
import type { KubeObject } from '../../testbed/api-client.ts';
import { eventually } from '../../testbed/eventually.ts';
import { applyGuardedModel, mitigationPlans, modelRisks, riskDecisions, riskIncidents, riskPolicies } from './guarded-model.ts';
import type { OperatorWorld } from './operator-world.ts';
import { grant, person } from './people.ts';
import type { Person, Rule } from './people.ts';
import { conditionOf } from './traffic-view.ts';

/** Written into the record of an incident; they move nothing, so an author of the model may do them too. */
export const acts = ['Postmortem', 'ReportIncident', 'FileReport'] as const;
/** ReviewPolicy: a Review of the RiskPolicy, by the verb that allows nothing else. */
export const actions = [
  'Acknowledge',
  ...acts,
  'Review',
  'ReviewPolicy',
  'SignOff',
  'Accept',
  'Approve',
  'Reject',
  'Hold',
  'Release',
] as const;
export type Action = (typeof actions)[number];

/** Holder: the verb on the role asked for. Contributor: that too, and wrote plan and model. WrongRole: the verb on another role. Elsewhere: the verb in another namespace. */
export const roles = ['Holder', 'Contributor', 'WrongRole', 'Nobody', 'Elsewhere'] as const;
export type Who = (typeof roles)[number];

export const subjects = ['Own', 'Foreign', 'Expired', 'Changed'] as const;
export type Subject = (typeof subjects)[number];

/** Refused: by admission. Void: by the operator, with a sentence. */
export type Outcome = 'Refused' | 'Void' | 'Allowed';

export interface Cell {
  readonly action: Action;
  readonly who: Who;
  readonly subject: Subject;
  readonly outcome: Outcome;
}

/** Where the role is one the subject asks for; any other decides in whatever role is granted. */
const asksRoles: readonly Action[] = ['Approve', 'Reject', 'Review', 'ReviewPolicy', 'SignOff'];
/** Whoever wrote the subject may say that somebody looks after it, and may have looked at it. */
const openToContributors: readonly Action[] = ['Acknowledge', 'Review', ...acts];

function outcomeOf(action: Action, who: Who, subject: Subject): Outcome {
  if (who === 'Nobody' || who === 'Elsewhere') return 'Refused';
  // What went wrong did, whatever the model became: it names no digest.
  const isOwn = subject === 'Own' || (subject === 'Changed' && action === 'ReportIncident');
  if (!isOwn) return 'Void';
  if (who === 'WrongRole') return asksRoles.includes(action) ? 'Void' : 'Allowed';
  return who === 'Contributor' && !openToContributors.includes(action) ? 'Void' : 'Allowed';
}

/** Every cell; those that are allowed last, since they move what the others are about. */
export const cells: readonly Cell[] = actions
  .flatMap((action) =>
    roles.flatMap((who) => subjects.map((subject) => ({ action, who, subject, outcome: outcomeOf(action, who, subject) }))),
  )
  .toSorted((a, b) => Number(a.outcome === 'Allowed') - Number(b.outcome === 'Allowed'));

export type Cast = Readonly<Record<Who, Person>>;

const verbs = actions.map((action) => action.toLowerCase());
const creates: Rule = { apiGroups: ['modelrisk.dev'], resources: ['riskdecisions'], verbs: ['create'] };
const holds = (role: string): Rule => ({ apiGroups: ['modelrisk.dev'], resources: ['riskroles'], resourceNames: [role], verbs });
const clusterRoles = { group: 'rbac.authorization.k8s.io', version: 'v1', plural: 'clusterroles' };
const clusterRoleBindings = { group: 'rbac.authorization.k8s.io', version: 'v1', plural: 'clusterrolebindings' };

/** May accept, and review policies, in the role, everywhere: nothing less lets anybody do either. */
async function letEverywhere(
  { plane, namespace }: OperatorWorld,
  who: Person,
  { role, more = [] }: { readonly role: string; readonly more?: readonly Rule[] },
): Promise<void> {
  const name = `${namespace}-everywhere-${role}-${who.user.split(':').at(-1) ?? ''}`;
  const rules = [
    { apiGroups: ['modelrisk.dev'], resources: ['riskroles'], resourceNames: [role], verbs: ['accept', 'reviewpolicy'] },
    ...more,
  ];
  await plane.client.create(clusterRoles, { metadata: { name }, rules });
  const subject = { kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: who.user };
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name };
  await plane.client.create(clusterRoleBindings, { metadata: { name }, roleRef, subjects: [subject] });
}

export async function meetCast(world: OperatorWorld): Promise<Cast> {
  const { plane, namespace } = world;
  const elsewhere = await plane.createNamespace();
  const meet = (name: string): Promise<Person> => person(plane, plane.client, { namespace, name });
  const [holder, contributor, wrong, nobody, stranger] = await Promise.all(
    ['holder', 'contributor', 'wrong', 'nobody', 'stranger'].map(meet),
  );
  if (holder === undefined || contributor === undefined || wrong === undefined || nobody === undefined || stranger === undefined)
    throw new Error('five are met');
  const writes = { apiGroups: ['modelrisk.dev'], resources: ['mitigationplans', 'modelrisks'], verbs: ['patch'] };
  const writesPolicies = { apiGroups: ['modelrisk.dev'], resources: ['riskpolicies'], verbs: ['patch'] };
  const targets = {
    apiGroups: ['gateway.networking.k8s.io', 'core.openfeature.dev'],
    resources: ['httproutes', 'featureflags'],
    verbs: ['patch'],
  };
  await Promise.all([
    grant(plane.client, holder, { namespace, rules: [holds('risk'), creates] }),
    grant(plane.client, contributor, { namespace, rules: [holds('risk'), creates, targets, writes] }),
    grant(plane.client, wrong, { namespace, rules: [holds('product'), creates] }),
    grant(plane.client, nobody, { namespace, rules: [creates] }),
    grant(plane.client, stranger, { namespace, rules: [creates] }),
    grant(plane.client, stranger, { namespace: elsewhere, rules: [holds('risk')] }),
    letEverywhere(world, holder, { role: 'risk' }),
    letEverywhere(world, contributor, { role: 'risk', more: [writesPolicies] }),
    letEverywhere(world, wrong, { role: 'product' }),
  ]);
  return { Holder: holder, Contributor: contributor, WrongRole: wrong, Nobody: nobody, Elsewhere: stranger };
}

const tiers = [{ name: 'All', reviewEverySeconds: 86_400, reviewRoles: ['risk'], signOffRoles: ['risk'] }];

/** A policy and a tier of it that ask role risk, a model of that tier, and a plan that asks it too, all written by the contributor as well. */
export async function applyAskedModel(
  { plane, namespace, provider }: OperatorWorld,
  cast: Cast,
  plan: Readonly<Record<string, unknown>>,
): Promise<void> {
  await applyGuardedModel(plane.client, { namespace, providerURL: provider.url, plan });
  await plane.client.merge(riskPolicies, { name: namespace }, { spec: { tiers } });
  const { client } = cast.Contributor;
  await client.merge(mitigationPlans, { namespace, name: 'credit' }, { spec: { owner: 'another-team' } });
  await client.merge(modelRisks, { namespace, name: 'credit' }, { spec: { owner: { contact: '#another' } } });
  await eventually(() => client.merge(riskPolicies, { name: namespace }, { spec: { reviewRoles: ['risk'] } }).catch(() => null));
}

interface Status {
  readonly digest: string;
  readonly signableDigest?: string;
  readonly memory?: { readonly engagement: number };
  readonly incidentRef?: { readonly name: string };
}

const statusOf = (object: KubeObject): Status => object['status'] as Status;
const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString();

function actOf(action: Action) {
  const at = '2026-01-01T00:00:00Z';
  const told = { onsetAt: at, awareAt: at, knownFrom: 'Customer', category: 'DataQuality', severity: 'Low', harm: 'None.' };
  if (action === 'ReportIncident') return { report: told };
  if (action === 'Postmortem') return { postmortem: { verdict: 'TruePositive', harmConfirmed: 'RuledOut' } };
  return action === 'FileReport' ? { filed: { reporting: 'authority', at, reference: 'A-1' } } : {};
}

/** The decision of a cell as its author would write it; `signed` is the text there is to sign. */
async function decisionOf(
  world: OperatorWorld,
  { action, who, subject }: Cell,
  { signed, stage }: { readonly signed: string; readonly stage: number },
) {
  const [plan, risk] = [await world.get(mitigationPlans, 'credit'), await world.get(modelRisks, 'credit')];
  const isOfModel = ['Review', 'SignOff', 'Accept', 'ReportIncident'].includes(action);
  const isOfIncident = ['Approve', 'Reject', 'Acknowledge', 'Postmortem', 'FileReport'].includes(action);
  const incident = isOfIncident ? await world.get(riskIncidents, statusOf(plan).incidentRef?.name ?? '') : null;
  const policy = action === 'ReviewPolicy' ? await world.plane.client.get(riskPolicies, { name: world.namespace }) : null;
  const object = policy ?? incident ?? (isOfModel ? risk : plan);
  const kind = policy !== null ? 'RiskPolicy' : isOfIncident ? 'RiskIncident' : isOfModel ? 'ModelRisk' : 'MitigationPlan';
  const digests: Partial<Record<Action, string>> = {
    Review: statusOf(risk).digest,
    ...(policy === null ? {} : { ReviewPolicy: statusOf(policy).digest }),
    Accept: statusOf(risk).digest,
    SignOff: statusOf(risk).signableDigest ?? '',
  };
  const other = `sha256:${'0'.repeat(64)}`;
  const isReview = action === 'Review' || action === 'ReviewPolicy';
  const needsEnd = action === 'Hold' || action === 'Accept';
  return {
    apiVersion: 'modelrisk.dev/v1alpha1',
    kind: 'RiskDecision',
    metadata: { name: `${action}-${who}-${subject}`.toLowerCase(), namespace: world.namespace },
    spec: {
      ...{ action: isReview ? 'Review' : action, role: who === 'WrongRole' ? 'product' : 'risk', reason: 'A cell of the matrix.' },
      subjectRef: { kind, name: object.metadata.name, uid: subject === 'Foreign' ? 'another' : object.metadata.uid },
      ...(action === 'ReportIncident' ? {} : { digest: subject === 'Changed' ? other : (digests[action] ?? statusOf(plan).digest) }),
      ...(action === 'Approve' || action === 'Reject' ? { stage } : {}),
      ...(isReview ? { minutesSpent: 1 } : {}),
      ...(action === 'SignOff' ? { signed } : {}),
      ...actOf(action),
      ...(action === 'Accept' ? { indicators: ['score-drift'] } : {}),
      ...(action === 'Release' ? { engagement: statusOf(plan).memory?.engagement ?? 0 } : {}),
      ...(subject === 'Expired' ? { expiresAt: inSeconds(-60) } : needsEnd ? { expiresAt: inSeconds(5) } : {}),
    },
  };
}

/** Tries a cell: what came of it, and what was said. */
export async function tryCell(
  world: OperatorWorld,
  cast: Cast,
  { cell, ...asked }: { readonly cell: Cell; readonly signed: string; readonly stage: number },
): Promise<{ readonly outcome: Outcome; readonly message: string }> {
  const decision = await decisionOf(world, cell, asked);
  try {
    await cast[cell.who].client.create(riskDecisions, decision);
  } catch (error) {
    if (!(error instanceof APIError) || !error.message.includes("ValidatingAdmissionPolicy 'decision-role.modelrisk.dev'")) throw error;
    return { outcome: 'Refused', message: error.message };
  }
  const judged = await eventually(
    async () => {
      const condition = conditionOf(await world.get(riskDecisions, decision.metadata.name), 'Valid');
      return condition === undefined || condition.reason === 'NotAsked' ? null : condition;
    },
    { timeoutMs: 30_000 },
  );
  return { outcome: judged.status === 'True' ? 'Allowed' : 'Void', message: `${judged.reason}: ${judged.message}` };
}
