import { resolveTemplateAlone } from '../api/resolve-signal.ts';
import type { ModelRisk } from '../api/model-risk.ts';
import type { RiskPolicy, SignalTemplate } from '../api/risk-policy.ts';
import { signedSpec, signedTemplates } from '../api/signed-spec.ts';
import type { HeldTerm } from '../api/signed-limits.ts';
import type { SignedModel } from '../api/signed-text.ts';
import { signalProblem } from '../signals/signal-problem.ts';
import type { Cluster } from './cluster.ts';
import type { ReadText } from './reference-sight.ts';
import type { RiskState, SignedInForce } from './risk-state.ts';
import { speaksFor } from './signed-decisions.ts';
import { signedLast } from './signed-last.ts';
import type { SignedOnRecord } from './signed-last.ts';
import { asksForSignOffs, asLastShown, signedUnread } from './signed-unread.ts';

/** A risk as it is to be judged: what is written, bounded by what was signed. */
export interface RiskToResolve {
  readonly risk: ModelRisk;
  readonly policy: RiskPolicy | null;
  readonly invalidSignals: ReadonlyMap<string, string>;
  readonly signed: SignedInForce | null;
}

interface Policies {
  readonly policies: ReadonlyMap<string, RiskPolicy>;
  invalidSignalsOf(policy: string): ReadonlyMap<string, string>;
}

/** `previous` is what was known of it before: it outlives the decisions it was read from. */
export type ReadSigned = (written: ModelRisk, policies: Policies, previous: Pick<RiskState, 'signed'> | null) => RiskToResolve;

/** Nothing was ever signed. */
const nothingSigned = (written: ModelRisk, known: Policies): RiskToResolve => {
  const { name } = written.spec.policyRef;
  return { risk: written, policy: known.policies.get(name) ?? null, invalidSignals: known.invalidSignalsOf(name), signed: null };
};

function createSignedReader({ own }: { readonly own: Pick<Cluster['own'], 'risks' | 'decisions'> }): ReadSigned {
  return (written, known, previous) => {
    const found = signedOf(written, { policies: known.policies, own, previous: previous?.signed ?? null });
    if (found === null) return nothingSigned(written, known);
    const { spec, held } = signedSpec(written.spec, found.model);
    const { name } = spec.policyRef;
    const policy = known.policies.get(name) ?? null;
    const kept = policy === null ? null : signedTemplates(policy.spec.signals, found.model);
    return {
      risk: { ...written, spec },
      policy: policy === null || kept === null ? null : { ...policy, spec: { ...policy.spec, signals: kept.signals } },
      invalidSignals: invalidAmong(known.invalidSignalsOf(name), kept?.held ?? []),
      signed: { ...found, held: [...held, ...templateTerms(spec, kept?.held ?? [])] },
    };
  };
}

/** What is read of the cluster each time a risk is resolved. */
export function programmeReaders(cluster: Pick<Cluster, 'own' | 'references'>): {
  readonly readText: ReadText;
  readonly readSigned: ReadSigned;
} {
  return { readText: cluster.references.read, readSigned: createSignedReader(cluster) };
}

interface Sources {
  readonly policies: Policies['policies'];
  readonly own: Pick<Cluster['own'], 'risks' | 'decisions'>;
  readonly previous: SignedInForce | null;
}

/** By the decisions, and by what the status as the cache shows it remembers of them. */
function signedOf(written: ModelRisk, { policies, own: { risks, decisions }, previous }: Sources): Omit<SignedInForce, 'held'> | null {
  const { namespace = '', name, uid } = written.metadata;
  const object = risks.store.get(`${namespace}/${name}`);
  const { status } = (object ?? {}) as { readonly status?: Partial<ModelRisk['status']> };
  const known = object?.metadata.uid === uid ? status : undefined;
  const context = { decisions, policies, standing: known?.tier?.inherent ?? null, before: known?.signed };
  const found = signedLast(written, context);
  const unread = signedUnread(written, context, found);
  if (unread === undefined) {
    if (found === undefined) return null;
    return { digest: found.digest, model: ownPlaces(found, written, { risks }), of: found.risk, at: found.at };
  }
  return { digest: unread.digest, model: previous?.digest === unread.digest ? previous.model : asLastShown(written) };
}

/** Beside the ModelRisk that was signed this one speaks for what it runs on itself: of that nobody else would say how it does. */
function ownPlaces({ risk, model }: SignedOnRecord, { metadata, spec }: ModelRisk, own: Pick<Cluster['own'], 'risks'>): SignedModel {
  const isBeside = risk !== metadata.name && speaksFor(spec.model.name, `${metadata.namespace ?? ''}/${risk}`, own);
  return isBeside ? { ...model, workloadRefs: [] } : model;
}

function templateTerms({ indicators }: ModelRisk['spec'], held: readonly SignalTemplate[]): readonly HeldTerm[] {
  return held.flatMap(({ name }) =>
    indicators.flatMap(({ name: indicator, signal }) =>
      'template' in signal && signal.template.name === name
        ? [{ field: `signals.${name}`, indicator, signed: 'as signed', written: 'edited or removed in the policy' }]
        : [],
    ),
  );
}

/** What the policy says now of a template says nothing of the one that was signed. */
function invalidAmong(invalid: ReadonlyMap<string, string>, held: readonly SignalTemplate[]): ReadonlyMap<string, string> {
  if (held.length === 0) return invalid;
  const judged = new Map(invalid);
  for (const template of held) {
    const problem = signalProblem(resolveTemplateAlone(template), '');
    if (problem === null) judged.delete(template.name);
    else judged.set(template.name, problem);
  }
  return judged;
}

/** Entries of the register whose price nobody but who wrote the model answers for. */
export function ownerEstimates({ risks }: ModelRisk['spec'], signed: SignedModel | null): readonly string[] {
  const price = ({ likelihood, impact }: ModelRisk['spec']['risks'][number]): string => JSON.stringify([likelihood, impact]);
  const covered = new Set(signed?.risks.map((entry) => `${entry.name} ${price(entry)}`) ?? []);
  return risks.filter((entry) => entry.likelihood !== undefined && !covered.has(`${entry.name} ${price(entry)}`)).map(({ name }) => name);
}

/**
 * Whether a version may be what callers are sent to in the place of the one under guard: one with all sign-offs, where the tier asks for some. Where no
 * tier of the policy asks every version may, before anything was written about the model too; else what is not known yet is not compared, and engages.
 */
export function approvedVersions(
  { own }: { readonly own: Pick<Cluster['own'], 'risks'> },
  known: { readonly policies: Policies['policies'] },
) {
  return ({ key, written }: Pick<RiskState, 'key' | 'written'>, version: string): boolean => {
    const policy = known.policies.get(written.spec.policyRef.name);
    if (policy !== undefined && !asksForSignOffs(policy)) return true;
    const { status } = (own.risks.store.get(key) ?? {}) as { readonly status?: Partial<ModelRisk['status']> };
    const { conditions = [], approvedVersions: approved = [] } = status ?? {};
    const isFree = conditions.some(({ type, reason }) => type === 'SignedOff' && reason === 'NotRequired');
    return isFree || approved.some((each) => each.version === version);
  };
}
