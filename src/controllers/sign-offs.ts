import type { ModelRiskConditionType } from '../api/conditions.ts';
import { fromInstant, toInstant } from '../api/instant.ts';
import type { ModelRisk } from '../api/model-risk.ts';
import type { HeldTerm } from '../api/signed-limits.ts';
import { maxApprovedVersions } from '../api/sign-off-status.ts';
import type { ApprovedVersion, SignedStatus, SignOffStatus } from '../api/sign-off-status.ts';
import type { MitigationPlan } from '../api/mitigation-plan.ts';
import type { RiskPolicy } from '../api/risk-policy.ts';
import { firstEndMs, latestByRole, standings } from '../core/signing/sign-offs.ts';
import type { RoleStanding, SignOff } from '../core/signing/sign-offs.ts';
import type { ConditionNow } from '../kube/conditions.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { EpochMs } from '../shared/clock.ts';
import type { Cluster } from './cluster.ts';
import type { PlanState } from './plan-state.ts';
import type { RiskState } from './risk-state.ts';
import { ownerEstimates } from './signed-in-force.ts';
import { changesSince, countedSignOffs, signableNow } from './signed-decisions.ts';
import type { Signable, SignOffOnRecord } from './signed-decisions.ts';
import { heldOfPlans } from './signed-plans.ts';
import { signedLast } from './signed-last.ts';
import { asksForSignOffs, explainUnread, signedUnread } from './signed-unread.ts';

export interface SignOffsNow {
  readonly status: {
    readonly signableDigest?: string;
    readonly signOffs: readonly SignOffStatus[];
    readonly missingSignOffs: readonly string[];
    readonly approvedVersions: readonly ApprovedVersion[];
    readonly signed?: SignedStatus;
    readonly signedTerms: readonly Omit<HeldTerm, 'indicator'>[];
    readonly ownerEstimates: readonly string[];
  };
  readonly condition: ConditionNow & { readonly type: ModelRiskConditionType };
  /** When the first of what counts now ends; null: nothing does. */
  readonly changesAtMs: EpochMs | null;
}

interface Standing {
  readonly risk: RiskState;
  readonly policy: RiskPolicy;
  readonly now: Signable;
  readonly standings: readonly RoleStanding[];
  readonly records: readonly SignOffOnRecord[];
  readonly held: readonly HeldTerm[];
  readonly nowMs: EpochMs;
}

/** What the status of before remembers: nobody else knows that all had signed. */
function remembered(object: UntypedObject): Pick<ModelRisk['status'], 'approvedVersions' | 'signed' | 'signableDigest'> {
  const { status } = object as { readonly status?: Partial<ModelRisk['status']> };
  const { approvedVersions = [], signed, signableDigest } = status ?? {};
  return { approvedVersions, ...(signed === undefined ? {} : { signed }), ...(signableDigest === undefined ? {} : { signableDigest }) };
}

/** What the status is to say of sign-offs. */
export function signOffsNow(
  risk: RiskState,
  object: UntypedObject,
  {
    decisions,
    policies,
    tier,
    plans,
    nowMs,
  }: {
    readonly decisions: Cluster['own']['decisions'];
    readonly policies: ReadonlyMap<string, RiskPolicy>;
    readonly tier: string | null;
    /** Those that protect it, and those whose spec names it. */
    readonly plans: { readonly states: readonly PlanState[]; readonly written: readonly MitigationPlan[] };
    readonly nowMs: EpochMs;
  },
): SignOffsNow {
  // Who has to sign says the policy that was signed, until another one is.
  const policy = policies.get(risk.risk.spec.policyRef.name) ?? null;
  const named = policies.get(risk.written.spec.policyRef.name);
  const whose = named ?? policy;
  const now = whose === null ? null : signableNow(risk, whose, plans.written);
  const records = countedSignOffs(risk, now, { decisions, maxSeconds: policy?.spec.maxSignOffSeconds ?? null });
  const signOffs = latestByRole(records).map(toStatus);
  const before = remembered(object);
  const held = [...(risk.signed?.held ?? []), ...heldOfPlans(plans.states, risk.key)];
  if (policy === null || now === null) {
    const message = 'Whose sign-off it needs only its policy says: see condition Ready.';
    const condition = { type: 'SignedOff', status: 'Unknown', reason: 'PolicyMissing', message } as const;
    return { status: { ...before, signOffs, missingSignOffs: [], ...termsOf(risk, held) }, condition, changesAtMs: null };
  }
  const roles = policy.spec.tiers.find(({ name }) => name === tier)?.signOffRoles ?? [];
  const found = { risk, policy, now, standings: standings(records, roles, nowMs), records, held, nowMs };
  const missing = found.standings.filter(({ kind }) => kind !== 'Signed').map(({ role }) => role);
  const approvedVersions = approvedNow(found, before.approvedVersions);
  const complete = isComplete(found) ? signedNow(found, before.signed) : before.signed;
  const context = { decisions, policies, standing: tier, before: complete };
  const last = signedLast(risk.written, context);
  const unread = roles.length === 0 ? undefined : signedUnread(risk.written, context, last);
  const signed = unread ?? last;
  return {
    status: {
      ...{ signableDigest: now.digest, signOffs, missingSignOffs: missing, approvedVersions },
      ...(signed === undefined ? {} : { signed: { digest: signed.digest, decision: signed.decision, at: signed.at } }),
      ...termsOf(risk, held),
    },
    condition: unread === undefined ? conditionOf(found, tier) : unreadCondition(unread, found),
    changesAtMs: firstEndMs(
      [...records.map(({ endsMs }) => endsMs), ...approvedVersions.map(endOf)].filter((end) => end !== null && end > nowMs),
    ),
  };
}

function toStatus({ role, author, atMs, digest, decision, endsMs }: SignOff): SignOffStatus {
  return { role, author, at: toInstant(atMs), digest, decision, ...(endsMs === null ? {} : { expires: toInstant(endsMs) }) };
}

function endOf({ expires }: ApprovedVersion): EpochMs | null {
  return expires === undefined ? null : fromInstant(expires);
}

function isComplete({ standings: all }: Standing): boolean {
  return all.length > 0 && all.every(({ kind }) => kind === 'Signed');
}

function signersOf({ standings: all }: Standing): readonly SignOff[] {
  return all.flatMap((each) => (each.kind === 'Signed' ? [each.signOff] : []));
}

/** What all of them signed: where one signed before texts said anything of plans, what that one says. */
function signedByAll(found: Standing): Pick<SignOff, 'digest' | 'decision'> {
  const signers = signersOf(found);
  const older = signers.find(({ digest }) => digest !== found.now.digest);
  const { digest = found.now.digest, decision = '' } = older ?? signers[0] ?? {};
  return { digest, decision };
}

function signedNow(found: Standing, before: SignedStatus | undefined): SignedStatus {
  const { digest, decision } = signedByAll(found);
  return before?.digest === digest ? before : { digest, decision, at: toInstant(found.nowMs) };
}

/** With the version under guard, if it is signed off now; without those whose sign-offs ended, or lack a role the tier asks for by now. */
function approvedNow(found: Standing, before: readonly ApprovedVersion[]): readonly ApprovedVersion[] {
  const roles = found.standings.map(({ role }) => role);
  const kept = before.filter((each) => {
    const end = endOf(each);
    return (end === null || end > found.nowMs) && roles.length > 0 && roles.every((role) => each.roles.includes(role));
  });
  if (!isComplete(found)) return kept;
  const { version, imageDigest } = found.now.model.model;
  const { digest } = signedByAll(found);
  const known = kept.find((each) => each.version === version && each.digest === digest);
  const expires = firstEndMs(signersOf(found).map(({ endsMs }) => endsMs));
  const approved: ApprovedVersion = {
    ...{ version, digest, roles: [...roles], at: known?.at ?? toInstant(found.nowMs) },
    ...(imageDigest === undefined ? {} : { imageDigest }),
    ...(expires === null ? {} : { expires: toInstant(expires) }),
  };
  const others = kept.filter((each) => each.version !== version);
  return [approved, ...others].toSorted((a, b) => fromInstant(b.at) - fromInstant(a.at)).slice(0, maxApprovedVersions);
}

function conditionOf(found: Standing, tier: string | null): SignOffsNow['condition'] {
  const type = 'SignedOff';
  if (found.standings.length === 0) {
    if (tier === null && asksForSignOffs(found.policy)) return unfitCondition(found.policy);
    const message = tier === null ? 'The model is in no tier.' : `Tier ${tier} asks for no sign-offs.`;
    return { type, status: 'True', reason: 'NotRequired', message };
  }
  const open = found.standings.filter(({ kind }) => kind !== 'Signed');
  if (open.length === 0) {
    const signers = signersOf(found).map(({ role, author }) => `${role} (${author})`);
    return { type, status: 'True', reason: 'AllSigned', message: `Signed off by ${signers.join(', ')}.${explainUnboundPlans(found)}` };
  }
  const isStale = open.every(({ kind }) => kind === 'Stale');
  const message = `${open.map((each) => explain(each, found)).join(' ')}${explainHeld(found)} ${howToSign(found)}`;
  return { type, status: 'False', reason: isStale ? 'Stale' : 'Missing', message: message.slice(0, 4096) };
}

/** A sign-off of before plans were in what is signed stays good, and says nothing of them. */
function explainUnboundPlans(found: Standing): string {
  const isSilent = signedByAll(found).digest !== found.now.digest && (found.now.model.plans ?? []).length > 0;
  return isSilent ? ` What was signed says nothing of its plans: they can be edited until all have signed again. ${howToSign(found)}` : '';
}

/** That nobody says who must sign is no reason to let anything pass. */
function unfitCondition({ metadata }: RiskPolicy): SignOffsNow['condition'] {
  const message = `No tier of RiskPolicy ${metadata.name} fits this model, and others of its tiers ask for sign-offs: nobody says who must sign this one, so none of its versions is approved. Write spec.criticality or what its risks cost, or a last tier without when.`;
  return { type: 'SignedOff', status: 'False', reason: 'TierMissing', message };
}

/** Graver than what is missing: nobody can say what of the model was weakened. */
function unreadCondition(unread: SignedStatus, found: Standing): SignOffsNow['condition'] {
  const message = `${explainUnread(unread)}${explainHeld(found)} ${howToSign(found)}`;
  return { type: 'SignedOff', status: 'False', reason: 'SignedUnreadable', message: message.slice(0, 4096) };
}

function howToSign({ risk }: Standing): string {
  return `Sign with: kubectl modelrisk sign-off ${risk.written.metadata.name} -n ${risk.identity.namespace} --role ROLE`;
}

/** Limits first: what else is held follows from an edit of the same hour. */
function explainHeld({ held }: Standing): string {
  if (held.length === 0) return '';
  const terms = held.slice(0, 8).map(({ indicator, field, signed: was, written }) => {
    const path = [indicator, field].filter((part) => part !== null && part !== '').join(' ');
    return `${path} (signed: ${was}, written: ${written})`;
  });
  return ` What was signed stays in force: ${terms.join('; ')}${held.length > 8 ? ` and ${held.length - 8} more` : ''}.`;
}

const mostTerms = 64;
const mostOfIndicator = 16;

function termsOf({ risk, signed }: RiskState, held: readonly HeldTerm[]) {
  const terms = held.filter(({ indicator }) => indicator === null);
  return {
    signedTerms: terms.slice(0, mostTerms).map(({ indicator: _, ...term }) => term),
    ownerEstimates: ownerEstimates(risk.spec, signed?.model ?? null),
  };
}

/** What the status of an indicator says of it; empty while it is judged as written. */
export function signedLimitOf(signed: RiskState['signed'], indicator: string) {
  const terms = (signed?.held ?? []).filter((each) => each.indicator === indicator);
  if (terms.length === 0) return {};
  return {
    signedLimit: terms
      .slice(0, mostOfIndicator)
      .map(({ field, signed: was, written }) => ({ field: field === '' ? 'all' : field, signed: was, written })),
  };
}

function explain(standing: RoleStanding, { records, now }: Standing): string {
  const { role } = standing;
  if (standing.kind === 'Never') return `${role}: nobody has signed.`;
  const { author, atMs, endsMs, decision } = standing.signOff;
  const who = `${role}: ${author} signed at ${toInstant(atMs)}`;
  switch (standing.kind) {
    case 'Expired':
      return `${who}, until ${toInstant(endsMs ?? atMs)}.`;
    case 'SamePerson':
      return `${who}, and in another role too; another person must sign.`;
    case 'Stale': {
      const record = records.find((each) => each.decision === decision);
      return `${who}; changed since: ${record === undefined ? 'unknown' : changesSince(record, now)}.`;
    }
    case 'Signed':
      return `${who}.`;
  }
}
