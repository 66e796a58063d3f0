import type { Actuation, ActuationInput, Actuator, Claim, Surroundings, TargetKind } from '../actuators/port.ts';
import { roleOf } from '../core/model/target.ts';
import { isDrillHolder } from '../core/drill/holder.ts';
import type { Target } from '../core/model/target.ts';
import type { WriteFailure } from '../kube/api-failure.ts';
import type { ObjectReference, UntypedObject } from '../kube/kube-object.ts';
import { referenceOf } from '../kube/kube-object.ts';
import type { WorkOutcome } from '../kube/work-queue.ts';
import { success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import type { Clock, EpochMs } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Cluster, KindView } from './cluster.ts';
import { fieldManager } from './cluster.ts';
import { isDrill, withDrills } from './live-drill.ts';
import { newRoute } from '../actuators/gateway-route/generate.ts';
import { generatedOn, planGenerated } from './generated-route.ts';
import type { Generated } from './generated-route.ts';
import { whyMissing } from './missing-target.ts';
import type { MissingTarget } from './missing-target.ts';
import { hasYieldedOn, reviewYields, settleForeignEdit, yieldReviewInMs } from './contest.ts';
import type { ContestOutcome } from './contest.ts';
import { createOwnWrites } from './own-writes.ts';
import { asksOf, fullAsksOf, permittedFromMs } from './asks.ts';
import type { Ask } from './asks.ts';
import { sameEntry, targetState, targetsOn } from './plan-state.ts';
import type { PlanState, Sending } from './plan-state.ts';
import type { Programme } from './programme.ts';
import { createReassertBudget } from './reassert-budget.ts';
import type { ReassertBudget } from './reassert-budget.ts';
import { isRemade, withRemade } from './remade.ts';
import { parseTargetKey } from './target-key.ts';
import type { TargetKey } from './target-key.ts';
import type { SettledObject } from './target-draft.ts';
import { isBuried, settleMissing, settlePlan, settleRefusal, settleUnanswered, settleVerification } from './target-settlement.ts';
import { unrecordedSteps } from './unrecorded-steps.ts';

const conflictAttempts = 5;
/** While the outcome of a patch is unknown. */
const lookAgainMs = 1000;

export interface TargetControllerOptions {
  readonly cluster: Pick<Cluster, 'targets'>;
  readonly programme: Programme;
  readonly actuators: ReadonlyMap<TargetKind, Actuator>;
  readonly surroundings: Surroundings;
  readonly epoch: () => number;
  readonly clock: Clock;
  readonly metrics: Pick<Metrics, 'actions' | 'breachToEffectSeconds' | 'contested'>;
  readonly log: Logger;
  /** Record and status hold everything of that engagement: its tombstone may go. */
  readonly isRecorded: (planUID: string, engagement: number) => boolean;
  /** Something of the plan changed here: its other targets, its record and its status follow. */
  readonly onPlanChanged: (plan: PlanState) => void;
  /** Makes the plan's memory agree with what the object shows and it does not know; true when it had to. */
  readonly takeUp: (plan: PlanState, kind: TargetKind, live: UntypedObject) => boolean;
  /** Others have edited what is under constraint too often, or so long that it was left to them. */
  readonly onContest: (plan: PlanState, live: UntypedObject, outcome: Exclude<ContestOutcome, 'Counted'>) => void;
  /** Constraints in force whose plan is gone. */
  readonly onOrphans: (live: UntypedObject, claims: readonly Claim[]) => void;
}

interface Pass extends SettledObject {
  readonly key: TargetKey;
  readonly view: KindView;
  readonly actuator: Actuator;
  readonly plans: readonly PlanState[];
  /** What it is to be, where a plan makes the object. */
  readonly generated: Generated | null;
}

/** What every plan asks of the object now, and the input that comes of it. */
interface Asked {
  readonly asks: ReadonlyMap<PlanState, readonly Ask[]>;
  readonly input: ActuationInput;
}

interface Sent extends Pick<Asked, 'asks'> {
  /** When the answers came that it is the effect of; a plan may have stepped again since. */
  readonly answered: ReadonlyMap<PlanState, EpochMs | null>;
  readonly live: UntypedObject;
  readonly actuation: Actuation;
}

function noteSending(asks: Asked['asks'], sending: Sending | null): void {
  for (const [plan, each] of asks) for (const { target } of each) targetState(plan, target.name).sending = sending;
}

/** Whatever the answer was: what waited for room to be asked for goes on. Returns whether anything did. */
function noteAnswered(asks: readonly Ask[], plan: PlanState): boolean {
  let frees = false;
  for (const { target, entry } of asks) {
    const state = targetState(plan, target.name);
    frees ||= roleOf(target) === 'Capacity' && !sameEntry(state.attempted, entry);
    state.attempted = entry;
  }
  return frees;
}

/** Field manager of the last write of the object's own fields that was not ours; empty when the server does not say. */
function rivalOf({ metadata }: UntypedObject): string {
  const others = (metadata.managedFields ?? []).filter(({ manager, subresource }) => manager !== fieldManager && subresource === undefined);
  const newest = others.toSorted((a, b) => textOf(b['time']).localeCompare(textOf(a['time'])))[0];
  return textOf(newest?.['manager']);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function mayHaveLanded(failure: WriteFailure): boolean {
  return 'landed' in failure && failure.landed === 'Unknown';
}

/** When the last patch of unknown outcome was sent; null when every outcome is known. */
function lostSinceMs({ plans, kind, object }: Pass): EpochMs | null {
  const lost = plans.flatMap((plan) =>
    targetsOn(plan, kind, object).flatMap(({ name }) => {
      const { sending } = targetState(plan, name);
      return sending?.answer === 'Lost' ? [sending.sentAtMs] : [];
    }),
  );
  return lost.length === 0 ? null : Math.max(...lost);
}

/** Somebody else's edit is answered: of what is under constraint, or of a generated object that nothing constrains. */
function isUndone({ generated, actuator }: Pass, actuation: Extract<Actuation, { kind: 'Patch' }>, live: UntypedObject): boolean {
  return actuation.foreignEdit || (generated !== null && actuator.readJournal(live).kind === 'None');
}

/** Some plan asks for what it has not got. What it was refused already, and is again, is nothing new: that would never wait. */
function isAskedAnew({ asks, live, actuation: { rejected } }: Omit<Sent, 'answered'>): boolean {
  const isRejected = ({ uid }: PlanState, name: string): boolean =>
    rejected.some(({ planUID, target }) => planUID === uid && target === name);
  return [...asks].some(([plan, each]) =>
    each.some((ask) => {
      const { target, entry } = ask;
      const { applied, attempted } = targetState(plan, target.name);
      const isAskedBefore = isRejected(plan, target.name) || isRemade(plan, ask, live.metadata.uid);
      return !sameEntry(applied, entry) && !(isAskedBefore && sameEntry(attempted, entry));
    }),
  );
}

/** Brings one target object to what all plans that hold it ask; safe to repeat at any time. At most one kind of write a pass. */
class TargetController {
  readonly #options: TargetControllerOptions;
  readonly #ownWrites = createOwnWrites();
  readonly #budget: ReassertBudget;

  constructor(options: TargetControllerOptions) {
    this.#options = options;
    this.#budget = createReassertBudget(options.clock);
  }

  /**
   * A constraint whose plan is gone stays: nobody said the model is safe. A plan of the same name adopts it when it is read. What a drill
   * left that nobody runs any more is given back: nobody said the model is not.
   */
  #orphansOn({ actuator, plans }: Pass, live: UntypedObject): readonly Claim[] {
    const reading = actuator.readJournal(live);
    return reading.kind === 'Engaged'
      ? reading.claims.filter(
          ({ holder }) =>
            !isDrillHolder(holder.plan) && !plans.some(({ uid, current }) => uid === holder.planUID || current.plan.name === holder.plan),
        )
      : [];
  }

  #ask(pass: Pass, live: UntypedObject): Asked {
    const nowMs = this.#options.clock.nowMs();
    const asks = new Map(pass.plans.map((plan) => [plan, asksOf(plan, pass, nowMs)]));
    const claims = [...asks.values()].flat().flatMap(({ claim }) => claim ?? []);
    const actors = Object.fromEntries(pass.plans.map((plan) => [plan.uid, plan.releasedBy]));
    const unrecorded = Object.fromEntries(pass.plans.map((plan) => [plan.uid, unrecordedSteps(plan.drafts)]));
    const { epoch, surroundings } = this.#options;
    const told = { nowMs, actor: 'operator', actors, unrecorded };
    return { asks, input: { live, claims: [...claims, ...this.#orphansOn(pass, live)], epoch: epoch(), surroundings, ...told } };
  }

  async #send(pass: Pass, cached: UntypedObject): Promise<Result<Sent, WriteFailure>> {
    let live = cached;
    for (let attempt = 1; ; attempt++) {
      const { asks, input } = this.#ask(pass, live);
      const answered = new Map(pass.plans.map((plan) => [plan, plan.answeredAtMs]));
      const actuation = withRemade(planGenerated(pass.actuator, input, pass.generated), asks, live.metadata.uid);
      if (actuation.kind !== 'Patch') return success({ live, actuation, asks, answered });
      noteSending(asks, { sentAtMs: input.nowMs, answer: 'Awaited' });
      const sent = await pass.view.client.patch(referenceOf(live), actuation.operations, actuation.subresource ?? undefined);
      this.#options.metrics.actions.inc({ actuator: pass.kind, result: sent.ok ? 'Applied' : sent.failure.kind });
      if (sent.ok) {
        this.#ownWrites.remember(sent.value);
        return success({ live: sent.value, actuation, asks, answered });
      }
      // A command comes after the record of it, which stands whatever becomes of the command.
      const standing = actuation.subresource === null ? null : ({ sentAtMs: input.nowMs, answer: 'Awaited' } as const);
      noteSending(asks, mayHaveLanded(sent.failure) ? { sentAtMs: input.nowMs, answer: 'Lost' } : standing);
      if (sent.failure.kind !== 'Conflict' || attempt === conflictAttempts) {
        this.#tellOfRefusal(asks, sent.failure, actuation.rejected);
        return sent;
      }
      const read = await pass.view.client.get(referenceOf(live));
      if (!read.ok) return read;
      live = read.value;
    }
  }

  #settle(pass: Pass, { actuation, live, asks, answered }: Sent): void {
    const nowMs = this.#options.clock.nowMs();
    const reading = pass.actuator.readJournal(live);
    if (actuation.kind === 'Patch' && isUndone(pass, actuation, live)) this.#budget.spend(pass.key);
    if (actuation.kind === 'Patch' && actuation.foreignEdit) {
      this.#options.metrics.contested.inc({ namespace: live.metadata.namespace ?? '', target: pass.object });
    }
    for (const plan of pass.plans) {
      if (actuation.kind === 'Patch') {
        const answeredAtMs = answered.get(plan) ?? null;
        if (!actuation.isPartial && answeredAtMs !== null) {
          this.#options.metrics.breachToEffectSeconds.observe((nowMs - answeredAtMs) / 1000);
          if (plan.answeredAtMs === answeredAtMs) plan.answeredAtMs = null;
        }
        if (actuation.foreignEdit) {
          const outcome = settleForeignEdit(plan, pass, { nowMs, rival: rivalOf(live) });
          if (outcome !== 'Counted') this.#options.onContest(plan, live, outcome);
        }
      }
      const { uid, generation = null } = live.metadata;
      const settled = { actuation, asks: asks.get(plan) ?? [], uid, generation, nowMs, isBuried: isBuried(plan, reading) };
      if (settlePlan(plan, pass, settled)) this.#options.onPlanChanged(plan);
    }
  }

  #verify(pass: Pass, live: UntypedObject): void {
    const verification = pass.actuator.verify(this.#ask(pass, live).input);
    const nowMs = this.#options.clock.nowMs();
    for (const plan of pass.plans) if (settleVerification(plan, pass, { verification, nowMs })) this.#options.onPlanChanged(plan);
  }

  /** Second patches: ownership given up, tombstones dropped. Bookkeeping, so after everything that protects. */
  async #tidy(pass: Pass, live: UntypedObject): Promise<WorkOutcome> {
    const reading = pass.actuator.readJournal(live);
    // Let go of, but a patch of ours may yet land: then it is given back once more.
    if (reading.kind === 'Engaged' && reading.pending === true && reading.claims.length === 0)
      return { kind: 'Again', afterMs: lookAgainMs, priority: 'Status' };
    const done =
      reading.kind === 'Released' && reading.engagements.every(({ planUID, engagement }) => this.#options.isRecorded(planUID, engagement));
    const operations = (done ? pass.actuator.finish(live) : null) ?? pass.actuator.disown(live, fieldManager);
    if (operations === null) return { kind: 'Done' };
    const sent = await pass.view.client.patch(referenceOf(live), operations);
    if (!sent.ok) return sent.failure.kind === 'NotFound' ? { kind: 'Done' } : { kind: 'Retry' };
    this.#ownWrites.remember(sent.value);
    return { kind: 'Again', afterMs: 0, priority: 'Status' };
  }

  /** The server said no and will say so again: that a step was taken and can't be carried out is for people to see. */
  #tellOfRefusal(asks: Asked['asks'], failure: WriteFailure, rejected: Actuation['rejected']): void {
    const nowMs = this.#options.clock.nowMs();
    for (const [plan, each] of asks) {
      const isRefused = failure.kind === 'Denied' || failure.kind === 'Invalid';
      const frees = noteAnswered(each, plan);
      const changed = isRefused && settleRefusal(plan, each, { kind: failure.kind, message: failure.message, nowMs });
      const isFound = failure.kind !== 'NotFound' && settleUnanswered(plan, each, { rejected, nowMs });
      const wasUntold = plan.untold && (isRefused || failure.kind === 'NotFound');
      if (wasUntold) plan.untold = false;
      if (changed || isFound || frees || wasUntold) this.#options.onPlanChanged(plan);
    }
  }

  /** Two writers that never tire must not fill the API server. What a plan asks for anew waits for nobody. */
  #waitMs(pass: Pass, live: UntypedObject): number {
    const waitMs = this.#budget.waitMs(pass.key);
    if (waitMs === 0) return 0;
    const { asks, input } = this.#ask(pass, live);
    const actuation = withRemade(planGenerated(pass.actuator, input, pass.generated), asks, live.metadata.uid);
    return !isAskedAnew({ asks, live, actuation }) && actuation.kind === 'Patch' && isUndone(pass, actuation, live) ? waitMs : 0;
  }

  /** What was left to another writer is laid once more when its time has come, or when that would move nothing. */
  #reviewYields(pass: Pass, live: UntypedObject): void {
    const nowMs = this.#options.clock.nowMs();
    const isWithin = pass.plans.some((plan) => hasYieldedOn(plan, pass, nowMs)) && !this.#wouldMove(pass, live);
    for (const plan of pass.plans) if (reviewYields(plan, pass, { nowMs, isWithin })) this.#options.onPlanChanged(plan);
  }

  #wouldMove(pass: Pass, live: UntypedObject): boolean {
    const { input } = this.#ask(pass, live);
    const claims = pass.plans.flatMap((plan) => fullAsksOf(plan, pass, input.nowMs).flatMap(({ claim }) => claim ?? []));
    const actuation = pass.actuator.plan({ ...input, claims: [...claims, ...this.#orphansOn(pass, live)] });
    return actuation.kind === 'Refused' || actuation.rejected.length > 0 || (actuation.kind === 'Patch' && actuation.moves);
  }

  /** Nobody tells when what was left to another writer is to be looked at again. */
  #whenDone(pass: Pass, outcome: WorkOutcome): WorkOutcome {
    if (outcome.kind !== 'Done') return outcome;
    const nowMs = this.#options.clock.nowMs();
    const room = pass.plans.flatMap((plan) =>
      targetsOn(plan, pass.kind, pass.object).flatMap((target) => permittedFromMs(plan, target, nowMs) ?? []),
    );
    const yields = pass.plans.map((plan) => yieldReviewInMs(plan, pass, nowMs));
    const afterMs = Math.min(...yields, ...room.map((fromMs) => fromMs - nowMs));
    return Number.isFinite(afterMs) ? { kind: 'Again', afterMs, priority: 'Status' } : outcome;
  }

  async #act(pass: Pass, live: UntypedObject): Promise<WorkOutcome> {
    const sent = await this.#send(pass, live);
    if (!sent.ok) {
      this.#options.log.warn(
        { kind: pass.kind, target: pass.object, namespace: live.metadata.namespace, failure: sent.failure },
        'a patch was not taken; it is computed and sent again',
      );
      return sent.failure.kind === 'Throttled' && sent.failure.retryAfterMs !== null
        ? { kind: 'Retry', afterMs: sent.failure.retryAfterMs }
        : { kind: 'Retry' };
    }
    this.#settle(pass, sent.value);
    const { actuation } = sent.value;
    // Protection never waits for bookkeeping: what completes a patch is no work of its own.
    if (actuation.kind === 'Patch' && actuation.isPartial) return this.#act(pass, sent.value.live);
    if (actuation.kind === 'Patch') return { kind: 'Again', afterMs: 0, priority: 'Status' };
    if (lostSinceMs(pass) !== null) return { kind: 'Again', afterMs: lookAgainMs, priority: 'Status' };
    // Only what the watch has shown is proof; our own answer is not.
    if (this.#ownWrites.isShown(sent.value.live, pass.view.store)) this.#verify(pass, sent.value.live);
    return this.#whenDone(pass, await this.#tidy(pass, sent.value.live));
  }

  #takeUp({ plans, kind, object }: Pass, live: UntypedObject): void {
    const { takeUp, onPlanChanged, log } = this.#options;
    for (const plan of plans) {
      if (isDrill(plan) || !takeUp(plan, kind, live)) continue;
      const { namespace, name } = plan.current.plan;
      log.info({ namespace, plan: name, kind, target: object }, 'a target shows what the plan did not know; it goes on from there');
      onPlanChanged(plan);
    }
  }

  /** From the cache, unless a patch may have landed that it does not show yet. Undefined: there is no such object; null: not known. */
  async #read(pass: Pass, reference: ObjectReference): Promise<UntypedObject | undefined | null> {
    const cached = this.#ownWrites.freshest(pass.view.store.get(`${reference.namespace ?? ''}/${reference.name}`));
    if (lostSinceMs(pass) === null) return cached;
    const read = await pass.view.client.get(reference);
    if (read.ok) return this.#ownWrites.freshest(read.value);
    return read.failure.kind === 'NotFound' ? undefined : null;
  }

  async reconcile(key: TargetKey): Promise<WorkOutcome> {
    const { kind, reference } = parseTargetKey(key);
    const view = this.#options.cluster.targets.get(kind);
    const actuator = this.#options.actuators.get(kind);
    const plans = withDrills(this.#options.programme.plansOn(reference.namespace, kind, reference.name));
    const settled = { kind, object: reference.name };
    if (view === undefined || actuator === undefined)
      return this.#settleMissing(plans, settled, (target) => whyMissing(this.#options.cluster, target, reference.namespace));
    const pass: Pass = { key, view, actuator, plans, generated: generatedOn(plans, kind, reference.name), ...settled };
    const live = await this.#read(pass, reference);
    if (live === null) return { kind: 'Retry' };
    if (live !== undefined) {
      this.#takeUp(pass, live);
      this.#reviewYields(pass, live);
      const waitMs = this.#waitMs(pass, live);
      if (waitMs > 0) return { kind: 'Again', afterMs: waitMs, priority: 'Reassert' };
      const orphans = this.#orphansOn(pass, live);
      if (orphans.length > 0) this.#options.onOrphans(live, orphans);
      return this.#act(pass, live);
    }
    return this.#make(pass, reference.namespace);
  }

  #settleMissing(plans: readonly PlanState[], settled: SettledObject, why: (target: Target) => MissingTarget): WorkOutcome {
    const facts = { why, nowMs: this.#options.clock.nowMs() };
    for (const plan of plans) if (settleMissing(plan, settled, facts)) this.#options.onPlanChanged(plan);
    return { kind: 'Done' };
  }

  /** Of an object that is not there: made where a plan makes it, else told of. */
  async #make(pass: Pass, namespace: string): Promise<WorkOutcome> {
    const { generated, view } = pass;
    const nowMs = this.#options.clock.nowMs();
    const isHeld = pass.plans.some((plan) => asksOf(plan, pass, nowMs).some(({ claim }) => claim !== null));
    const made =
      generated === null || !view.reflector.served() ? null : await view.client.create(newRoute(generated.route, namespace, isHeld));
    if (made !== null) this.#options.metrics.actions.inc({ actuator: pass.kind, result: made.ok ? 'Applied' : made.failure.kind });
    // What the watch does not show yet stands in the way of another.
    if (made?.ok === true || made?.failure.kind === 'Conflict') return { kind: 'Again', afterMs: lookAgainMs, priority: 'Status' };
    const failed = made === null ? '' : ` The operator could not make it: ${made.failure.message}`;
    const why = (target: Target): MissingTarget => {
      const missing = whyMissing(this.#options.cluster, target, namespace);
      return { ...missing, message: `${missing.message}${failed}` };
    };
    this.#settleMissing(pass.plans, pass, why);
    return made === null ? { kind: 'Done' } : { kind: 'Retry' };
  }
}

export function createTargetController(options: TargetControllerOptions): (key: TargetKey) => Promise<WorkOutcome> {
  const controller = new TargetController(options);
  return (key) => controller.reconcile(key);
}
