import { createHash } from 'node:crypto';
import * as z from 'zod';
import { canonicalJSON } from '../shared/canonical-json.ts';
import type { JSONValue } from '../shared/json.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import type { DeepReadonly } from './deep-readonly.ts';
import { documentationFields } from './documentation.ts';
import { indicatorSchema, riskEntrySchema } from './model-risk.ts';
import type { ModelRisk } from './model-risk.ts';
import { signalTemplateSchema } from './risk-policy.ts';
import type { RiskPolicySpec } from './risk-policy.ts';
import { criticality } from './risk-tier.ts';
import { specInForce } from './spec-in-force.ts';
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

/** The model as it would be signed now: with what its tier supplies and bounds, or an edit of the playbook would be one of signed limits. */
export function signable(risk: Pick<ModelRisk, 'spec' | 'status'>, policy: Pick<RiskPolicySpec, 'signals' | 'tiers'>): SignedModel {
  const spec = specInForce(risk, policy);
  const { policyRef, model, criticality: declared, evaluationIntervalSeconds, suspend, workloadRefs, risks, indicators } = spec;
  const { documentation, lineage, decisionLog } = spec;
  return {
    ...{ signedVersion: 1, policyRef, model, evaluationIntervalSeconds, suspend, workloadRefs, risks, indicators },
    signals: templatesOf(spec, policy),
    ...(declared === undefined ? {} : { criticality: declared }),
    ...(documentation === undefined ? {} : { documentation }),
    ...(lineage === undefined ? {} : { lineage }),
    ...(decisionLog === undefined ? {} : { decisionLog }),
  };
}

/** Canonical JSON: the same model gives the same text, whatever the order of its lists. */
export function signedText(signed: SignedModel): string {
  const { signedVersion, policyRef, model, evaluationIntervalSeconds, suspend, workloadRefs, risks, indicators, signals } = signed;
  const { name, version, imageDigest, labelMaturitySeconds } = model;
  const { documentation, lineage, decisionLog, criticality: declared } = signed;
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
  return read.success
    ? success(read.data)
    : failure('is not what kubectl modelrisk sign-off writes; sign with it, in the version of the operator');
}

/** Paths of fields that differ, entries of lists by name: `indicators.score-drift.threshold.breach`. */
export function changedFields(before: SignedModel, now: SignedModel): readonly string[] {
  return differences(toTree(before), toTree(now), '');
}

function toTree(signed: SignedModel): JSONValue {
  return JSON.parse(signedText(signed)) as JSONValue;
}

function differences(before: JSONValue | undefined, now: JSONValue | undefined, path: string): readonly string[] {
  const [was, is] = [membersOf(before), membersOf(now)];
  if (was === null || is === null) return canonicalJSON(before ?? null) === canonicalJSON(now ?? null) ? [] : [path];
  const keys = [...new Set([...was.keys(), ...is.keys()])].toSorted();
  return keys.flatMap((key) => differences(was.get(key), is.get(key), path === '' ? key : `${path}.${key}`));
}

/** Of an object its members, of a list of named entries those; null: it is compared as a whole. */
function membersOf(value: JSONValue | undefined): ReadonlyMap<string, JSONValue> | null {
  if (value === undefined || value === null || typeof value !== 'object') return null;
  const entries = Object.entries(value) as readonly (readonly [string, JSONValue])[];
  if (!Array.isArray(value)) return new Map(entries);
  const named = entries.flatMap(([, entry]) => {
    const { name } = (entry ?? {}) as { readonly name?: JSONValue };
    return typeof name === 'string' ? [[name, entry] as const] : [];
  });
  return named.length === entries.length && named.length > 0 ? new Map(named) : null;
}
