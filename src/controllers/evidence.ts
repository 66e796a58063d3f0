import { createHash } from 'node:crypto';
import { toInstant } from '../api/instant.ts';
import type { Severity } from '../api/incident-acts.ts';
import type { RiskDecision } from '../api/risk-decision.ts';
import type { TriggerEvidence } from '../api/risk-incident.ts';
import { toThresholdSnapshot } from '../api/threshold-snapshot.ts';
import { cutText } from '../core/freeze.ts';
import type { FrozenReading } from '../core/model/frozen-reading.ts';
import type { Computation } from '../core/model/observation.ts';
import type { PlanSnapshot } from '../core/model/plan.ts';
import type { IncidentOpening } from '../governance/incident-log.ts';
import { canonicalJSON } from '../shared/canonical-json.ts';
import type { EpochMs } from '../shared/clock.ts';
import type { JSONValue } from '../shared/json.ts';
import type { RiskState } from './risk-state.ts';

/** Bounds of the record's schema: what is longer is cut where it is written, never refused. */
const maxQueryLength = 4096;
const maxMessageLength = 1024;
/** In characters of JSON: 32 readings must fit into one object beside everything else. Counts longer than that are left out, not cut: half of them compute nothing. */
const maxComputationLength = 8192;

/** The reading in the words of the record. */
export function toTriggerEvidence(reading: FrozenReading): TriggerEvidence {
  const { indicator, verdict, provider, query, windowSeconds, value, sampleCount, noiseFloor, interval, dataTimeMs, message } = reading;
  const frozen = {
    indicator,
    verdict,
    provider,
    query: cutText(query, maxQueryLength),
    windowSeconds,
    threshold: toThresholdSnapshot(reading.threshold),
    ...toComputation(reading.computation),
    ...(message === '' ? {} : { message: cutText(message, maxMessageLength) }),
  };
  if (value === null) return frozen;
  return {
    ...frozen,
    value,
    ...(sampleCount === null ? {} : { sampleCount }),
    ...(noiseFloor === null ? {} : { noiseFloor }),
    ...(interval === null ? {} : { interval }),
    ...(dataTimeMs === null ? {} : { dataTime: toInstant(dataTimeMs) }),
  };
}

function toComputation(computation: Computation | null): Pick<TriggerEvidence, 'computation'> {
  if (computation === null) return {};
  const { statistic } = computation;
  const parameters = Object.entries(computation.parameters).map(([name, value]) => ({ name, value }));
  const counts = Object.entries(computation.counts).map(([name, values]) => ({ name, values }));
  const recorded = { statistic, parameters, counts };
  return canonicalJSON(recorded).length > maxComputationLength ? {} : { computation: recorded };
}

export interface OpeningFacts {
  readonly snapshot: PlanSnapshot;
  /** Team that answers for the plan. */
  readonly owner: string;
  readonly risk: RiskState | null;
  readonly engagement: number;
  readonly openedAtMs: EpochMs;
  readonly readings: readonly FrozenReading[];
}

function riskReference(name: string, risk: RiskState | null): { readonly [key: string]: JSONValue } {
  const spec = risk === null ? '' : canonicalJSON(risk.risk.spec);
  return { name, uid: risk?.uid ?? 'unknown', generation: risk?.risk.metadata.generation ?? 0, digest: `sha256:${hashText(spec)}` };
}

/** Categories of the risks that these indicators watch. */
function categoriesOf(indicators: readonly string[], { risk: { spec } }: RiskState): readonly string[] {
  const watched = spec.indicators.flatMap(({ name, risk }) => (indicators.includes(name) ? [risk] : []));
  return [...new Set(spec.risks.flatMap(({ name, category }) => (watched.includes(name) ? [category] : [])))];
}

function answering(owner: string, risk: RiskState | null, indicators: readonly string[]): { readonly [key: string]: JSONValue } {
  if (risk === null) return { owner };
  const { team, contact } = risk.risk.spec.owner;
  return { owner, model: { team, contact }, categories: categoriesOf(indicators, risk) };
}

/** Whom to turn to, in one sentence. */
export function explainOwners(owner: string, risk: RiskState | null, indicators: readonly string[]): string {
  if (risk === null) return `${owner} answers for the plan.`;
  const { team, contact } = risk.risk.spec.owner;
  const categories = categoriesOf(indicators, risk);
  const about = categories.length === 0 ? '' : ` Category: ${categories.join(', ')}.`;
  return `${owner} answers for the plan, ${team} (${contact}) for the model.${about}`;
}

/** SHA-256, hex: what the audit chain links entries with. */
export function hashText(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** An engagement is as severe as the model is critical until somebody looks back at it. */
function severityOf(risk: RiskState | null): Severity {
  return risk?.risk.spec.criticality ?? 'Medium';
}

/** Spec of an incident that a person reported, but for its place in the chain. */
export function reportedOpening(
  risk: RiskState,
  {
    report,
    openedAtMs,
    ...who
  }: {
    readonly decision: string;
    readonly by: string;
    readonly report: NonNullable<RiskDecision['spec']['report']>;
    readonly openedAtMs: EpochMs;
  },
): IncidentOpening {
  const { severity, ...told } = report;
  const { team, contact } = risk.risk.spec.owner;
  return {
    riskRef: riskReference(risk.risk.metadata.name, risk),
    model: { team, contact },
    categories: [report.category],
    severity,
    openedAt: toInstant(openedAtMs),
    report: { ...told, ...who },
    trigger: [],
  };
}

/** Spec of the incident but for its place in the chain. A risk that is gone is named without uid and digest. */
export function openingOf({ snapshot, owner, risk, engagement, openedAtMs, readings }: OpeningFacts): IncidentOpening {
  const { name, uid, generation, digest } = snapshot.plan;
  return {
    planRef: { name, uid, generation, digest },
    riskRef: riskReference(snapshot.risk.name, risk),
    ...answering(
      owner,
      risk,
      readings.map(({ indicator }) => indicator),
    ),
    severity: severityOf(risk),
    engagement,
    openedAt: toInstant(openedAtMs),
    trigger: readings.map(toTriggerEvidence),
    snapshot,
  };
}
