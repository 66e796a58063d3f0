import type { DecisionReason } from '../api/conditions.ts';
import { fromInstant, toInstant } from '../api/instant.ts';
import { parseRiskDecision } from '../api/risk-decision.ts';
import type { RiskDecision } from '../api/risk-decision.ts';
import { riskDigest } from '../api/risk-digest.ts';
import type { RiskPolicy } from '../api/risk-policy.ts';
import type { DecisionInForce } from '../core/model/decision.ts';
import { renewalsOf } from '../core/signing/renewals.ts';
import type { Acceptance } from '../core/signing/renewals.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { EpochMs } from '../shared/clock.ts';
import type { Cluster } from './cluster.ts';
import { contributorsAnnotation, hasContributed } from './contributors.ts';
import type { Programme } from './programme.ts';
import type { RiskState } from './risk-state.ts';
import { signOffsNaming } from './signed-decisions.ts';
import type { RawSignOff } from './signed-decisions.ts';
import { subjectKey } from './subject-index.ts';

export interface AcceptValidity {
  readonly valid: boolean;
  readonly reason: DecisionReason;
  readonly message: string;
  readonly inForce: DecisionInForce | null;
}

interface AcceptContext {
  readonly cluster: Pick<Cluster, 'own'>;
  readonly programme: Pick<Programme, 'risks' | 'policies'>;
  readonly nowMs: EpochMs;
}

interface RawAccept {
  readonly spec?: {
    readonly action?: string;
    readonly expiresAt?: string;
    readonly indicators?: readonly string[];
  };
  readonly status?: { readonly conditions?: readonly { readonly type?: string; readonly reason?: string }[] };
}

function isVoid(reason: DecisionReason, message: string): AcceptValidity {
  return { valid: false, reason, message, inForce: null };
}

/** Whether somebody may let these limits of the model be broken until then. Judged at each use: what was accepted is the model as it was. */
export function judgeAccept(decision: RiskDecision, context: AcceptContext): AcceptValidity {
  const { spec, metadata } = decision;
  const { programme, cluster, nowMs } = context;
  const { name } = spec.subjectRef;
  const risk = programme.risks.get(`${metadata.namespace ?? ''}/${name}`);
  if (risk?.uid !== spec.subjectRef.uid)
    return isVoid(
      hasCounted(decision) ? 'ModelChanged' : 'SubjectMissing',
      `ModelRisk ${name} with uid ${spec.subjectRef.uid} does not exist; decide on the one that is there now.`,
    );
  const digest = riskDigest(risk.written.spec);
  if (spec.digest !== digest) {
    const message = `ModelRisk ${name} stands for ${digest}; look at it and decide again.`;
    return isVoid(hasCounted(decision) ? 'ModelChanged' : 'DigestChanged', message);
  }
  const unknown = (spec.indicators ?? []).filter((each) => !risk.risk.spec.indicators.some((indicator) => indicator.name === each));
  if (unknown.length > 0) return isVoid('SubjectMissing', `ModelRisk ${name} has no indicator ${unknown.join(', ')}; name those it has.`);
  const policy = programme.policies.get(risk.risk.spec.policyRef.name);
  if (policy === undefined)
    return isVoid(
      'NotAsked',
      `RiskPolicy ${risk.risk.spec.policyRef.name} can't be read, and it says for how long a risk may be accepted.`,
    );
  const problem = boundProblem(decision, policy, acceptancesBefore(decision, risk, cluster)) ?? authorProblem(decision, risk, cluster);
  if (problem !== null) return problem;
  const expiresAtMs = fromInstant(spec.expiresAt ?? metadata.creationTimestamp);
  if (expiresAtMs <= nowMs) return isVoid('Expired', `It ended at ${toInstant(expiresAtMs)}: what it named engages again.`);
  const inForce = {
    action: 'Accept',
    name: metadata.name,
    author: spec.author ?? '',
    indicators: spec.indicators ?? [],
    expiresAtMs,
  } as const;
  return { valid: true, reason: 'Valid', message: '', inForce };
}

function boundProblem(decision: RiskDecision, { spec: policy }: RiskPolicy, before: readonly Acceptance[]): AcceptValidity | null {
  const mine = toAcceptance(decision);
  const longestMs = policy.maxAcceptanceSeconds * 1000;
  if (mine.untilMs - mine.fromMs > longestMs)
    return isVoid(
      'TooLong',
      `It would last longer than the ${policy.maxAcceptanceSeconds} s the policy lets a risk be accepted; decide again with an earlier expiresAt.`,
    );
  const renewals = renewalsOf(mine, before, longestMs);
  return renewals <= policy.maxRenewals
    ? null
    : isVoid(
        'TooOften',
        `It would be renewal ${renewals} in a row, and the policy lets a risk be accepted again ${policy.maxRenewals} times; mend it, or wait.`,
      );
}

function authorProblem({ spec }: RiskDecision, { key }: RiskState, cluster: Pick<Cluster, 'own'>): AcceptValidity | null {
  const contributors = cluster.own.risks.store.get(key)?.metadata.annotations?.[contributorsAnnotation] ?? '';
  // Without contributors nobody can be shown not to be one of them.
  return spec.author === undefined || contributors === '' || hasContributed(contributors, spec.author)
    ? isVoid('AuthorContributed', `${spec.author ?? 'An unknown author'} wrote ModelRisk ${key}; somebody else must accept.`)
    : null;
}

function toAcceptance({ spec, metadata }: Pick<RiskDecision, 'spec' | 'metadata'>): Acceptance {
  const fromMs = fromInstant(metadata.creationTimestamp);
  return { indicators: spec.indicators ?? [], fromMs, untilMs: spec.expiresAt === undefined ? fromMs : fromInstant(spec.expiresAt) };
}

/** What made one count is gone with the time, the model as it was and the model; that it counted its condition still says. */
const counted: ReadonlySet<string> = new Set<DecisionReason>(['Valid', 'Expired', 'ModelChanged']);

/** By what was said of it before: one that never counted is no renewal either. One that had ended when it was made was void from the start. */
function hasCounted(decision: Pick<RiskDecision, 'spec' | 'metadata'> & Pick<RawAccept, 'status'>): boolean {
  const { fromMs, untilMs } = toAcceptance(decision);
  const reason = decision.status?.conditions?.find(({ type }) => type === 'Valid')?.reason ?? '';
  return counted.has(reason) && untilMs > fromMs;
}

function acceptsAbout(name: string, namespace: string, { own }: Pick<Cluster, 'own'>): readonly UntypedObject[] {
  const ofModel = own.decisions.store.byIndex('subject', subjectKey('ModelRisk', namespace, name));
  return ofModel.filter((object) => (object as RawAccept).spec?.action === 'Accept');
}

/**
 * Other acceptances of this model that counted and are older, whatever became of it since: made anew it is no other model, nor is it under
 * another name, and an indicator that is there no more may be any of those accepted now.
 */
function acceptancesBefore({ spec, metadata }: RiskDecision, risk: RiskState, cluster: Pick<Cluster, 'own'>): readonly Acceptance[] {
  const { namespace } = risk.identity;
  return risksOfModel(risk, cluster).flatMap((name) => {
    const of = name === risk.written.metadata.name ? risk.risk : (cluster.own.risks.store.get(`${namespace}/${name}`) as Named | undefined);
    const known = new Set((of?.spec?.indicators ?? []).map((each) => each.name));
    return acceptsAbout(name, namespace, cluster).flatMap((object) => {
      const parsed = parseRiskDecision(object);
      if (!parsed.ok || !hasCounted(parsed.value)) return [];
      const [mine, theirs] = [metadata, object.metadata].map((each) => `${each.creationTimestamp} ${each.name}`);
      const acceptance = toAcceptance(parsed.value);
      if ((theirs ?? '') >= (mine ?? '')) return [];
      const isRenamed = acceptance.indicators.some((indicator) => !known.has(indicator));
      return [isRenamed ? { ...acceptance, indicators: [...acceptance.indicators, ...(spec.indicators ?? [])] } : acceptance];
    });
  });
}

interface Named {
  readonly spec?: { readonly model?: { readonly name?: string }; readonly indicators?: readonly { readonly name?: string }[] };
}

/** Names of ModelRisks of the same model: those there are, and those that were signed. */
function risksOfModel({ written, identity }: RiskState, { own }: Pick<Cluster, 'own'>): readonly string[] {
  const { namespace, model: name } = identity;
  const there = own.risks.store
    .byIndex('namespace', namespace)
    .flatMap((object) => ((object as Named).spec?.model?.name === name ? [object.metadata.name] : []));
  const signed = signOffsNaming('Model', { namespace, name }, own.decisions).flatMap(
    (object) => (object as RawSignOff).spec?.subjectRef?.name ?? [],
  );
  return [...new Set([written.metadata.name, ...there, ...signed])];
}

/** Acceptances of a model that count at this instant. What is certainly over is not read. */
export function acceptancesOf(risk: RiskState | undefined, context: AcceptContext): readonly DecisionInForce[] {
  if (risk === undefined) return [];
  return acceptsAbout(risk.written.metadata.name, risk.identity.namespace, context.cluster)
    .filter((object) => Date.parse((object as RawAccept).spec?.expiresAt ?? '') > context.nowMs)
    .flatMap((object) => {
      const parsed = parseRiskDecision(object);
      return parsed.ok ? (judgeAccept(parsed.value, context).inForce ?? []) : [];
    });
}
