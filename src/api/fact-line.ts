import { createHash } from 'node:crypto';
import * as z from 'zod';
import { factID } from '../core/fact-chain.ts';
import type { Fact, FactDraft } from '../core/fact-chain.ts';
import { canonicalJSON } from '../shared/canonical-json.ts';
import type { JSONValue } from '../shared/json.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import { sentences } from './kind.ts';

const schemaVersion = 1;

const wire = z.strictObject({
  schemaVersion: z.literal(schemaVersion),
  id: z.string(),
  fact: z.strictObject({
    run: z.string(),
    seq: z.int().min(0),
    at: z.string(),
    kind: z.enum(['RiskPolicy', 'ModelRisk', 'RiskDecision', 'RiskIncident']),
    namespace: z.string(),
    name: z.string(),
    uid: z.string(),
    event: z.enum(['Seen', 'Gone']),
    content: z.json(),
    prevHash: z.string(),
    hash: z.string(),
  }),
});

/** One line of JSON, keys sorted, without the line break. */
export function writeFactLine(fact: Fact): string {
  return canonicalJSON({ schemaVersion, id: factID(fact), fact: { ...fact } });
}

/** Whether a line of an export is meant as a fact, and no entry of a record. */
export function isFactLine(json: unknown): boolean {
  return typeof json === 'object' && json !== null && 'fact' in json;
}

/** A failure is one sentence. Fields this version does not know are refused: nothing may stand in an export that no hash covers. */
export function readFactLine(json: unknown): Result<Fact, string> {
  const parsed = wire.safeParse(json);
  if (!parsed.success) return failure(parsed.error.issues.flatMap((issue) => sentences(issue, [])).join('; '));
  const { id } = parsed.data;
  const fact: Fact = { ...parsed.data.fact, content: parsed.data.fact.content };
  return id === factID(fact) ? success(fact) : failure(`its id is not ${factID(fact)}`);
}

interface RawObject {
  readonly metadata: {
    readonly namespace?: string;
    readonly name: string;
    readonly uid: string;
    readonly creationTimestamp?: string;
    readonly generation?: number;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: { readonly [field: string]: JSONValue };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly digest?: string;
    readonly signableDigest?: string;
    readonly tier?: { readonly inherent?: string };
    readonly conditions?: readonly { readonly type?: string; readonly status?: string; readonly reason?: string }[];
  };
}

/** Of a policy what due dates and rights rest on: where its providers and receivers are is nobody's business outside. */
const policyTerms = [
  'categories',
  'currency',
  'tiers',
  'roles',
  'reporting',
  'reviewEverySeconds',
  'reviewSchedule',
  'reviewTimeZone',
  'reviewRoles',
  'reviewWarningSeconds',
  'maxSignOffSeconds',
  'maxAcceptanceSeconds',
  'maxRenewals',
] as const;

/** By name: that a signal was edited brings reviews forward, what it asks is long and nobody's business outside. */
function signalDigests(signals: JSONValue | undefined): JSONValue {
  const all = Array.isArray(signals) ? (signals as readonly JSONValue[]) : [];
  const entries = all.map((each): readonly [string, string] => {
    const { name = '' } = each as { readonly name?: string };
    return [name, `sha256:${createHash('sha256').update(canonicalJSON(each)).digest('hex')}`];
  });
  return Object.fromEntries(entries);
}

function contentOf(kind: FactDraft['kind'], { metadata, spec = {}, status = {} }: RawObject): JSONValue {
  const common = { createdAt: metadata.creationTimestamp ?? '' };
  switch (kind) {
    case 'RiskPolicy':
      return {
        ...common,
        spec: Object.fromEntries(policyTerms.flatMap((each) => (spec[each] === undefined ? [] : [[each, spec[each]]]))),
        signals: signalDigests(spec['signals']),
        contributors: metadata.annotations?.['modelrisk.dev/contributors'] ?? '',
      };
    case 'ModelRisk': {
      const { generation = 1, annotations } = metadata;
      // What decisions name: neither digest can be computed without the schema of this version. A status that is behind tells of another spec.
      const { digest = '', signableDigest = '', tier } = status.observedGeneration === generation ? status : {};
      const seen = { digest, signableDigest, tier: tier?.inherent ?? '' };
      return { ...common, generation, contributors: annotations?.['modelrisk.dev/contributors'] ?? '', spec, ...seen };
    }
    case 'RiskDecision': {
      const valid = status.conditions?.find(({ type }) => type === 'Valid');
      return { ...common, spec, outcome: valid === undefined ? null : { status: valid.status ?? '', reason: valid.reason ?? '' } };
    }
    case 'RiskIncident':
      return { ...common, spec };
  }
}

/** What is to be said of an object as the API server holds it. */
export function toFact(kind: FactDraft['kind'], object: unknown, { at, event }: Pick<FactDraft, 'at' | 'event'>): FactDraft {
  const raw = object as RawObject;
  const { namespace = '', name, uid } = raw.metadata;
  return { at, kind, namespace, name, uid, event, content: contentOf(kind, raw) };
}
