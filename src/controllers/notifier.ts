import { toInstant } from '../api/instant.ts';
import type { Receiver } from '../api/risk-policy.ts';
import type { ObjectReference, UntypedObject } from '../kube/kube-object.ts';
import { referenceOf } from '../kube/kube-object.ts';
import type { ResourceClient } from '../kube/resource-client.ts';
import type { WorkOutcome } from '../kube/work-queue.ts';
import { alertmanagerMessage, refreshMs } from '../notifications/alertmanager.ts';
import { cloudEventMessage } from '../notifications/cloud-event.ts';
import type { Notice, NoticeMessage } from '../notifications/notice.ts';
import { dueDuty, dueNotice, isOver, standingNotice } from '../notifications/schedule.ts';
import type { Due, Told } from '../notifications/schedule.ts';
import type { DeliveryFailure } from '../notifications/sender.ts';
import { webhookMessage } from '../notifications/webhook.ts';
import type { Clock, EpochMs } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import type { Result } from '../shared/result.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { deliver } from './delivery.ts';
import type { DeliveryWays } from './delivery.ts';
import type { IncidentView, NotifyBook } from './notify-book.ts';

export interface NotifierOptions extends DeliveryWays {
  readonly book: NotifyBook;
  readonly incidents: Pick<ResourceClient<UntypedObject>, 'get' | 'patch'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Pick<Metrics, 'notifications'>;
}

/** The end of an incident that could not be told for so long is news to nobody. */
const givenUpAfterMs = 86_400_000;

/** Where nothing says how long an alert may fire that nobody tells again. */
const defaultHoldMs = 14_400_000;

/** What one delivery needs beside the notice. */
interface Recipient {
  readonly key: string;
  readonly receiver: Receiver;
}

/**
 * Tells receivers of what the records say, one receiver a key: a slow one delays itself only. What was told stands in the record. A
 * notice is told at least once: a process that ends between the answer of a receiver and that write tells it again, under the same id.
 */
class Notifier {
  readonly #options: NotifierOptions;
  /** By record and receiver: told, though the record may not say so yet. */
  readonly #told = new Map<string, Told>();
  /** By record and receiver: when an Alertmanager last heard of it from this process. */
  readonly #refreshed = new Map<string, EpochMs>();
  readonly #dropped = new Set<string>();

  constructor(options: NotifierOptions) {
    this.#options = options;
  }

  async reconcile(key: string): Promise<WorkOutcome> {
    const { book, clock } = this.#options;
    this.#forgetGone();
    const receiver = book.receiver(key);
    if (receiver === null) return { kind: 'Done' };
    const outcomes: Outcome[] = [];
    for (const view of book.incidentsOf(key.split('/')[0] ?? '')) {
      const outcome = await this.#tell(view, { key, receiver });
      outcomes.push(outcome);
      if (outcome.kind === 'Unreachable') break;
    }
    const failed = outcomes.find(({ kind }) => kind === 'Unreachable' || kind === 'Failed');
    if (failed !== undefined) return { kind: 'Retry', ...(failed.afterMs === null ? {} : { afterMs: failed.afterMs }) };
    const next = Math.min(...outcomes.map(({ atMs }) => atMs));
    return Number.isFinite(next) ? { kind: 'Again', afterMs: Math.max(0, next - clock.nowMs()), priority: 'Status' } : { kind: 'Done' };
  }

  /** Records are deleted by people, or with their namespace. */
  #forgetGone(): void {
    const kept = [this.#told, this.#refreshed, this.#dropped];
    if (kept.every(({ size }) => size === 0)) return;
    const recorded = this.#options.book.recorded();
    for (const each of kept) for (const id of each.keys()) if (!recorded.has(id.slice(0, id.indexOf('/')))) each.delete(id);
  }

  async #tell(view: IncidentView, recipient: Recipient): Promise<Outcome> {
    const { name } = recipient.receiver;
    const id = `${view.incident.uid}/${name}`;
    const onRecord = view.told.get(name) ?? null;
    const told = newer(onRecord, this.#told.get(id) ?? null);
    const due = this.#dueOf(view, { recipient, told, id });
    if (due.kind === 'Now') return this.#deliver(view, { recipient, id, notice: due.notice });
    if (told !== null && told !== onRecord && !(await this.#save(view, name, told))) return again(null);
    if (told === onRecord) this.#told.delete(id);
    if (due.kind === 'Nothing') this.#refreshed.delete(id);
    return { kind: 'Fine', atMs: due.kind === 'Later' ? due.atMs : Infinity, afterMs: null };
  }

  #dueOf(view: IncidentView, { recipient, told, id }: { recipient: Recipient; told: Told | null; id: string }): Due {
    const { incident } = view;
    const nowMs = this.#options.clock.nowMs();
    const repeats = !('alertmanager' in recipient.receiver);
    const plan = view.plan === null || repeats ? view.plan : { ...view.plan, repeatMs: Infinity };
    const known = { receiver: recipient.receiver.name, plan, told };
    const due = dueNotice(incident, known, nowMs);
    if (due.kind === 'Now' && !this.#isGivenUp(due.notice, id, nowMs)) return due;
    const duty = dueDuty(incident, { ...known, endsAlerts: !repeats });
    if (duty !== null) return { kind: 'Now', notice: duty };
    if (due.kind === 'Now') return { kind: 'Nothing' };
    const fires = !isOver(incident) || incident.duties.some(({ state }) => state !== 'Filed');
    if (repeats || told === null || !fires) return due;
    const atMs = (this.#refreshed.get(id) ?? 0) + refreshMs;
    const notice = standingNotice(incident);
    return nowMs < atMs || notice === null ? { kind: 'Later', atMs } : { kind: 'Now', notice };
  }

  #isGivenUp({ isOver: over, newest, id: noticeID }: Notice, id: string, nowMs: EpochMs): boolean {
    if (!over || nowMs - Date.parse(newest.at) < givenUpAfterMs) return false;
    if (this.#dropped.has(id)) return true;
    this.#dropped.add(id);
    this.#options.metrics.notifications.inc({ receiver: id.slice(id.indexOf('/') + 1), result: 'Dropped' });
    this.#options.log.error({ notice: noticeID }, 'the end of an incident could not be told to a receiver for a day; it is given up');
    return true;
  }

  async #deliver(view: IncidentView, { recipient, id, notice }: { recipient: Recipient; id: string; notice: Notice }): Promise<Outcome> {
    const { clock, log, metrics } = this.#options;
    const { name } = recipient.receiver;
    const sent = await this.#send(view, recipient, notice);
    metrics.notifications.inc({ receiver: name, result: sent.ok ? 'Delivered' : 'Failed' });
    if (!sent.ok) {
      const { message, retryAfterMs, isAnswer } = sent.failure;
      log.warn(
        { receiver: recipient.key, namespace: view.incident.namespace, incident: view.incident.name, notice: notice.id, message },
        'a receiver could not be told; it is tried again',
      );
      return { kind: isAnswer ? 'Failed' : 'Unreachable', atMs: Infinity, afterMs: retryAfterMs };
    }
    const nowMs = clock.nowMs();
    this.#refreshed.set(id, nowMs);
    const known = this.#told.get(id) ?? view.told.get(name) ?? null;
    // What an Alertmanager is told again is nothing new, and steady state writes nothing.
    const isRefresh = 'alertmanager' in recipient.receiver && notice.duty === null && known?.seq === notice.newest.seq;
    if (isRefresh) return again(nowMs + refreshMs);
    const told = { seq: notice.newest.seq, atMs: nowMs, duties: toldDuties(known, notice) };
    this.#told.set(id, told);
    return (await this.#save(view, name, told)) ? again(nowMs) : again(null);
  }

  #send(view: IncidentView, { receiver }: Recipient, notice: Notice): Promise<Result<null, DeliveryFailure>> {
    return deliver(this.#options, receiver, { id: notice.id, message: this.#messageOf(view, receiver, notice) });
  }

  #messageOf(view: IncidentView, receiver: Receiver, notice: Notice): NoticeMessage {
    if ('webhook' in receiver) return webhookMessage(notice);
    if ('cloudEvents' in receiver) return cloudEventMessage(notice);
    const holdMs = Math.max(view.plan?.repeatMs ?? defaultHoldMs, 3 * refreshMs);
    return alertmanagerMessage(notice, { receiver: receiver.name, nowMs: this.#options.clock.nowMs(), holdMs });
  }

  /** Beside entries that may be appended meanwhile: a lost race is tried again on what stands then. */
  async #save({ object, incident }: IncidentView, receiver: string, { seq, atMs, duties }: Told): Promise<boolean> {
    const reference: ObjectReference = referenceOf(object);
    const { incidents } = this.#options;
    const live = await incidents.get(reference);
    if (!live.ok) return live.failure.kind === 'NotFound';
    if (live.value.metadata.uid !== incident.uid) return true;
    const { status } = live.value as { readonly status?: { readonly notifications?: readonly { readonly receiver: string }[] } };
    const others = (status?.notifications ?? []).filter((each) => each.receiver !== receiver);
    const said = duties.length === 0 ? {} : { duties: duties.map((each) => ({ ...each })) };
    const value = [...others, { receiver, seq, at: toInstant(atMs), ...said }] as { receiver: string; seq: number; at: string }[];
    const written = await incidents.patch(
      reference,
      [
        { op: 'test', path: '/metadata/resourceVersion', value: live.value.metadata.resourceVersion },
        { op: 'add', path: '/status/notifications', value },
      ],
      'status',
    );
    return written.ok || written.failure.kind === 'NotFound';
  }
}

interface Outcome {
  readonly kind: 'Fine' | 'Failed' | 'Unreachable';
  /** When there may be something to tell next, should nothing happen before. */
  readonly atMs: EpochMs;
  readonly afterMs: number | null;
}

/** Looked at again then; null: it was told, but the record does not say so yet. */
function again(atMs: EpochMs | null): Outcome {
  return atMs === null ? { kind: 'Failed', atMs: Infinity, afterMs: null } : { kind: 'Fine', atMs, afterMs: null };
}

function toldDuties(known: Told | null, { duty }: Notice): Told['duties'] {
  const before = known?.duties ?? [];
  if (duty === null) return before;
  return [...before.filter(({ name }) => name !== duty.name), { name: duty.name, state: duty.state }];
}

function newer(a: Told | null, b: Told | null): Told | null {
  if (a === null || b === null) return a ?? b;
  return b.atMs > a.atMs ? b : a;
}

export function createNotifier(options: NotifierOptions): (key: string) => Promise<WorkOutcome> {
  const notifier = new Notifier(options);
  return (key) => notifier.reconcile(key);
}
