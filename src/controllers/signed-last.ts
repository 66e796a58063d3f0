import { fromInstant } from '../api/instant.ts';
import type { ModelRisk } from '../api/model-risk.ts';
import { toQuantifiedRisks } from '../api/risk-register.ts';
import type { RiskPolicy } from '../api/risk-policy.ts';
import { toTiers } from '../api/risk-tier.ts';
import type { SignedModel } from '../api/signed-text.ts';
import type { SignedStatus } from '../api/sign-off-status.ts';
import { inherentLoss } from '../core/risk/model-loss.ts';
import { createScoreMesh } from '../core/risk/score-mesh.ts';
import { findTier, standingTier } from '../core/risk/tier.ts';
import type { TierFacts } from '../core/risk/tier.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { Cluster } from './cluster.ts';
import { remembered } from './remembered.ts';
import { hasCounted, riskSigned, signedModelOf, signOffsNaming } from './signed-decisions.ts';
import type { RawSignOff } from './signed-decisions.ts';

/** What all who have to signed, by their decisions. */
export interface SignedOnRecord extends SignedStatus {
  /** Name of the ModelRisk it was signed of. */
  readonly risk: string;
  readonly model: SignedModel;
  /** Who has to sign a model that is what was signed. */
  readonly roles: readonly string[];
}

export interface SignedContext {
  readonly decisions: Cluster['own']['decisions'];
  readonly policies: ReadonlyMap<string, RiskPolicy>;
  /** Tier the status says the model stands in: it may be higher than its numbers. */
  readonly standing: string | null;
  /** What the status remembers: that all had signed it once no policy of today may say. */
  readonly before: SignedStatus | undefined;
}

/**
 * What all who have to signed last of this model: of its ModelRisk, one that is gone too, or of another ModelRisk of the same model. So whoever
 * writes it anew, under whatever name, tier or policy, leaves no limit behind. Undefined: nothing, or nobody would be asked to sign it.
 */
export function signedLast(written: Pick<ModelRisk, 'metadata' | 'spec'>, context: SignedContext): SignedOnRecord | undefined {
  const { metadata, spec } = written;
  const { namespace = '', name } = metadata;
  const { decisions } = context;
  const ofModel = signOffsNaming('Model', { namespace, name: spec.model.name }, decisions);
  const ofRisk = signOffsNaming('ModelRisk', { namespace, name }, decisions);
  const own = newest(rememberedIn(written, context), lastOf(ofRisk, context));
  const others = lastOf(
    ofModel.filter((object) => riskSigned(object) !== name),
    context,
  );
  const found = own === undefined || (others !== undefined && outranks(others, own, spec.model.name)) ? others : own;
  return found === undefined || found.roles.length === 0 ? undefined : found;
}

/** Signed by more of those who have to; by as many, about the model that is named now. */
function outranks(other: SignedOnRecord, own: SignedOnRecord, model: string): boolean {
  const [all, more] = [covers(other.roles, own.roles), !covers(own.roles, other.roles)];
  return all && (more || own.model.model.name !== model);
}

function covers(signers: readonly string[], roles: readonly string[]): boolean {
  return roles.every((role) => signers.includes(role));
}

function newest(a: SignedOnRecord | undefined, b: SignedOnRecord | undefined): SignedOnRecord | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a.digest !== b.digest && fromInstant(b.at) > fromInstant(a.at) ? b : a;
}

/** A decision that says what was signed under this digest: who signed the same signed the same text. */
export function readableAs(
  { metadata, spec }: Pick<ModelRisk, 'metadata' | 'spec'>,
  digest: string,
  decisions: SignedContext['decisions'],
): UntypedObject | undefined {
  const { namespace = '', name } = metadata;
  return [
    ...signOffsNaming('ModelRisk', { namespace, name }, decisions),
    ...signOffsNaming('Model', { namespace, name: spec.model.name }, decisions),
  ].find((object) => (object as RawSignOff).spec?.digest === digest && signedModelOf(object) !== null);
}

function rememberedIn(written: Pick<ModelRisk, 'metadata' | 'spec'>, context: SignedContext): SignedOnRecord | undefined {
  const { before, decisions } = context;
  const object = before === undefined ? undefined : readableAs(written, before.digest, decisions);
  const model = object === undefined ? null : signedModelOf(object);
  if (before === undefined || object === undefined || model === null) return undefined;
  return { ...before, risk: riskSigned(object), model, roles: rolesFor(object, model, context) };
}

/** Each text that all signed takes the place of the one before; none does that lacks a signature the one before had to have. */
function lastOf(signOffs: readonly UntypedObject[], context: SignedContext): SignedOnRecord | undefined {
  const oldestFirst = signOffs
    .filter((object) => hasCounted(object as RawSignOff))
    .toSorted(({ metadata: a }, { metadata: b }) => fromInstant(a.creationTimestamp) - fromInstant(b.creationTimestamp));
  const signers = new Map<string, readonly string[]>();
  let last: SignedOnRecord | undefined;
  for (const object of oldestFirst) {
    const { digest = '', role = '' } = (object as RawSignOff).spec ?? {};
    const signed = [...(signers.get(digest) ?? []), role];
    signers.set(digest, signed);
    const model = signedModelOf(object);
    if (model === null) continue;
    const roles = rolesFor(object, model, context);
    const asked = [...roles, ...(last?.roles ?? [])];
    if (asked.length > 0 && covers(signed, asked))
      last = { digest, decision: object.metadata.name, at: object.metadata.creationTimestamp, risk: riskSigned(object), model, roles };
  }
  return last;
}

/** Convolutions take milliseconds, and a record may hold a hundred texts. */
const factsOf = remembered((object): TierFacts | null => {
  const model = signedModelOf(object);
  if (model === null) return null;
  const risks = toQuantifiedRisks(model);
  const { expectedAnnualLoss = null, singleEventP95 = null } = risks.length === 0 ? {} : inherentLoss(risks, createScoreMesh());
  return { expectedAnnualLoss, singleEventP95, criticality: model.criticality ?? null };
});

/** Who has to sign what this says: by its own price and criticality, whatever is written of the model since. */
function rolesFor(object: UntypedObject, model: SignedModel, { policies, standing }: SignedContext): readonly string[] {
  const [policy, facts] = [policies.get(model.policyRef.name), factsOf(object)];
  if (policy === undefined || facts === null) return [];
  const tiers = toTiers(policy.spec.tiers);
  const tier = standingTier(tiers, standing, findTier(tiers, facts));
  return policy.spec.tiers.find(({ name }) => name === tier)?.signOffRoles ?? [];
}
