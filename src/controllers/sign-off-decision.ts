import type { DecisionReason } from '../api/conditions.ts';
import { fromInstant } from '../api/instant.ts';
import { changedFields, isAsSigned, readSignedText, signedDigest } from '../api/signed-text.ts';
import type { MitigationPlan } from '../api/mitigation-plan.ts';
import type { RiskDecision } from '../api/risk-decision.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { EpochMs } from '../shared/clock.ts';
import type { Cluster } from './cluster.ts';
import { contributorsAnnotation, contributorsIn, hasContributed } from './contributors.ts';
import type { Programme } from './programme.ts';
import { knownTier } from './reviews.ts';
import type { RiskState } from './risk-state.ts';
import { hasCounted, signableNow, signOffsAbout } from './signed-decisions.ts';
import type { RawSignOff } from './signed-decisions.ts';

export interface SignOffValidity {
  readonly valid: boolean;
  readonly reason: DecisionReason;
  readonly message: string;
}

export interface SignOffContext {
  readonly cluster: Pick<Cluster, 'own'>;
  readonly programme: Pick<Programme, 'risks' | 'policies' | 'writtenFor'>;
  readonly nowMs: EpochMs;
}

function isVoid(reason: DecisionReason, message: string): SignOffValidity {
  return { valid: false, reason, message };
}

/**
 * Whether a SignOff is about the model as it is, by somebody who may answer for it. Once it counted it always did: for what it says. Whether
 * it still covers the model its status says.
 */
export function judgeSignOff(decision: RiskDecision, context: SignOffContext): SignOffValidity {
  const { spec, metadata } = decision;
  const { programme, cluster, nowMs } = context;
  const where = spec.subjectRef.name;
  const risk = programme.risks.get(`${metadata.namespace ?? ''}/${where}`);
  if (risk?.uid !== spec.subjectRef.uid)
    return isVoid('SubjectMissing', `ModelRisk ${where} with uid ${spec.subjectRef.uid} does not exist; sign the one that is there now.`);
  if (spec.expiresAt !== undefined && fromInstant(spec.expiresAt) <= nowMs) return isVoid('Expired', `It ended at ${spec.expiresAt}.`);
  const mismatch = mismatchOf(decision, risk, context);
  if (mismatch !== null) return mismatch;
  const tier = knownTier(risk, { programme, risks: cluster.own.risks });
  if (tier.kind === 'Unknown')
    return isVoid(
      'NotAsked',
      `The tier of ${where} as it is now is not known yet; this is looked at again once status.tier and its policy say it.`,
    );
  const roles = tier.tier?.signOffRoles ?? [];
  if (!roles.includes(spec.role))
    return isVoid('ForeignRole', `The tier of ${where} asks ${roles.join(', ') || 'nobody'} to sign, not role ${spec.role}.`);
  return (
    authorProblem(decision, risk, { cluster, plans: programme.writtenFor(risk.key) }) ?? {
      valid: true,
      reason: 'Used',
      message: 'It counts: status.signOffs of the model names it.',
    }
  );
}

function mismatchOf({ spec }: RiskDecision, risk: RiskState, { programme }: SignOffContext): SignOffValidity | null {
  const where = spec.subjectRef.name;
  const text = spec.signed ?? '';
  if (signedDigest(text) !== spec.digest)
    return isVoid('DigestChanged', `spec.digest is not that of spec.signed (${signedDigest(text)}); sign with kubectl modelrisk sign-off.`);
  const read = readSignedText(text);
  if (!read.ok) return isVoid('DigestChanged', `spec.signed ${read.failure}.`);
  const policy = programme.policies.get(risk.written.spec.policyRef.name);
  if (policy === undefined)
    return isVoid('NotAsked', `RiskPolicy ${risk.written.spec.policyRef.name} can't be read; this is looked at again once it can.`);
  const now = signableNow(risk, policy, programme.writtenFor(risk.key));
  // One of before that counted stays good; what is signed from now on says what binds plans, or would let them go.
  if (read.value.plans === undefined)
    return isVoid(
      'DigestChanged',
      `spec.signed says nothing of the plans of ${where}; sign with kubectl modelrisk sign-off, in the version of the operator.`,
    );
  if (isAsSigned(read.value, now.model)) return null;
  const changed = changedFields(read.value, now.model).slice(0, 8).join(', ');
  return isVoid('DigestChanged', `ModelRisk ${where} stands for ${now.digest} (other than signed: ${changed}); look at it and sign again.`);
}

/** Nobody signs what they wrote, and nobody signs twice. */
function authorProblem(
  decision: RiskDecision,
  risk: RiskState,
  { cluster, plans }: Pick<SignOffContext, 'cluster'> & { readonly plans: readonly MitigationPlan[] },
): SignOffValidity | null {
  const { author, role } = decision.spec;
  const contributors = cluster.own.risks.store.get(risk.key)?.metadata.annotations?.[contributorsAnnotation] ?? '';
  // Without contributors nobody can be shown not to be one of them.
  if (author === undefined || contributors === '' || hasContributed(contributors, author)) {
    const names = contributorsIn(contributors).join('; ') || 'unknown: write the model once more, so that they are recorded';
    return isVoid(
      'AuthorContributed',
      `${author ?? 'An unknown author'} wrote ModelRisk ${risk.key} (contributors: ${names}); somebody else must sign.`,
    );
  }
  // What was written of a plan before its contributors were recorded is held against nobody: its model's are known.
  const wrote = plans.find(({ metadata }) => hasContributed(metadata.annotations?.[contributorsAnnotation] ?? '', author));
  if (wrote !== undefined)
    return isVoid(
      'AuthorContributed',
      `${author} wrote MitigationPlan ${wrote.metadata.name}, which is signed with ModelRisk ${risk.key}; somebody else must sign.`,
    );
  const others = signOffsAbout(risk, cluster.own.decisions).filter((object) => {
    const { spec } = object as RawSignOff;
    return spec?.author === author && spec.role !== role && spec.digest === decision.spec.digest;
  });
  const signed = others.find((object) => hasCounted(object as RawSignOff));
  if (signed !== undefined)
    return isVoid(
      'AuthorSigned',
      `${author} signed this in role ${(signed as RawSignOff).spec?.role ?? ''} (${signed.metadata.name}); another person must sign in role ${role}.`,
    );
  // Two that come together: the older one is judged first.
  const earlier = others.find((object) => !isJudged(object as RawSignOff) && isOlder(object, decision));
  return earlier === undefined
    ? null
    : isVoid('NotAsked', `${earlier.metadata.name} of the same author comes first; this is looked at again after it.`);
}

function isJudged({ status }: RawSignOff): boolean {
  return status?.conditions?.some(({ type, reason }) => type === 'Valid' && reason !== 'NotAsked') ?? false;
}

function isOlder({ metadata: a }: Pick<UntypedObject, 'metadata'>, { metadata: b }: Pick<RiskDecision, 'metadata'>): boolean {
  return a.creationTimestamp === b.creationTimestamp ? a.name < b.name : a.creationTimestamp < b.creationTimestamp;
}
