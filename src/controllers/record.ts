import { fromInstant, toInstant } from '../api/instant.ts';
import { incidentName } from '../core/audit-chain.ts';
import type { EntryDraft } from '../core/audit-chain.ts';
import { catchUpHead, createLogBook, recordEngagement } from '../governance/incident-log.ts';
import type { IncidentOpening, IncidentStore, LogBook, RecordRequest, StoredIncident } from '../governance/incident-log.ts';
import type { WorkOutcome } from '../kube/work-queue.ts';
import type { Logger } from '../shared/logger.ts';
import type { Clock, EpochMs } from '../shared/clock.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { hashText, openingOf } from './evidence.ts';
import { fullyReleased, groundsInForce, isFullyRecorded, snapshotInForce } from './plan-state.ts';
import type { PendingRecord, PlanState } from './plan-state.ts';
import type { Programme } from './programme.ts';
import { riskKeyOf } from './programme.ts';

export interface RecordControllerOptions {
  readonly programme: Programme;
  readonly store: IncidentStore;
  /** What the cache holds of a namespace. */
  readonly incidentsIn: (namespace: string) => readonly StoredIncident[];
  /** What people decided on incidents there and no record holds yet. */
  readonly actsIn: (namespace: string) => readonly RecordRequest[];
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Pick<Metrics, 'recordsLost'>;
  /** All of this plan is on record now. */
  readonly onRecorded: (plan: PlanState) => void;
}

/** Tries of one record before those of other plans go on without it. */
const patience = 3;

/** A record that can't be written must not keep a plan whose targets are free: the namespace would never go. */
const longestHoldMs = 60_000;
const deletionRetryMs = 2000;

export function engagementOf({ memory }: Pick<PlanState, 'memory'>): number {
  return memory.phase === 'Idle' ? memory.lastEngagement : memory.engagement;
}

export function incidentOf(plan: PlanState): string {
  return incidentName(plan.uid, engagementOf(plan), hashText);
}

/** Which incident a record goes to: that of its engagement, unless it names its own. */
function incidentFor(plan: PlanState, { engagement, incident }: Pick<PendingRecord, 'engagement' | 'incident'>): string {
  return incident ?? incidentName(plan.uid, engagement, hashText);
}

/** After a crash the readings are those the journal kept; the rest of the record opens on what plan and risk say now. */
function lateOpening(plan: PlanState, record: PendingRecord, { programme, clock }: RecordControllerOptions): IncidentOpening {
  const { engagement, drafts, readings = groundsInForce(plan).readings } = record;
  const risk = programme.risks.get(riskKeyOf(plan)) ?? null;
  const [first] = drafts;
  const openedAtMs = first === undefined ? clock.nowMs() : fromInstant(first.at);
  return openingOf({
    snapshot: snapshotInForce(plan),
    owner: plan.owner,
    risk,
    engagement,
    openedAtMs,
    readings,
  });
}

/**
 * Writes what waits of every plan of one namespace, plan by plan and engagement by engagement: one writer a namespace keeps the
 * incidents in one chain. Drafts stay until the record holds them.
 */
class RecordController {
  readonly #options: RecordControllerOptions;
  readonly #book: LogBook = createLogBook();
  readonly #caughtUp = new Set<string>();
  /** Since when nothing but its record keeps a deleted plan. */
  readonly #freeSince = new WeakMap<PlanState, EpochMs>();
  /** Failed tries by plan. */
  readonly #failures = new Map<string, number>();

  constructor(options: RecordControllerOptions) {
    this.#options = options;
  }

  /** Once a process and namespace: what another process left between a record and its chain head. */
  async #catchUp(namespace: string): Promise<boolean> {
    if (this.#caughtUp.has(namespace)) return true;
    const { store, incidentsIn, log } = this.#options;
    const caught = await catchUpHead({ store, namespace, book: this.#book }, incidentsIn(namespace));
    // Nothing is opened in a namespace that takes nothing new.
    if (caught.ok || caught.failure.isFinal) this.#caughtUp.add(namespace);
    else
      log.warn(
        { namespace, message: caught.failure.message },
        'the chain head of a namespace could not be brought up to date; it is tried again',
      );
    return this.#caughtUp.has(namespace);
  }

  /** What one try began comes first, so that nothing is opened in between. */
  #waitingIn(namespace: string): readonly PlanState[] {
    const waiting = [...this.#options.programme.plans.values()].filter(
      (plan) => plan.current.plan.namespace === namespace && (plan.earlier.length > 0 || (plan.drafts.length > 0 && !plan.untold)),
    );
    const unfinished = this.#book.unfinished.get(namespace);
    const begun = (plan: PlanState): boolean =>
      [{ engagement: engagementOf(plan) }, ...plan.earlier].some((record) => unfinished?.has(incidentFor(plan, record)));
    return [...waiting.filter(begun), ...waiting.filter((plan) => !begun(plan))];
  }

  async #write(plan: PlanState, record: PendingRecord): Promise<boolean> {
    const { opening, drafts } = record;
    const { store, clock, log } = this.#options;
    const { namespace, name } = plan.current.plan;
    const recorded = await recordEngagement({
      ...{ store, book: this.#book, hash: hashText, at: toInstant(clock.nowMs()) },
      request: {
        namespace,
        name: incidentFor(plan, record),
        opening: opening ?? lateOpening(plan, record, this.#options),
        drafts,
      },
    });
    if (recorded.ok) return true;
    const { message, isFinal } = recorded.failure;
    log.warn({ namespace, plan: name, message }, 'the record of an engagement could not be written; it is tried again');
    if (isFinal && isFree(plan)) this.#lose(plan, message);
    return false;
  }

  async #recordEarlier(plan: PlanState): Promise<boolean> {
    for (const record of plan.earlier) {
      if (!(await this.#write(plan, record))) return false;
      plan.earlier = plan.earlier.filter((each) => each !== record);
    }
    return true;
  }

  async #recordCurrent(plan: PlanState): Promise<boolean> {
    const { drafts } = plan;
    if (drafts.length === 0 || plan.untold) return true;
    const engagement = engagementOf(plan);
    if (!(await this.#write(plan, { engagement, opening: plan.opening, drafts }))) return false;
    // The next engagement may have begun meanwhile, and set this one's record aside.
    const isWanting = (draft: EntryDraft): boolean => !drafts.includes(draft);
    plan.drafts = plan.drafts.filter(isWanting);
    plan.earlier = plan.earlier
      .map((record) => ({ ...record, drafts: record.drafts.filter(isWanting) }))
      .filter((record) => record.drafts.length > 0);
    return true;
  }

  async #record(plan: PlanState): Promise<boolean> {
    const recorded = (await this.#recordEarlier(plan)) && (await this.#recordCurrent(plan));
    if (recorded) this.#options.onRecorded(plan);
    return recorded;
  }

  async #recordAll(namespace: string): Promise<boolean> {
    if (!(await this.#catchUp(namespace))) return false;
    let complete = true;
    for (const plan of this.#waitingIn(namespace)) {
      if (await this.#record(plan)) {
        this.#failures.delete(plan.key);
        continue;
      }
      complete = false;
      const failures = (this.#failures.get(plan.key) ?? 0) + 1;
      this.#failures.set(plan.key, failures);
      // A passing fault is waited out; one record that is refused for good must not hold up all others.
      if (failures < patience) break;
    }
    return (await this.#recordActs(namespace)) && complete;
  }

  /** All on one incident in one write; each by itself where that is refused: one must not hold up the others. */
  async #recordActs(namespace: string): Promise<boolean> {
    let complete = true;
    // By these very requests, of which the cache does not tell yet.
    const closed = new Set<string>();
    const record = async (request: RecordRequest): ReturnType<typeof recordEngagement> => {
      const recorded = await this.#recordAct(closingOnce(request, closed.has(request.name)));
      if (recorded.ok && request.drafts.some(isClosing)) closed.add(request.name);
      return recorded;
    };
    for (const requests of byIncident(this.#options.actsIn(namespace))) {
      const [first, ...others] = requests;
      if (others.length > 0 && (await record(together(first, others))).ok) continue;
      for (const request of requests) {
        const recorded = await record(request);
        if (recorded.ok) continue;
        const { message, isFinal } = recorded.failure;
        this.#options.log.warn(
          { namespace, incident: request.name, message },
          'what a person decided on an incident could not be recorded; it is tried again',
        );
        complete &&= isFinal;
      }
    }
    return complete;
  }

  #recordAct(request: RecordRequest): ReturnType<typeof recordEngagement> {
    const { store, clock } = this.#options;
    return recordEngagement({ store, book: this.#book, hash: hashText, at: toInstant(clock.nowMs()), request });
  }

  #lose(plan: PlanState, cause: string): void {
    const { log, metrics, onRecorded } = this.#options;
    const { namespace, name } = plan.current.plan;
    const lost = [...plan.earlier.flatMap(({ drafts }) => drafts), ...plan.drafts];
    metrics.recordsLost.inc(lost.length);
    log.error(
      { namespace, plan: name, entries: lost.map(({ at, type, actor }) => ({ at, type, actor })), message: cause },
      'the plan is deleted and its targets are free, but its record could not be written: these entries are lost',
    );
    plan.drafts = [];
    plan.earlier = [];
    onRecorded(plan);
  }

  /** Returns how long the next deleted plan of the namespace may still wait for its record; null when none does. */
  #giveUpOverdue(namespace: string): number | null {
    const nowMs = this.#options.clock.nowMs();
    const left: number[] = [];
    for (const plan of this.#options.programme.plans.values()) {
      if (plan.current.plan.namespace !== namespace || isFullyRecorded(plan) || !isFree(plan)) continue;
      const sinceMs = this.#freeSince.get(plan) ?? nowMs;
      this.#freeSince.set(plan, sinceMs);
      const leftMs = longestHoldMs - (nowMs - sinceMs);
      if (leftMs > 0) left.push(leftMs);
      else this.#lose(plan, `it was tried for ${longestHoldMs / 1000} s`);
    }
    return left.length === 0 ? null : Math.min(...left);
  }

  async reconcile(namespace: string): Promise<WorkOutcome> {
    const complete = await this.#recordAll(namespace);
    const leftMs = this.#giveUpOverdue(namespace);
    if (leftMs !== null) return { kind: 'Again', afterMs: Math.min(leftMs, deletionRetryMs), priority: 'Status' };
    return complete ? { kind: 'Done' } : { kind: 'Retry' };
  }
}

type Requests = readonly [RecordRequest, ...RecordRequest[]];

/** So many entries, with their texts, stay well below what an API server takes in one request. */
const mostActsAtOnce = 64;

function byIncident(requests: readonly RecordRequest[]): readonly Requests[] {
  const groups = new Map<string, [RecordRequest, ...RecordRequest[]][]>();
  for (const request of requests) {
    const known = groups.get(request.name) ?? [];
    groups.set(request.name, known);
    const last = known.at(-1);
    if (last === undefined || last.length === mostActsAtOnce) known.push([request]);
    else last.push(request);
  }
  return [...groups.values()].flat();
}

const isClosing = ({ type }: EntryDraft): boolean => type === 'Closed';

/** What the first of several postmortems closes no other closes again. */
function closingOnce(request: RecordRequest, isClosed: boolean): RecordRequest {
  const closing = isClosed ? undefined : request.drafts.find(isClosing);
  return { ...request, drafts: request.drafts.filter((draft) => !isClosing(draft) || draft === closing) };
}

function together(first: RecordRequest, others: readonly RecordRequest[]): RecordRequest {
  return { ...first, drafts: [first, ...others].flatMap((request) => request.drafts) };
}

/** Nothing but its record keeps a deleted plan. */
function isFree(plan: PlanState): boolean {
  return plan.deleting && plan.engaged === null && fullyReleased(plan);
}

export function createRecordController(options: RecordControllerOptions): (namespace: string) => Promise<WorkOutcome> {
  const controller = new RecordController(options);
  return (namespace) => controller.reconcile(namespace);
}
