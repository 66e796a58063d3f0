import { createHash } from 'node:crypto';
import * as z from 'zod';
import { canonicalJSON } from '../shared/canonical-json.ts';
import type { JSONValue } from '../shared/json.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import type { DeepReadonly } from './deep-readonly.ts';
import { documentationFields } from './documentation.ts';
import type { MitigationPlan } from './mitigation-plan.ts';
import { indicatorSchema, riskEntrySchema } from './model-risk.ts';
import type { ModelRisk } from './model-risk.ts';
import { signalTemplateSchema } from './risk-policy.ts';
import type { RiskPolicySpec } from './risk-policy.ts';
import { criticality } from './risk-tier.ts';
import { normalPlan, signablePlan, signedPlan } from './signed-plan.ts';
import { specInForce } from './spec-in-force.ts';
import { tierInForce } from './tier-status.ts';
import { differences } from './tree-difference.ts';
import { workloadRefsSchema } from './workload-refs.ts';

/** Most characters of a signed text; what is longer can't be signed and has to be made shorter. */
export const maxSignedLength = 32_768;

/**
 * What a sign-off covers, with everything in it that the limits rest on: whoever edits a template of the policy later edits no signed limit.
 * A field younger than version 1 must be left out where it is not written, or it would void every sign-off there is.
 */
const signedModel = z.object({
  signedVersion: z.literal(1),
  policyRef: z.object({ name: z.string() }),
  model: z.object({
    name: z.string(),
    version: z.string(),
    imageDigest: z.string().exactOptional(),
    labelMaturitySeconds: z.number().exactOptional(),
  }),
  criticality: criticality.exactOptional(),
  evaluationIntervalSeconds: z.number(),
  suspend: z.enum(['None', 'Hold']),
  workloadRefs: workloadRefsSchema,
  risks: z.array(riskEntrySchema),
  indicators: z.array(indicatorSchema),
  signals: z.array(signalTemplateSchema),
  documentation: documentationFields.documentation,
  lineage: documentationFields.lineage,
  decisionLog: documentationFields.decisionLog,
  /** Younger than version 1; a text without it binds nothing of plans. */
  plans: z.array(signedPlan).exactOptional(),
});

export type SignedModel = DeepReadonly<z.output<typeof signedModel>>;

type Named = { readonly name: string };

function byName<Item extends Named>(items: readonly Item[]): readonly Item[] {
  return items.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Limits with their defaults resolved: a later default is no edit. */
function resolved(declared: SignedModel['indicators'][number]): SignedModel['indicators'][number] {
  if (declared.threshold === undefined) return declared;
  const { direction, warn, breach, clear, severe } = declared.threshold;
  const threshold = {
    ...{ direction, breach, clear: clear ?? warn ?? breach },
    ...(warn === undefined ? {} : { warn }),
    ...(severe === undefined ? {} : { severe }),
  };
  return { ...declared, threshold };
}

/** Templates the indicators name, each once; one that the policy lacks is left out: it can't be judged either. */
function templatesOf({ indicators }: Pick<ModelRisk['spec'], 'indicators'>, { signals }: Pick<RiskPolicySpec, 'signals'>) {
  const named = new Set(indicators.flatMap(({ signal }) => ('template' in signal ? [signal.template.name] : [])));
  return signals.filter(({ name }) => named.has(name));
}

type Plans = readonly Pick<MitigationPlan, 'metadata' | 'spec'>[];

/**
 * The model and the plans that name it as they would be signed now: with what its tier supplies and bounds, or an edit of the playbook would be one
 * of signed limits. Plans on their way out are none of it any more.
 */
export function signable(
  risk: Pick<ModelRisk, 'spec' | 'status'>,
  policy: Pick<RiskPolicySpec, 'signals' | 'tiers'>,
  plans: Plans,
): SignedModel {
  const spec = specInForce(risk, policy);
  const tier = tierInForce(risk, policy);
  const { policyRef, model, criticality: declared, evaluationIntervalSeconds, suspend, workloadRefs, risks, indicators } = spec;
  const { documentation, lineage, decisionLog } = spec;
  return {
    ...{ signedVersion: 1, policyRef, model, evaluationIntervalSeconds, suspend, workloadRefs, risks, indicators },
    signals: templatesOf(spec, policy),
    ...(declared === undefined ? {} : { criticality: declared }),
    ...(documentation === undefined ? {} : { documentation }),
    ...(lineage === undefined ? {} : { lineage }),
    ...(decisionLog === undefined ? {} : { decisionLog }),
    plans: plans.filter(({ metadata }) => metadata.deletionTimestamp === undefined).map((plan) => signablePlan(plan, tier)),
  };
}

/** Canonical JSON: the same model gives the same text, whatever the order of its lists. */
export function signedText(signed: SignedModel): string {
  const { signedVersion, policyRef, model, evaluationIntervalSeconds, suspend, workloadRefs, risks, indicators, signals } = signed;
  const { name, version, imageDigest, labelMaturitySeconds } = model;
  const { documentation, lineage, decisionLog, criticality: declared, plans } = signed;
  const papers = { documentation, lineage, decisionLog };
  const listed = {
    ...{
      signedVersion,
      policyRef: { name: policyRef.name },
      evaluationIntervalSeconds,
      suspend,
      workloadRefs,
      criticality: declared,
      ...papers,
    },
    model: { name, version, imageDigest, labelMaturitySeconds },
    risks: byName(risks),
    indicators: byName(indicators.map(resolved)),
    signals: byName(signals),
    ...(plans === undefined ? {} : { plans: byName(plans.map(normalPlan)) }),
  };
  return canonicalJSON(JSON.parse(JSON.stringify(listed)) as JSONValue);
}

/** `sha256:` and 64 hex digits over a signed text. */
export function signedDigest(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

/** Failure: the end of a sentence about the text. */
export function readSignedText(text: string): Result<SignedModel, string> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return failure('is no JSON; sign with kubectl modelrisk sign-off');
  }
  const read = signedModel.safeParse(json);
  return read.success && isReadWhole((json as { readonly plans?: JSONValue }).plans, read.data.plans)
    ? success(read.data)
    : failure('is not what kubectl modelrisk sign-off writes; sign with it, in the version of the operator');
}

/** Whether nothing of it was dropped: what a later version signed of a plan may be what kept it harmless. */
function isReadWhole(text: JSONValue | undefined, read: JSONValue | undefined): boolean {
  if (text === null || typeof text !== 'object') return true;
  const known = (typeof read === 'object' ? read : null) as { readonly [key: string]: JSONValue } | null;
  return Object.entries(text).every(([key, value]) => known !== null && Object.hasOwn(known, key) && isReadWhole(value, known[key]));
}

/** Whether what was signed is what would be signed now, as far as it says anything: what came into texts later, an older one is silent of. */
export function isAsSigned(signed: SignedModel, now: SignedModel): boolean {
  return signedText(signed) === signedText(asFarAs(signed, now));
}

function asFarAs(signed: SignedModel, { plans, ...now }: SignedModel): SignedModel {
  return signed.plans === undefined || plans === undefined ? now : { ...now, plans };
}

/** Paths of fields that differ, entries of lists by name: `indicators.score-drift.threshold.breach`. */
export function changedFields(before: SignedModel, now: SignedModel): readonly string[] {
  return differences(toTree(before), toTree(asFarAs(before, now)), '').map(({ path }) => path);
}

function toTree(signed: SignedModel): JSONValue {
  return JSON.parse(signedText(signed)) as JSONValue;
}
