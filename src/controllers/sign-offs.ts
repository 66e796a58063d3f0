import type { ModelRiskConditionType } from '../api/conditions.ts';
import { fromInstant, toInstant } from '../api/instant.ts';
import type { ModelRisk } from '../api/model-risk.ts';
import { maxApprovedVersions } from '../api/sign-off-status.ts';
import type { ApprovedVersion, SignedStatus, SignOffStatus } from '../api/sign-off-status.ts';
import type { RiskPolicy } from '../api/risk-policy.ts';
import { firstEndMs, latestByRole, standings } from '../core/signing/sign-offs.ts';
import type { RoleStanding, SignOff } from '../core/signing/sign-offs.ts';
import type { ConditionNow } from '../kube/conditions.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { EpochMs } from '../shared/clock.ts';
import type { Cluster } from './cluster.ts';
import type { RiskState } from './risk-state.ts';
import { changesSince, countedSignOffs, signableNow } from './signed-decisions.ts';
import type { Signable, SignOffOnRecord } from './signed-decisions.ts';

export interface SignOffsNow {
  readonly status: {
    readonly signableDigest?: string;
    readonly signOffs: readonly SignOffStatus[];
    readonly missingSignOffs: readonly string[];
    readonly approvedVersions: readonly ApprovedVersion[];
    readonly signed?: SignedStatus;
  };
  readonly condition: ConditionNow & { readonly type: ModelRiskConditionType };
  /** When the first of what counts now ends; null: nothing does. */
  readonly changesAtMs: EpochMs | null;
}

interface Standing {
  readonly risk: RiskState;
  readonly now: Signable;
  readonly standings: readonly RoleStanding[];
  readonly records: readonly SignOffOnRecord[];
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
    policy,
    tier,
    nowMs,
  }: {
    readonly decisions: Cluster['own']['decisions'];
    readonly policy: RiskPolicy | null;
    readonly tier: string | null;
    readonly nowMs: EpochMs;
  },
): SignOffsNow {
  const now = policy === null ? null : signableNow(risk, policy);
  const records = countedSignOffs(risk, now, { decisions, maxSeconds: policy?.spec.maxSignOffSeconds ?? null });
  const signOffs = latestByRole(records).map(toStatus);
  const before = remembered(object);
  if (policy === null || now === null) {
    const message = 'Whose sign-off it needs only its policy says: see condition Ready.';
    const condition = { type: 'SignedOff', status: 'Unknown', reason: 'PolicyMissing', message } as const;
    return { status: { ...before, signOffs, missingSignOffs: [] }, condition, changesAtMs: null };
  }
  const roles = policy.spec.tiers.find(({ name }) => name === tier)?.signOffRoles ?? [];
  const found = { risk, now, standings: standings(records, roles, nowMs), records, nowMs };
  const missing = found.standings.filter(({ kind }) => kind !== 'Signed').map(({ role }) => role);
  const approvedVersions = approvedNow(found, before.approvedVersions);
  const signed = isComplete(found) ? signedNow(found, before.signed) : before.signed;
  return {
    status: {
      ...{ signableDigest: now.digest, signOffs, missingSignOffs: missing, approvedVersions },
      // Where nobody has to sign nobody could sign again: nothing of it may stay in force.
      ...(signed === undefined || roles.length === 0 ? {} : { signed }),
    },
    condition: conditionOf(found, tier),
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

/** The text of the first of them: all signed the same. */
function signedNow(found: Standing, before: SignedStatus | undefined): SignedStatus {
  const { now, nowMs } = found;
  const decision = signersOf(found)[0]?.decision ?? '';
  return before?.digest === now.digest ? before : { digest: now.digest, decision, at: toInstant(nowMs) };
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
  const known = kept.find((each) => each.version === version && each.digest === found.now.digest);
  const expires = firstEndMs(signersOf(found).map(({ endsMs }) => endsMs));
  const approved: ApprovedVersion = {
    ...{ version, digest: found.now.digest, roles: [...roles], at: known?.at ?? toInstant(found.nowMs) },
    ...(imageDigest === undefined ? {} : { imageDigest }),
    ...(expires === null ? {} : { expires: toInstant(expires) }),
  };
  const others = kept.filter((each) => each.version !== version);
  return [approved, ...others].toSorted((a, b) => fromInstant(b.at) - fromInstant(a.at)).slice(0, maxApprovedVersions);
}

function conditionOf(found: Standing, tier: string | null): SignOffsNow['condition'] {
  const type = 'SignedOff';
  if (found.standings.length === 0) {
    const message = tier === null ? 'The model is in no tier.' : `Tier ${tier} asks for no sign-offs.`;
    return { type, status: 'True', reason: 'NotRequired', message };
  }
  const open = found.standings.filter(({ kind }) => kind !== 'Signed');
  if (open.length === 0) {
    const signers = signersOf(found).map(({ role, author }) => `${role} (${author})`);
    return { type, status: 'True', reason: 'AllSigned', message: `Signed off by ${signers.join(', ')}.` };
  }
  const isStale = open.every(({ kind }) => kind === 'Stale');
  const { namespace } = found.risk.identity;
  const how = `kubectl modelrisk sign-off ${found.risk.written.metadata.name} -n ${namespace} --role ROLE`;
  const message = `${open.map((each) => explain(each, found)).join(' ')} Sign with: ${how}`;
  return { type, status: 'False', reason: isStale ? 'Stale' : 'Missing', message: message.slice(0, 4096) };
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
