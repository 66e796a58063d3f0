import { fromInstant } from '../api/instant.ts';
import { changedFields, readSignedText, signable, signedDigest, signedText } from '../api/signed-text.ts';
import type { SignedModel } from '../api/signed-text.ts';
import type { RiskPolicy } from '../api/risk-policy.ts';
import type { SignedStatus } from '../api/sign-off-status.ts';
import type { SignOff } from '../core/signing/sign-offs.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { Cluster } from './cluster.ts';
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

/** SignOffs about models of this name, gone ones too. */
function signOffsOfName({ identity, written }: Pick<RiskState, 'identity' | 'written'>, decisions: Cluster['own']['decisions']) {
  const ofModel = decisions.store.byIndex('subject', subjectKey('ModelRisk', identity.namespace, written.metadata.name));
  return ofModel.filter((object) => (object as RawSignOff).spec?.action === 'SignOff');
}

/** Every SignOff about this model, whether it counts or not. */
export function signOffsAbout(
  risk: Pick<RiskState, 'uid' | 'identity' | 'written'>,
  decisions: Cluster['own']['decisions'],
): readonly UntypedObject[] {
  return signOffsOfName(risk, decisions).filter((object) => (object as RawSignOff).spec?.subjectRef?.uid === risk.uid);
}

/** What a sign-off would cover that is made now. */
export interface Signable {
  readonly model: SignedModel;
  readonly text: string;
  readonly digest: string;
}

export function signableNow({ written }: Pick<RiskState, 'written'>, policy: Pick<RiskPolicy, 'spec'>): Signable {
  const model = signable(written, policy.spec);
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
    const { role = '', author = '', digest = '', signed = '', expiresAt } = raw.spec ?? {};
    const read = readSignedText(signed);
    const isCurrent = read.ok && now !== null && signedText(read.value) === now.text;
    const atMs = fromInstant(object.metadata.creationTimestamp);
    const ends = [...(expiresAt === undefined ? [] : [fromInstant(expiresAt)]), ...(maxSeconds === null ? [] : [atMs + maxSeconds * 1000])];
    const endsMs = ends.length === 0 ? null : Math.min(...ends);
    const record = { role, author, decision: object.metadata.name, digest, atMs, endsMs, isCurrent };
    return [{ ...record, model: read.ok ? read.value : null }];
  });
}

/** Fields that differ from what was signed, as a list for people. */
export function changesSince({ model }: SignOffOnRecord, now: Signable): string {
  const changed = model === null ? ['all of it'] : changedFields(model, now.model);
  return changed.length > 8 ? `${changed.slice(0, 8).join(', ')} and ${changed.length - 8} more` : changed.join(', ');
}

/**
 * What all these roles signed last of a model of this name, gone ones too: whoever deletes it and creates it anew leaves no limit behind.
 * By the decisions alone, so that it is found again where no status says it. Undefined: nothing, or a role is missing in all of it.
 */
export function signedLast(
  risk: Pick<RiskState, 'identity' | 'written'>,
  roles: readonly string[],
  decisions: Cluster['own']['decisions'],
): SignedStatus | undefined {
  const ofName = signOffsOfName(risk, decisions).filter((object) => hasCounted(object as RawSignOff));
  const newestFirst = ofName.toSorted(
    ({ metadata: a }, { metadata: b }) => fromInstant(b.creationTimestamp) - fromInstant(a.creationTimestamp),
  );
  const digestOf = (object: UntypedObject): string => (object as RawSignOff).spec?.digest ?? '';
  const found = newestFirst.find((object) => {
    const signed = ofName.filter((each) => digestOf(each) === digestOf(object)).map((each) => (each as RawSignOff).spec?.role);
    return roles.length > 0 && roles.every((role) => signed.includes(role));
  });
  if (found === undefined) return undefined;
  return { digest: digestOf(found), decision: found.metadata.name, at: found.metadata.creationTimestamp };
}
