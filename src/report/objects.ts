import { parseMitigationPlan } from '../api/mitigation-plan.ts';
import type { MitigationPlan } from '../api/mitigation-plan.ts';
import { parseModelRisk } from '../api/model-risk.ts';
import type { ModelRisk } from '../api/model-risk.ts';
import { parseRiskDecision } from '../api/risk-decision.ts';
import type { RiskDecision } from '../api/risk-decision.ts';
import { parseRiskIncident } from '../api/risk-incident.ts';
import type { RiskIncident } from '../api/risk-incident.ts';
import { parseRiskPolicy } from '../api/risk-policy.ts';
import type { RiskPolicy } from '../api/risk-policy.ts';
import type { Result } from '../shared/result.ts';
import { nameOf, oneOf } from './source.ts';

/** Objects as the server holds them, in any order; a report reads nothing else. */
export interface ReportObjects {
  readonly modelRisks: readonly object[];
  readonly plans: readonly object[];
  readonly incidents: readonly object[];
  readonly decisions: readonly object[];
  readonly policies: readonly object[];
  /** Why the policies could not be listed, in one sentence: what only they say is then missing. */
  readonly policiesNotRead?: string;
}

export interface ReadObjects {
  /** As they came, for figures that need no schema. */
  readonly raw: ReportObjects;
  readonly models: readonly ModelRisk[];
  readonly plans: readonly MitigationPlan[];
  readonly incidents: readonly RiskIncident[];
  readonly decisions: readonly RiskDecision[];
  readonly policies: readonly RiskPolicy[];
  /** A sentence for each object that is left out. */
  readonly gaps: readonly string[];
}

type Read<Value> = (object: object) => Result<Value, readonly string[]>;

/** Reads an object once, however often a report looks at it. */
export interface ObjectReader {
  readonly modelRisks: Read<ModelRisk>;
  readonly plans: Read<MitigationPlan>;
  readonly incidents: Read<RiskIncident>;
  readonly decisions: Read<RiskDecision>;
  readonly policies: Read<RiskPolicy>;
}

function once<Value>(parse: Read<Value>): Read<Value> {
  const known = new Map<object, ReturnType<Read<Value>>>();
  return (object) => {
    const read = known.get(object) ?? parse(object);
    known.set(object, read);
    return read;
  };
}

export function createObjectReader(): ObjectReader {
  return {
    modelRisks: once(parseModelRisk),
    plans: once(parseMitigationPlan),
    incidents: once(parseRiskIncident),
    decisions: once(parseRiskDecision),
    policies: once(parseRiskPolicy),
  };
}

/** Objects between two pauses: some 20 ms, incidents with long records the dearest. */
const betweenPauses = 10;

/** Reads all of them before they are reported on, and lets others have their turn in between: schemas are dear, and there may be thousands. */
export async function readAhead(
  objects: ReportObjects,
  { reader, pause }: { readonly reader: ObjectReader; readonly pause: () => Promise<void> },
): Promise<void> {
  let count = 0;
  for (const kind of ['modelRisks', 'plans', 'incidents', 'decisions', 'policies'] as const)
    for (const object of objects[kind]) {
      reader[kind](object);
      count += 1;
      if (count % betweenPauses === 0) await pause();
    }
}

interface ReadKind<Value> {
  readonly values: readonly Value[];
  readonly gaps: readonly string[];
}

/** Figures of the period count what they can read of these by themselves. */
const counted: readonly string[] = ['ModelRisk', 'RiskIncident', 'RiskDecision'];

function leftOut(kind: string, object: object, why: string): string {
  const but = counted.includes(kind) ? ' of all but the figures of the period' : '';
  return `${oneOf(kind, object)} is not readable by this version and is left out${but}: ${why}.`;
}

function readKind<Value>(kind: string, objects: readonly object[], parse: Read<Value>): ReadKind<Value> {
  const read = objects.map((object) => ({ object, parsed: parse(object) }));
  return {
    values: read.flatMap(({ parsed }) => (parsed.ok ? [parsed.value] : [])),
    gaps: read.flatMap(({ object, parsed }) => (parsed.ok ? [] : [leftOut(kind, object, parsed.failure[0] ?? '')])),
  };
}

function inOrder(objects: readonly object[]): readonly object[] {
  return objects.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : nameOf(a) > nameOf(b) ? 1 : 0));
}

/** By namespace and name, whatever order they came in: the same objects make the same report. */
export function readObjects(
  { modelRisks, plans, incidents, decisions, policies, policiesNotRead }: ReportObjects,
  reader: ObjectReader,
): ReadObjects {
  const raw = {
    modelRisks: inOrder(modelRisks),
    plans: inOrder(plans),
    incidents: inOrder(incidents),
    decisions: inOrder(decisions),
    policies: inOrder(policies),
  };
  const read = {
    models: readKind('ModelRisk', raw.modelRisks, reader.modelRisks),
    plans: readKind('MitigationPlan', raw.plans, reader.plans),
    incidents: readKind('RiskIncident', raw.incidents, reader.incidents),
    decisions: readKind('RiskDecision', raw.decisions, reader.decisions),
    policies: readKind('RiskPolicy', raw.policies, reader.policies),
  };
  return {
    raw,
    models: read.models.values,
    plans: read.plans.values,
    incidents: read.incidents.values,
    decisions: read.decisions.values,
    policies: read.policies.values,
    gaps: [...(policiesNotRead === undefined ? [] : [policiesNotRead]), ...Object.values(read).flatMap(({ gaps }) => gaps)],
  };
}
