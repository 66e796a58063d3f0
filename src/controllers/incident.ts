import { fromInstant, toInstant } from '../api/instant.ts';
import type { DeadlineStatus, ReportingRule, TrackedFinding } from '../api/incident-acts.ts';
import { parseRiskDecision } from '../api/risk-decision.ts';
import type { RiskDecision } from '../api/risk-decision.ts';
import type { RiskPolicy } from '../api/risk-policy.ts';
import { parseRiskIncident } from '../api/risk-incident.ts';
import type { RiskIncident } from '../api/risk-incident.ts';
import { deadlinesOf, deadlineState, untilDeadlineChanges } from '../core/incident/deadlines.ts';
import type { Deadline, ReportingDuty } from '../core/incident/deadlines.ts';
import type { EventRecorder, RecordedEvent } from '../kube/event-recorder.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import { writeStatus } from '../kube/status-writer.ts';
import type { StatusValue } from '../kube/status-writer.ts';
import type { WorkOutcome } from '../kube/work-queue.ts';
import type { Clock, EpochMs } from '../shared/clock.ts';
import type { Cluster } from './cluster.ts';
import { decisionTarget } from './decision-validity.ts';
import type { Programme } from './programme.ts';
import type { QueueDefinition } from './queues.ts';

export interface IncidentControllerOptions {
  readonly cluster: { readonly own: Pick<Cluster['own'], 'incidents' | 'decisions'> };
  readonly programme: Pick<Programme, 'risks' | 'policies'>;
  readonly recorder: Pick<EventRecorder, 'record'>;
  readonly clock: Clock;
}

/** A person reported it, or looked back at it: nothing else has a clock or a finding. */
export function isHandledByPeople(object: UntypedObject): boolean {
  const { spec, status } = object as {
    readonly spec?: { readonly report?: object };
    readonly status?: { readonly entries?: readonly { readonly type?: string }[] };
  };
  return spec?.report !== undefined || (status?.entries?.some(({ type }) => type === 'Postmortem') ?? false);
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

/** Decisions on record, oldest first: what a record says happened counts, whatever was decided beside it. */
function decisionsOf({ status, metadata }: RiskIncident, type: string, { cluster }: IncidentControllerOptions): readonly RiskDecision[] {
  const namespace = metadata.namespace ?? '';
  const decisions = cluster.own.decisions.store.byIndex('namespace', namespace);
  return status.entries.flatMap((entry) => {
    const found = entry.type === type ? decisions.find((object) => decisionTarget(object.metadata.name) === entry.target) : undefined;
    const parsed = found === undefined ? null : parseRiskDecision(found);
    return parsed?.ok === true ? [parsed.value] : [];
  });
}

interface Handled {
  readonly severity: string;
  readonly postmortem: RiskIncident['status']['postmortem'];
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

function handle(incident: RiskIncident, options: IncidentControllerOptions): Handled {
  const { spec, status } = incident;
  const looked = decisionsOf(incident, 'Postmortem', options);
  const last = looked.at(-1);
  const postmortem = last === undefined ? status.postmortem : toPostmortem(last);
  const severity = looked.findLast((each) => each.spec.postmortem?.severity !== undefined)?.spec.postmortem?.severity;
  const inForce = severity ?? status.severity ?? spec.severity ?? 'Medium';
  const policy = policyOf(incident, options);
  const filed = decisionsOf(incident, 'ReportFiled', options).flatMap(({ spec: { filed: report } }) =>
    report === undefined ? [] : [[report.reporting, fromInstant(report.at)] as const],
  );
  const deadlines = deadlinesOf(
    (policy?.spec.reporting ?? []).map(toDuty),
    { severity: inForce, categories: spec.categories ?? [], awareMs: awareMs(incident, postmortem) },
    { known: status.deadlines.map(toDeadline), filed: new Map(filed) },
  );
  return { severity: inForce, postmortem, deadlines, findings: last === undefined ? status.findings : trackedIn(last, incident, options) };
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

/** Keeps what people know of an incident beside its record: severity, postmortem, reports that are due, findings. */
export function incidentQueue(options: IncidentControllerOptions): QueueDefinition {
  return { name: 'incident', workers: 2, handle: createIncidentController(options) };
}

function createIncidentController(options: IncidentControllerOptions): (key: string) => Promise<WorkOutcome> {
  const { cluster, clock, recorder } = options;
  const { store, client } = cluster.own.incidents;
  return async (key) => {
    const object = store.get(key);
    if (object === undefined || !isHandledByPeople(object)) return { kind: 'Done' };
    const parsed = parseRiskIncident(object);
    if (!parsed.ok) return { kind: 'Done' };
    const nowMs = clock.nowMs();
    const { severity, postmortem, deadlines, findings } = handle(parsed.value, options);
    const told = deadlines.map((deadline) => fromDeadline(deadline, nowMs));
    const stored = (object as { readonly status?: StatusValue }).status ?? {};
    const status = {
      ...stored,
      severity,
      ...(postmortem === undefined ? {} : { postmortem: { ...postmortem } }),
      ...(told.length === 0 ? {} : { deadlines: told.map((each) => ({ ...each })) }),
      // A last postmortem without findings takes back those of the one before.
      ...(findings.length === 0 && stored['findings'] === undefined ? {} : { findings: findings.map((each) => ({ ...each })) }),
    };
    const written = await writeStatus(client, object, status);
    if (!written.ok) return written.failure.kind === 'NotFound' ? { kind: 'Done' } : { kind: 'Retry' };
    if (written.value.kind === 'Written')
      for (const event of deadlineEvents(object, parsed.value.status.deadlines, told)) recorder.record(event);
    const waitMs = untilDeadlineChanges(deadlines, nowMs);
    return waitMs === null ? { kind: 'Done' } : { kind: 'Again', afterMs: Math.min(waitMs, longestWaitMs), priority: 'Status' };
  };
}
