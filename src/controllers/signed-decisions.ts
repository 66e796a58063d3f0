import { fromInstant } from '../api/instant.ts';
import { changedFields, isAsSigned, readSignedText, signable, signedDigest, signedText } from '../api/signed-text.ts';
import type { MitigationPlan } from '../api/mitigation-plan.ts';
import type { SignedModel } from '../api/signed-text.ts';
import type { RiskPolicy } from '../api/risk-policy.ts';
import type { SignOff } from '../core/signing/sign-offs.ts';
import type { ObjectKey, UntypedObject } from '../kube/kube-object.ts';
import type { Cluster } from './cluster.ts';
import { remembered } from './remembered.ts';
import type { RiskState } from './risk-state.ts';
import { subjectKey } from './subject-index.ts';

/** A SignOff as it is stored: its fields are read one by one, since there may be many that say nothing any more. */
export interface RawSignOff {
  readonly spec?: {
    readonly action?: string;
    readonly role?: string;
    readonly author?: string;
    readonly digest?: string;
    readonly signed?: string;
    readonly expiresAt?: string;
    readonly subjectRef?: { readonly kind?: string; readonly name?: string; readonly uid?: string };
  };
  readonly status?: { readonly conditions?: readonly { readonly type?: string; readonly status?: string; readonly reason?: string }[] };
}

export function hasCounted({ status }: RawSignOff): boolean {
  return status?.conditions?.some(({ type, reason }) => type === 'Valid' && reason === 'Used') ?? false;
}

/** SignOffs about ModelRisks of this name, or about a model of this name, whatever its ModelRisk is called: gone ones too. */
export function signOffsNaming(
  kind: 'ModelRisk' | 'Model',
  { namespace, name }: { readonly namespace: string; readonly name: string },
  decisions: Cluster['own']['decisions'],
): readonly UntypedObject[] {
  return decisions.store
    .byIndex('subject', subjectKey(kind, namespace, name))
    .filter((object) => (object as RawSignOff).spec?.action === 'SignOff');
}

/** Name of the ModelRisk a SignOff is about. */
export function riskSigned(object: UntypedObject): string {
  return (object as RawSignOff).spec?.subjectRef?.name ?? '';
}

/** Whether this ModelRisk is there and says it is of this model: then what that one runs on is looked at by itself. */
export function speaksFor(model: string, key: ObjectKey, { risks }: Pick<Cluster['own'], 'risks'>): boolean {
  const { spec } = (risks.store.get(key) ?? {}) as { readonly spec?: { readonly model?: { readonly name?: string } } };
  return spec?.model?.name === model;
}

/** Every SignOff about this model, whether it counts or not. */
export function signOffsAbout(
  risk: Pick<RiskState, 'uid' | 'identity' | 'written'>,
  decisions: Cluster['own']['decisions'],
): readonly UntypedObject[] {
  const of = { namespace: risk.identity.namespace, name: risk.written.metadata.name };
  return signOffsNaming('ModelRisk', of, decisions).filter((object) => (object as RawSignOff).spec?.subjectRef?.uid === risk.uid);
}

/** What its text says. Null: this operator can't read it, or it is not the one that was signed. */
export const signedModelOf = remembered((object) => {
  const { signed = '', digest } = (object as RawSignOff).spec ?? {};
  const read = readSignedText(signed);
  return read.ok && signedDigest(signed) === digest ? read.value : null;
});

/** Of every sign-off each time a status is told: none is written out twice. */
const textOf = remembered((object) => {
  const model = signedModelOf(object);
  return model === null ? null : signedText(model);
});

/** What a sign-off would cover that is made now. */
export interface Signable {
  readonly model: SignedModel;
  readonly text: string;
  readonly digest: string;
}

/** `plans`: those that name it, as they are written. */
export function signableNow(
  { written }: Pick<RiskState, 'written'>,
  policy: Pick<RiskPolicy, 'spec'>,
  plans: readonly MitigationPlan[],
): Signable {
  const model = signable(written, policy.spec, plans);
  const text = signedText(model);
  return { model, text, digest: signedDigest(text) };
}

/** What was signed, read once for all who ask. Null: what the text says nobody knows any more. */
export interface SignOffOnRecord extends SignOff {
  readonly model: SignedModel | null;
}

/**
 * Those that counted when they were made. What was signed is compared as it reads today: a field that came into the schema since, at its
 * default, is no edit.
 */
export function countedSignOffs(
  risk: Pick<RiskState, 'uid' | 'identity' | 'written'>,
  now: Signable | null,
  { decisions, maxSeconds }: { readonly decisions: Cluster['own']['decisions']; readonly maxSeconds: number | null },
): readonly SignOffOnRecord[] {
  return signOffsAbout(risk, decisions).flatMap((object) => {
    const raw = object as RawSignOff;
    if (!hasCounted(raw)) return [];
    const { role = '', author = '', digest = '', expiresAt } = raw.spec ?? {};
    const model = signedModelOf(object);
    // One of before plans were in it is compared as far as it says anything.
    const isCurrent =
      model !== null && now !== null && (model.plans === undefined ? isAsSigned(model, now.model) : textOf(object) === now.text);
    const atMs = fromInstant(object.metadata.creationTimestamp);
    const ends = [...(expiresAt === undefined ? [] : [fromInstant(expiresAt)]), ...(maxSeconds === null ? [] : [atMs + maxSeconds * 1000])];
    const endsMs = ends.length === 0 ? null : Math.min(...ends);
    return [{ role, author, decision: object.metadata.name, digest, atMs, endsMs, isCurrent, model }];
  });
}

/** Fields that differ from what was signed, as a list for people. */
export function changesSince({ model }: SignOffOnRecord, now: Signable): string {
  const changed = model === null ? ['all of it'] : changedFields(model, now.model);
  return changed.length > 8 ? `${changed.slice(0, 8).join(', ')} and ${changed.length - 8} more` : changed.join(', ');
}
