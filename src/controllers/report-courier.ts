import { toInstant, fromInstant } from '../api/instant.ts';
import type { Receiver, RiskPolicy } from '../api/risk-policy.ts';
import { defaultPeriodDays, deliveryCondition, reportTimes } from '../api/scheduled-report.ts';
import type { ReportDelivery, ScheduledReport } from '../api/scheduled-report.ts';
import { renderReport } from '../core/report/render.ts';
import { reportDue } from '../core/report/schedule.ts';
import { mergeConditions } from '../kube/conditions.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { ResourceClient } from '../kube/resource-client.ts';
import { writeStatus } from '../kube/status-writer.ts';
import type { StatusValue } from '../kube/status-writer.ts';
import type { WorkOutcome } from '../kube/work-queue.ts';
import { reportCloudEvent, reportWebhookMessage } from '../notifications/report-message.ts';
import type { NoticeMessage } from '../notifications/notice.ts';
import type { ReportParcel } from '../notifications/report-message.ts';
import { composeReport } from '../report/compose.ts';
import type { ReportAsk } from '../report/compose.ts';
import { createObjectReader, readAhead } from '../report/objects.ts';
import type { Clock, EpochMs } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Cluster } from './cluster.ts';
import { deliver } from './delivery.ts';
import type { DeliveryWays } from './delivery.ts';
import { previousConditions } from './mitigation-plan.ts';
import type { Programme } from './programme.ts';
import { scheduledPack } from './scheduled-pack.ts';

export interface ReportCourierOptions {
  readonly cluster: Pick<Cluster, 'own' | 'namespace' | 'targets'>;
  readonly programme: Pick<Programme, 'policies' | 'risks' | 'plansOf'>;
  /** RiskChainHeads. */
  readonly heads: Pick<ResourceClient<UntypedObject>, 'get'>;
  readonly ways: DeliveryWays;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Pick<Metrics, 'reportDeliveries'>;
}

/** Timers hold no more than 24 days, and a clock that is set is followed within one. */
const longestWaitMs = 86_400_000;

/** Ranking draws for each: a thousand held up everything else of the process for longer than its lease lasts. */
const mostRanked = 100;

/** What no attempt will change is looked at again only because a policy, or what it reports on, may. */
const refusedForMs = 600_000;

/** As whoever sends them wrote it; undefined: nobody has. */
export function deliveriesIn(object: UntypedObject): readonly ReportDelivery[] | undefined {
  return (object as { readonly status?: { readonly reports?: readonly ReportDelivery[] } }).status?.reports;
}

interface Failing {
  readonly message: string;
  readonly retryAfterMs: number | null;
  /** It is not tried again by itself. */
  readonly isRefused: boolean;
}

interface Errand {
  readonly object: UntypedObject;
  readonly policy: RiskPolicy;
  readonly report: ScheduledReport;
  readonly dueMs: EpochMs;
  /** Null: it is the last of all. */
  readonly nextMs: EpochMs | null;
}

/**
 * Sends the reports of policies when they are due, one report a key (`policy/report`). What arrived stands in the status of the policy, so a
 * restart and another leader go on from there. A report arrives at least once: a process that ends between the answer of the receiver and
 * that write sends it again, under the same id.
 */
class ReportCourier {
  readonly #options: ReportCourierOptions;
  /** By uid of the policy and report: arrived, though the status may not say so yet. */
  readonly #sent = new Map<string, { readonly dueMs: EpochMs; readonly atMs: EpochMs }>();

  constructor(options: ReportCourierOptions) {
    this.#options = options;
  }

  async reconcile(key: string): Promise<WorkOutcome> {
    const { cluster, programme, clock } = this.#options;
    const [policyName = '', reportName = ''] = key.split('/');
    const object = cluster.own.policies.store.get(policyName);
    const policy = programme.policies.get(policyName);
    const report = policy?.spec.reports?.find(({ name }) => name === reportName);
    if (object === undefined || policy === undefined || report === undefined || !this.#isOurs(policyName)) return { kind: 'Done' };
    const known = deliveriesIn(object)?.find(({ name }) => name === reportName);
    const recordedMs = known?.sentFor === undefined ? null : fromInstant(known.sentFor);
    const sent = this.#sent.get(`${object.metadata.uid}/${reportName}`) ?? null;
    const sentForMs = sent === null ? recordedMs : Math.max(sent.dueMs, recordedMs ?? sent.dueMs);
    const times = reportTimes(report, clock.nowMs());
    // Condition Ready of the policy says which line and what to write.
    if (!times.ok) return { kind: 'Done' };
    const due = reportDue(times.value, sentForMs);
    if (due.kind === 'Now') return this.#send({ object, policy, report, dueMs: due.dueMs, nextMs: times.value.nextMs });
    if (sent !== null && recordedMs !== sent.dueMs && !(await this.#record(object, policy, arrived(reportName, sent))))
      return { kind: 'Retry' };
    return this.#later(due.kind === 'Never' ? null : due.atMs);
  }

  /** Two operators of a namespace each would send each other's halves: only who guards a model of the policy speaks for it. */
  #isOurs(policy: string): boolean {
    const { cluster, programme } = this.#options;
    return cluster.namespace === null || [...programme.risks.values()].some(({ risk }) => risk.spec.policyRef.name === policy);
  }

  #later(atMs: EpochMs | null): WorkOutcome {
    if (atMs === null) return { kind: 'Done' };
    const leftMs = Math.max(0, atMs - this.#options.clock.nowMs());
    return { kind: 'Again', afterMs: Math.min(leftMs, longestWaitMs), priority: 'Resync' };
  }

  async #send(errand: Errand): Promise<WorkOutcome> {
    const { clock, metrics } = this.#options;
    const { object, policy, report, dueMs, nextMs } = errand;
    const done = await this.#deliver(errand);
    metrics.reportDeliveries.inc({ report: report.name, result: done.ok ? 'Delivered' : 'Failed' });
    if (!done.ok) return this.#fail(errand, done.failure);
    const sent = { dueMs, atMs: clock.nowMs() };
    this.#sent.set(`${object.metadata.uid}/${report.name}`, sent);
    const isRecorded = await this.#record(object, policy, arrived(report.name, sent));
    return isRecorded ? this.#later(nextMs) : { kind: 'Retry' };
  }

  async #deliver(errand: Errand): Promise<Result<null, Failing>> {
    const { policy, report, object, dueMs } = errand;
    const receiver = receiverOf(policy, report);
    if (!receiver.ok) return failure({ message: receiver.failure, retryAfterMs: null, isRefused: true });
    const composed = await this.#compose(errand);
    if (!composed.ok) return failure({ message: `${composed.failure}.`, retryAfterMs: null, isRefused: true });
    const due = toInstant(dueMs);
    const id = `${object.metadata.uid}/report/${report.name}/${due}`;
    const parcel = { ...composed.value, id, policy: policy.metadata.name, name: report.name, due, format: report.format };
    const message = 'webhook' in receiver.value ? reportWebhookMessage(parcel) : reportCloudEvent(parcel);
    const sent = await deliver(this.#options.ways, receiver.value, { id, message });
    if (sent.ok) return sent;
    const { message: cause, retryAfterMs, isTooLarge } = sent.failure;
    if (isTooLarge === true) return failure({ message: tooLarge(cause, message, report), retryAfterMs: null, isRefused: true });
    return failure({ message: `${cause}; it is tried again until the next is due.`, retryAfterMs, isRefused: false });
  }

  /** Of the models under this policy, as things stand. */
  async #compose({ policy, report }: Errand): Promise<Result<Pick<ReportParcel, 'title' | 'scope' | 'content'>, string>> {
    const { cluster, clock, programme, heads } = this.#options;
    const { risks, plans, incidents, decisions, policies } = cluster.own;
    const all = {
      modelRisks: risks.store.list(),
      plans: plans.store.list(),
      incidents: incidents.store.list(),
      decisions: decisions.store.list(),
      policies: policies.store.list(),
    };
    const reader = createObjectReader();
    const nowMs = clock.nowMs();
    const pause = (): Promise<void> =>
      new Promise((resolve) => {
        clock.after(0, resolve);
      });
    await readAhead(all, { reader, pause });
    const composed =
      report.kind === 'Pack'
        ? await scheduledPack(
            all,
            { policy: policy.metadata.name, framework: report.framework ?? null },
            { cluster, programme, heads, reader, pause, nowMs },
          )
        : composeReport(all, askOf(policy, report, cluster.namespace), { nowMs, reader });
    if (!composed.ok) return composed;
    const { title, scope } = composed.value;
    return success({ title, scope, content: renderReport(composed.value, report.format) });
  }

  async #fail({ object, policy, report, dueMs }: Errand, { message, retryAfterMs, isRefused }: Failing): Promise<WorkOutcome> {
    const due = toInstant(dueMs);
    this.#options.log.warn({ policy: policy.metadata.name, report: report.name, due, message }, 'a report could not be delivered');
    const known = deliveriesIn(object)?.find(({ name }) => name === report.name);
    // Each attempt fails in its own words: the first of each due time is written, the others are in the log.
    if (known?.failing?.due !== due) {
      const failing = { due, since: toInstant(this.#options.clock.nowMs()), message: message.slice(0, 1024) };
      await this.#record(object, policy, { ...(known ?? {}), name: report.name, failing });
    }
    if (isRefused) return { kind: 'Again', afterMs: refusedForMs, priority: 'Resync' };
    return { kind: 'Retry', ...(retryAfterMs === null ? {} : { afterMs: retryAfterMs }) };
  }

  /** With the condition that follows from it, in one write. False: it has to be tried again on what stands then. */
  async #record(object: UntypedObject, policy: RiskPolicy, delivery: ReportDelivery): Promise<boolean> {
    const { cluster, clock } = this.#options;
    const reports = policy.spec.reports ?? [];
    const before = deliveriesIn(object) ?? [];
    // Of a report that is no longer sent nothing has to be known.
    const kept = before.filter(({ name }) => name !== delivery.name && reports.some((each) => each.name === name));
    const deliveries = [...kept, delivery];
    const generation = object.metadata.generation ?? 0;
    const previous = previousConditions(object);
    const [condition] = mergeConditions(previous, deliveryCondition(reports, deliveries), { nowMs: clock.nowMs(), generation });
    const others = previous.filter(({ type }) => type !== condition?.type);
    const status = (object as { readonly status?: StatusValue }).status ?? {};
    const conditions = condition === undefined ? others : [...others, condition];
    const next = JSON.parse(JSON.stringify({ ...status, conditions, reports: deliveries })) as StatusValue;
    const written = await writeStatus(cluster.own.policies.client, object, next);
    return written.ok || written.failure.kind === 'NotFound';
  }
}

function tooLarge(cause: string, { body }: NoticeMessage, { format }: ScheduledReport): string {
  const megabytes = (Buffer.byteLength(body) / 1e6).toFixed(1);
  return `${cause}: the report as ${format} is ${megabytes} MB; write reports[].tier, another format (md is the smallest), or a receiver that takes as much.`;
}

function arrived(name: string, { dueMs, atMs }: { readonly dueMs: EpochMs; readonly atMs: EpochMs }): ReportDelivery {
  return { name, sentFor: toInstant(dueMs), sentAt: toInstant(atMs) };
}

/** The server refuses both; a policy stored before it did may still say so. */
function receiverOf({ spec }: RiskPolicy, { receiver: wanted }: ScheduledReport): Result<Receiver, string> {
  const receiver = spec.receivers.find(({ name }) => name === wanted);
  if (receiver === undefined) return failure(`the policy has no such receiver; correct reports[].receiver or add it.`);
  if ('alertmanager' in receiver) return failure('an Alertmanager carries alerts, no reports; name a webhook or cloudEvents receiver.');
  return success(receiver);
}

function askOf({ metadata }: RiskPolicy, { tier, periodDays = defaultPeriodDays }: ScheduledReport, namespace: string | null): ReportAsk {
  const wide = { periodDays, namespace, policy: metadata.name, mostRanked };
  return tier === undefined ? { ...wide, kind: 'Programme' } : { ...wide, kind: 'Tier', tier };
}

export function createReportCourier(options: ReportCourierOptions): (key: string) => Promise<WorkOutcome> {
  const courier = new ReportCourier(options);
  return (key) => courier.reconcile(key);
}
