import { fromInstant, toInstant } from '../api/instant.ts';
import type { DeadlineStatus, ReportingRule, TrackedFinding } from '../api/incident-acts.ts';
import { parseRiskDecision } from '../api/risk-decision.ts';
import type { RiskDecision } from '../api/risk-decision.ts';
import { isContinued, isOpenIncident } from '../api/open-incident.ts';
import { parseRiskIncident } from '../api/risk-incident.ts';
import type { RiskIncident } from '../api/risk-incident.ts';
import type { RiskPolicy } from '../api/risk-policy.ts';
import { deadlinesOf, deadlineState, untilDeadlineChanges } from '../core/incident/deadlines.ts';
import type { Deadline, ReportingDuty } from '../core/incident/deadlines.ts';
import type { EventRecorder, RecordedEvent } from '../kube/event-recorder.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import { writeStatus } from '../kube/status-writer.ts';
import type { StatusValue } from '../kube/status-writer.ts';
import type { WorkOutcome } from '../kube/work-queue.ts';
import type { Clock, EpochMs } from '../shared/clock.ts';
import type { Cluster } from './cluster.ts';
import { categoryKnownCondition } from './category-known.ts';
import { decisionTarget } from './decision-validity.ts';
import { incidentLinks } from './links.ts';
import type { Programme } from './programme.ts';
import type { QueueDefinition } from './queues.ts';
import { isHandledByPeople, recordParts } from './record-parts.ts';
import { reportTelling, toldCondition } from './told.ts';

export interface IncidentControllerOptions {
  readonly cluster: { readonly own: Pick<Cluster['own'], 'incidents' | 'decisions'> };
  readonly programme: Pick<Programme, 'risks' | 'policies'>;
  readonly recorder: Pick<EventRecorder, 'record'>;
  readonly clock: Clock;
}

function toDuty({ name, severities, categories, withinSeconds, warningSeconds }: ReportingRule): ReportingDuty {
  return { name, severities, categories: categories ?? null, withinMs: withinSeconds * 1000, warningMs: warningSeconds * 1000 };
}

function toDeadline({ name, due, warnAt, filedAt }: DeadlineStatus): Deadline {
  return { name, dueMs: fromInstant(due), warnMs: fromInstant(warnAt), filedMs: filedAt === undefined ? null : fromInstant(filedAt) };
}

function fromDeadline(deadline: Deadline, nowMs: EpochMs): DeadlineStatus {
  const { name, dueMs, warnMs, filedMs } = deadline;
  const filed = filedMs === null ? {} : { filedAt: toInstant(filedMs) };
  return { name, due: toInstant(dueMs), warnAt: toInstant(warnMs), state: deadlineState(deadline, nowMs), ...filed };
}

/** One object of a record, with the whole of it: an act on one part is on record in the last. */
interface WholeRecord {
  readonly incident: RiskIncident;
  /** Oldest first, `incident` among them. */
  readonly parts: readonly RiskIncident[];
  /** People have to do with it; of all others only the links are kept. */
  readonly isHandled: boolean;
}

/** Decisions on record, oldest first: what a record says happened counts, whatever was decided beside it. */
function decisionsOf({ incident, parts }: WholeRecord, type: string, { cluster }: IncidentControllerOptions): readonly RiskDecision[] {
  const decisions = cluster.own.decisions.store.byIndex('namespace', incident.metadata.namespace ?? '');
  return parts
    .flatMap(({ status }) => status.entries)
    .flatMap((entry) => {
      const found = entry.type === type ? decisions.find((object) => decisionTarget(object.metadata.name) === entry.target) : undefined;
      const parsed = found === undefined ? null : parseRiskDecision(found);
      return parsed?.ok === true ? [parsed.value] : [];
    });
}

interface Handled {
  readonly severity: string;
  readonly postmortem: RiskIncident['status']['postmortem'];
  /** Undefined: never, or the policy could not be read. */
  readonly dutiesAsked: string | undefined;
  readonly deadlines: readonly Deadline[];
  readonly findings: readonly TrackedFinding[];
}

function awareMs({ spec }: RiskIncident, postmortem: Handled['postmortem']): EpochMs | null {
  if (spec.report !== undefined) return fromInstant(spec.report.awareAt);
  return postmortem?.harmConfirmed === 'Confirmed' ? fromInstant(postmortem.at) : null;
}

function trackedIn(decision: RiskDecision, incident: RiskIncident, { programme }: IncidentControllerOptions): readonly TrackedFinding[] {
  const key = `${incident.metadata.namespace ?? ''}/${incident.spec.riskRef.name}`;
  const model = programme.risks.get(key)?.risk.spec;
  const has = (list: readonly { readonly name: string }[] | undefined, name: string | undefined): boolean =>
    list?.some((each) => each.name === name) ?? false;
  return (decision.spec.postmortem?.findings ?? []).map(({ name, remediation, indicator }) => {
    const isTracked = has(model?.remediations, remediation) || has(model?.indicators, indicator);
    const named = remediation === undefined ? { ...(indicator === undefined ? {} : { indicator }) } : { remediation };
    return { name, ...named, state: isTracked ? 'Tracked' : 'Open' };
  });
}

/** Of a model that is gone, the one its readings were taken under: whoever deletes a model takes no duty away. */
function policyOf({ spec, metadata }: RiskIncident, { programme }: IncidentControllerOptions): RiskPolicy | undefined {
  const risk = programme.risks.get(`${metadata.namespace ?? ''}/${spec.riskRef.name}`);
  const [read = ''] = spec.trigger[0]?.provider.split('/') ?? [];
  return programme.policies.get(risk?.risk.spec.policyRef.name ?? read);
}

/** Of what is over only a postmortem that is new may say something that has to be reported: a duty that came since concerns it no more. */
function mayBeginClocks({ parts }: WholeRecord, last: string | undefined): boolean {
  const isOver = parts.some(({ status }) => status.closedAt !== undefined);
  return !isOver || (last !== undefined && parts.every(({ status }) => status.dutiesAsked !== last));
}

function handle(record: WholeRecord, options: IncidentControllerOptions): Handled {
  const { incident, parts } = record;
  const { spec, status } = incident;
  const looked = decisionsOf(record, 'Postmortem', options);
  const last = looked.at(-1);
  const postmortem = last === undefined ? status.postmortem : toPostmortem(last);
  const severity = looked.findLast((each) => each.spec.postmortem?.severity !== undefined)?.spec.postmortem?.severity;
  const inForce = severity ?? status.severity ?? spec.severity ?? 'Medium';
  const policy = policyOf(incident, options);
  const duties = mayBeginClocks(record, last?.metadata.name) ? (policy?.spec.reporting ?? []) : [];
  const filed = decisionsOf(record, 'ReportFiled', options).flatMap(({ spec: { filed: report } }) =>
    report === undefined ? [] : [[report.reporting, fromInstant(report.at)] as const],
  );
  const deadlines = deadlinesOf(
    duties.map(toDuty),
    { severity: inForce, categories: spec.categories ?? [], awareMs: awareMs(incident, postmortem) },
    { known: parts.flatMap((part) => part.status.deadlines.map(toDeadline)), filed: new Map(filed) },
  );
  return {
    severity: inForce,
    postmortem,
    dutiesAsked: policy === undefined ? status.dutiesAsked : last?.metadata.name,
    deadlines,
    findings: last === undefined ? status.findings : trackedIn(last, incident, options),
  };
}

function toPostmortem({ metadata, spec }: RiskDecision): Handled['postmortem'] {
  if (spec.postmortem === undefined) return undefined;
  const { verdict, harmConfirmed, actualLoss, onsetAt } = spec.postmortem;
  const known = { ...(actualLoss === undefined ? {} : { actualLoss }), ...(onsetAt === undefined ? {} : { onsetAt }) };
  return { decision: metadata.name, by: spec.author ?? '', at: metadata.creationTimestamp, verdict, harmConfirmed, ...known };
}

/** Told when a report falls due, and when it was not made. */
function deadlineEvents(
  object: UntypedObject,
  before: readonly DeadlineStatus[],
  now: readonly DeadlineStatus[],
): readonly RecordedEvent[] {
  return now.flatMap(({ name, due, state }): readonly RecordedEvent[] => {
    if (before.find((each) => each.name === name)?.state === state) return [];
    const what = `Report ${name} of this incident`;
    const how = 'Create a RiskDecision with action FileReport once it is made (kubectl modelrisk file-report).';
    if (state === 'DueSoon')
      return [{ regarding: object, type: 'Warning', reason: 'ReportDueSoon', action: 'Handle', note: `${what} is due at ${due}. ${how}` }];
    if (state === 'Overdue')
      return [{ regarding: object, type: 'Warning', reason: 'ReportOverdue', action: 'Handle', note: `${what} was due at ${due}. ${how}` }];
    if (state === 'Filed' || state === 'FiledLate')
      return [{ regarding: object, type: 'Normal', reason: `Report${state}`, action: 'Handle', note: `${what}, due at ${due}, was made.` }];
    return [];
  });
}

const longestWaitMs = 86_400_000;

/** Keeps what people know of an incident beside its record: severity, postmortem, reports that are due, findings; and while it is open where to look. */
export function incidentQueue(options: IncidentControllerOptions): QueueDefinition {
  return { name: 'incident', workers: 2, handle: createIncidentController(options) };
}

/** While it is open, and of a person: a plan says of itself whom it tells, and its categories are those of its model. */
function conditionsOf(incident: RiskIncident, options: IncidentControllerOptions): RiskIncident['status']['conditions'] {
  const { metadata, spec, status } = incident;
  const others = status.conditions.filter(({ type }) => type !== 'Told' && type !== 'CategoryKnown');
  if (spec.report === undefined || !isOpenIncident({ spec, status })) return others;
  const { name, uid } = spec.riskRef;
  const category = categoryKnownCondition(spec.report.category, policyOf(incident, options));
  const now = [
    { type: 'Told', ...toldCondition(reportTelling({ namespace: metadata.namespace ?? '', name, uid }, options.programme)) },
    ...(category === null ? [] : [{ type: 'CategoryKnown', ...category }]),
  ];
  return [
    ...others,
    ...now.map((each) => {
      const before = status.conditions.find(({ type }) => type === each.type);
      const lastTransitionTime = before?.status === each.status ? before.lastTransitionTime : toInstant(options.clock.nowMs());
      return { ...each, lastTransitionTime, observedGeneration: 1 };
    }),
  ];
}

function readRecord(object: UntypedObject, { cluster }: IncidentControllerOptions): WholeRecord | null {
  const objects = recordParts(object, cluster.own.incidents.store);
  const isHandled = objects.some(isHandledByPeople);
  if (!isHandled && !isOpenIncident(object)) return null;
  const parts = objects.flatMap((each) => {
    const parsed = parseRiskIncident(each);
    return parsed.ok ? [parsed.value] : [];
  });
  const incident = parts.find(({ metadata }) => metadata.uid === object.metadata.uid);
  return incident === undefined ? null : { incident, parts, isHandled };
}

function createIncidentController(options: IncidentControllerOptions): (key: string) => Promise<WorkOutcome> {
  const { cluster, clock, recorder } = options;
  const { store, client } = cluster.own.incidents;
  return async (key) => {
    const object = store.get(key);
    const record = object === undefined ? null : readRecord(object, options);
    if (object === undefined || record === null) return { kind: 'Done' };
    const nowMs = clock.nowMs();
    const handled = record.isHandled ? handle(record, options) : null;
    const told = (handled?.deadlines ?? []).map((deadline) => fromDeadline(deadline, nowMs));
    const stored = (object as { readonly status?: StatusValue }).status ?? {};
    const links = isOpenIncident(object) ? { links: incidentLinks(object, options.programme).map((each) => ({ ...each })) } : {};
    const kept = {
      ...stored,
      ...links,
      ...(handled === null ? {} : handledStatus(handled, { told, conditions: conditionsOf(record.incident, options), stored })),
    };
    const { links: found, ...unlinked } = kept;
    const written = await writeStatus(client, object, Array.isArray(found) && found.length === 0 ? unlinked : kept);
    if (!written.ok) return written.failure.kind === 'NotFound' ? { kind: 'Done' } : { kind: 'Retry' };
    if (written.value.kind === 'Written' && !isContinued(object))
      for (const event of deadlineEvents(object, knownDeadlines(record), told)) recorder.record(event);
    const waitMs = untilDeadlineChanges(handled?.deadlines ?? [], nowMs);
    return waitMs === null ? { kind: 'Done' } : { kind: 'Again', afterMs: Math.min(waitMs, longestWaitMs), priority: 'Status' };
  };
}

function handledStatus(
  { severity, postmortem, dutiesAsked, findings }: Handled,
  {
    told,
    conditions,
    stored,
  }: {
    readonly told: readonly DeadlineStatus[];
    readonly conditions: RiskIncident['status']['conditions'];
    readonly stored: StatusValue;
  },
): StatusValue {
  return {
    severity,
    ...(postmortem === undefined ? {} : { postmortem: { ...postmortem } }),
    ...(dutiesAsked === undefined ? {} : { dutiesAsked }),
    ...(told.length === 0 ? {} : { deadlines: told.map((each) => ({ ...each })) }),
    // A last postmortem without findings takes back those of the one before.
    ...(findings.length === 0 && stored['findings'] === undefined ? {} : { findings: findings.map((each) => ({ ...each })) }),
    ...(conditions.length === 0 ? {} : { conditions: conditions.map((each) => ({ ...each })) }),
  };
}

/** As this part says, or the one before it where the record has only just come here. */
function knownDeadlines({ incident, parts }: WholeRecord): readonly DeadlineStatus[] {
  return [...incident.status.deadlines, ...parts.toReversed().flatMap(({ status }) => status.deadlines)];
}
