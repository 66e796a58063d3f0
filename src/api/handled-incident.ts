import type { CountedDecision, HandledIncident, HandledSeverity, ReviewedModel } from '../core/risk/programme/facts.ts';

/** What the figures of the programme need of one RiskIncident object, which may be a part of a longer record. */
export interface IncidentPart {
  readonly namespace: string;
  readonly name: string;
  /** Null: it is the first part. */
  readonly continues: string | null;
  /** A drill, or of a plan that only observed. */
  readonly isDry: boolean;
  readonly incident: HandledIncident;
  /** Decisions of its namespace that were in force at some time, as its entries name them. */
  readonly decisions: readonly string[];
}

interface RawIncident {
  readonly metadata?: { readonly namespace?: string; readonly name?: string };
  readonly spec?: {
    readonly continues?: string;
    readonly drill?: object;
    readonly openedAt?: string;
    readonly severity?: HandledSeverity;
    readonly report?: { readonly onsetAt?: string; readonly awareAt?: string };
  };
  readonly status?: {
    readonly severity?: HandledSeverity;
    readonly closedAt?: string;
    readonly entries?: readonly {
      readonly type: string;
      readonly at: string;
      readonly actor?: string;
      readonly target?: string;
      readonly after?: string;
    }[];
    readonly postmortem?: {
      readonly verdict?: 'TruePositive' | 'FalsePositive';
      readonly harmConfirmed?: 'Confirmed' | 'RuledOut' | 'Unknown';
      readonly onsetAt?: string;
    };
  };
}

function time(text: string | undefined): number | null {
  const ms = Date.parse(text ?? '');
  return Number.isNaN(ms) ? null : ms;
}

const earliest = (a: number | null, b: number | null): number | null => (a === null || b === null ? (a ?? b) : Math.min(a, b));

/** Entries by which a record says that a decision which ends by itself was in force. */
const heldBy: ReadonlySet<string> = new Set(['Held', 'Accepted']);

/** Read without its schema: the operator reads all there are, again and again, and they are its own. */
export function toIncidentPart(object: unknown): IncidentPart | null {
  const { metadata, spec = {}, status = {} } = object as RawIncident;
  const detectedMs = time(spec.report === undefined ? spec.openedAt : spec.report.awareAt);
  if (detectedMs === null || metadata?.name === undefined) return null;
  const { entries = [], postmortem } = status;
  const first = (...types: readonly string[]): number | null => time(entries.find(({ type }) => types.includes(type))?.at);
  // By a person, or because its plan went: that says nothing of the cause.
  // Nor does one that was only found after a crash, which says no stage: whether the signal was good then nobody knows.
  const released = entries.find(({ type, actor, after }) => type === 'Released' && actor === 'operator' && after === 'none');
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    continues: spec.continues ?? null,
    decisions: entries.flatMap(({ type, target }) => (heldBy.has(type) && target !== undefined ? [target] : [])),
    isDry: spec.drill !== undefined || entries.some(({ type }) => type === 'WouldApply'),
    incident: {
      origin: spec.report === undefined ? 'Operator' : 'Reported',
      severity: status.severity ?? spec.severity ?? 'Medium',
      onsetMs: time(postmortem?.onsetAt) ?? time(spec.report?.onsetAt),
      detectedMs,
      acknowledgedMs: first('Acknowledged'),
      mitigatedMs: first('Verified'),
      remediatedMs: earliest(time(released?.at), first('RemediationSucceeded', ...(spec.report === undefined ? [] : ['Closed']))),
      closedMs: time(status.closedAt),
      verdict: postmortem?.verdict ?? null,
      harmConfirmed: postmortem?.harmConfirmed ?? null,
    },
  };
}

function merge(first: HandledIncident, later: HandledIncident): HandledIncident {
  return {
    ...first,
    severity: later.verdict === null ? first.severity : later.severity,
    onsetMs: first.onsetMs ?? later.onsetMs,
    acknowledgedMs: earliest(first.acknowledgedMs, later.acknowledgedMs),
    mitigatedMs: earliest(first.mitigatedMs, later.mitigatedMs),
    remediatedMs: earliest(first.remediatedMs, later.remediatedMs),
    closedMs: first.closedMs ?? later.closedMs,
    verdict: later.verdict ?? first.verdict,
    harmConfirmed: later.harmConfirmed ?? first.harmConfirmed,
  };
}

/** One incident a record, however many objects it fills. */
export function toHandledIncidents(parts: readonly IncidentPart[]): readonly HandledIncident[] {
  const byName = new Map(parts.map((part) => [`${part.namespace}/${part.name}`, part]));
  // Nothing the operator wrote goes in circles; what was put back by hand may.
  const rootOf = (part: IncidentPart, after: readonly IncidentPart[] = []): IncidentPart => {
    const before = part.continues === null ? undefined : byName.get(`${part.namespace}/${part.continues}`);
    return before === undefined || after.includes(before) ? part : rootOf(before, [...after, part]);
  };
  const merged = new Map<IncidentPart, { readonly incident: HandledIncident; readonly isDry: boolean }>();
  for (const part of parts.toSorted((a, b) => a.name.length - b.name.length || a.name.localeCompare(b.name))) {
    const root = rootOf(part);
    const known = merged.get(root);
    const incident = known === undefined ? part.incident : merge(known.incident, part.incident);
    merged.set(root, { incident, isDry: part.isDry || (known?.isDry ?? false) });
  }
  return [...merged.values()].flatMap(({ incident, isDry }) => (isDry ? [] : [incident]));
}

/** A decision of people, and what is known of whether it counted. */
export interface DecisionReading {
  readonly namespace: string;
  /** As the entries of records name it. */
  readonly target: string;
  /** By its condition; an entry may still say so where this does not. */
  readonly isCounted: boolean;
  readonly decision: CountedDecision;
}

interface RawDecision {
  readonly metadata?: { readonly namespace?: string; readonly name?: string; readonly creationTimestamp?: string };
  readonly spec?: { readonly action?: string; readonly minutesSpent?: number; readonly expiresAt?: string };
  readonly status?: { readonly conditions?: readonly { readonly type?: string; readonly status?: string; readonly reason?: string }[] };
}

/** An Accept is only said to have ended, or to be of a model that changed, when it had counted until then. */
function isOverAccept({ spec, status }: RawDecision, atMs: number): boolean {
  const reason = status?.conditions?.find(({ type }) => type === 'Valid')?.reason;
  const endMs = time(spec?.expiresAt);
  const ended = reason === 'Expired' && endMs !== null && endMs > atMs;
  return spec?.action === 'Accept' && (ended || reason === 'ModelChanged');
}

/** Null: it says no time. */
export function toDecisionReading(object: unknown): DecisionReading | null {
  const raw = object as RawDecision;
  const { metadata, spec, status } = raw;
  const atMs = time(metadata?.creationTimestamp);
  if (atMs === null) return null;
  const counts = status?.conditions?.some((each) => each.type === 'Valid' && each.status === 'True') ?? false;
  return {
    namespace: metadata?.namespace ?? '',
    target: `RiskDecision/${metadata?.name ?? ''}`,
    isCounted: counts || isOverAccept(raw, atMs),
    decision: { action: spec?.action ?? '', atMs, minutesSpent: spec?.minutesSpent ?? 0 },
  };
}

/** Those that count, and those that did: what was in force until it ended was no less a decision for that. */
export function toCountedDecisions(readings: readonly DecisionReading[], parts: readonly IncidentPart[]): readonly CountedDecision[] {
  const recorded = new Set(parts.flatMap(({ namespace, decisions }) => decisions.map((target) => `${namespace}/${target}`)));
  return readings.flatMap(({ namespace, target, isCounted, decision }) =>
    isCounted || recorded.has(`${namespace}/${target}`) ? [decision] : [],
  );
}

interface RawModel {
  readonly metadata?: { readonly namespace?: string; readonly name?: string };
  readonly spec?: { readonly lineage?: readonly { readonly kind?: string; readonly digest?: string }[] };
  readonly status?: {
    readonly review?: { readonly last?: string; readonly next?: string };
    readonly documentation?: { readonly lineageRequired?: readonly string[] };
  };
}

/** By its status: what a tier asks for the operator has said there. */
export function toReviewedModel(object: unknown, nowMs: number): ReviewedModel {
  const { metadata, spec, status } = object as RawModel;
  const { last, next } = status?.review ?? {};
  const dueMs = time(next);
  const required = status?.documentation?.lineageRequired ?? [];
  const pinned = new Set<string>(
    (spec?.lineage ?? []).flatMap(({ kind, digest }) => (kind === undefined || digest === undefined ? [] : [kind])),
  );
  return {
    name: `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`,
    isInScope: dueMs !== null,
    isCurrent: last !== undefined && dueMs !== null && dueMs > nowMs,
    lineage: { required, present: required.filter((kind) => pinned.has(kind)) },
  };
}
