import { toInstant } from '../api/instant.ts';
import type { EntryDraft } from '../core/audit-chain.ts';
import type { IncidentEntryType } from '../core/model/incident-entry.ts';
import type { RemediationJob } from '../core/model/plan.ts';
import { actedOn } from '../core/plan/stage.ts';
import { keyOf } from '../kube/kube-object.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { WorkOutcome } from '../kube/work-queue.ts';
import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import type { Cluster } from './cluster.ts';
import { whyClosed } from './missing-target.ts';
import { desiredEntry, sameEntry, snapshotInForce, targetState } from './plan-state.ts';
import type { PlanState, StageEntry } from './plan-state.ts';
import type { Remediation } from './remediation-run.ts';
import type { Programme } from './programme.ts';
import { engagementOf, incidentOf } from './record.ts';
import { jobFrom, jobName, outcomeOf } from './remediation-job.ts';
import type { RunIdentity } from './remediation-job.ts';

export interface RemediationControllerOptions {
  readonly cluster: Pick<Cluster, 'remediations'>;
  readonly programme: Pick<Programme, 'plans'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** There is something to record and to show. */
  readonly onChanged: (plan: PlanState) => void;
}

function identityOf(plan: PlanState, { name, cronJob }: RemediationJob, engagement: number): RunIdentity {
  return { plan: plan.current.plan.name, planUID: plan.uid, engagement, name, cronJob };
}

/** Protection first: a stage runs its jobs when each of its targets was brought to it, or has refused it. */
function isLaid(plan: PlanState, entry: StageEntry): boolean {
  return actedOn(snapshotInForce(plan)).every(({ name }) => {
    const { applied, sending, refusal } = targetState(plan, name);
    return sending === null && (sameEntry(applied, entry) || refusal !== null);
  });
}

/**
 * Jobs of the stage in force that have not run in this engagement. Coming down to a stage runs nothing. One that still runs of an earlier
 * engagement is waited for: two at once would be in each other's way, and only the newest run of a job is followed to its end.
 */
function dueRuns(plan: PlanState): readonly { readonly job: RemediationJob; readonly stage: string }[] {
  const entry = desiredEntry(plan);
  const { memory } = plan;
  if (entry === 'None' || plan.untold || memory.phase !== 'Engaged' || memory.direction === 'Down' || !isLaid(plan, entry)) return [];
  const { stages, jobs = [] } = snapshotInForce(plan);
  const stage = stages[entry.stage];
  return (stage?.runs ?? []).flatMap((name) => {
    const job = jobs.find((each) => each.name === name);
    const known = plan.remediations.get(name);
    const hasRun = known?.engagement === entry.engagement && known.state !== 'Refused';
    return job === undefined || hasRun || known?.state === 'Running' ? [] : [{ job, stage: stage?.name ?? '' }];
  });
}

/** Those of the plan, and those an edit took out while they ran: the end of a run is told whatever the plan says by then. */
function followed(plan: PlanState): readonly RemediationJob[] {
  const { jobs = [] } = snapshotInForce(plan);
  const others = [...plan.remediations].filter(([name, { state }]) => state === 'Running' && !jobs.some((job) => job.name === name));
  return [...jobs, ...others.map(([name]) => ({ name, cronJob: '' }))];
}

function draft(type: IncidentEntryType, at: string, facts: Pick<EntryDraft, 'target' | 'after' | 'reason'>): EntryDraft {
  return { at: toInstant(Date.parse(at)), type, actor: 'operator', before: '', ...facts };
}

/** A run may end after its engagement did, or after the next one began: it is told where it belongs. */
function record(plan: PlanState, engagement: number, entry: EntryDraft): void {
  if (engagement === engagementOf(plan)) plan.drafts = [...plan.drafts, entry];
  else plan.earlier = [...plan.earlier, { engagement, opening: null, drafts: [entry] }];
}

class RemediationController {
  readonly #options: RemediationControllerOptions;
  /** Asked for by us, and not shown by the watch yet: the watch may show one, and its deletion, before the answer comes. */
  readonly #awaited = new Set<string>();

  constructor(options: RemediationControllerOptions) {
    this.#options = options;
    options.cluster.remediations.jobs.store.subscribe(({ object }) => {
      this.#awaited.delete(keyOf(object));
    });
  }

  /** Takes up what the watch shows of one run; true when that is news. */
  #note(
    plan: PlanState,
    { job, stage, identity }: { readonly job: UntypedObject; readonly stage: string; readonly identity: RunIdentity },
  ): boolean {
    const { name, engagement, cronJob } = identity;
    const known = plan.remediations.get(name);
    const isKnown = known?.job === job.metadata.name && known.state !== 'Refused';
    const target = `Job/${job.metadata.name}`;
    const startedAt = job.metadata.creationTimestamp;
    const running: Remediation = { job: job.metadata.name, engagement, stage, state: 'Running', startedAt, finishedAt: null, message: '' };
    const outcome = outcomeOf(job);
    if (!isKnown)
      record(
        plan,
        engagement,
        draft('RemediationStarted', startedAt, { target, after: name, reason: `Stage ${stage} runs it from CronJob ${cronJob}.` }),
      );
    if (outcome.state === 'Running') {
      if (!isKnown) plan.remediations.set(name, running);
      return !isKnown;
    }
    if (isKnown && known.state === outcome.state) return false;
    const { state, finishedAt, message } = outcome;
    const seconds = (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000;
    const reason = `It took ${String(seconds)} s.${message === '' ? '' : ` ${message}`}`;
    plan.remediations.set(name, { ...running, state, finishedAt, message });
    record(plan, engagement, draft(`Remediation${state}`, finishedAt, { target, after: name, reason }));
    return true;
  }

  #observe(plan: PlanState): boolean {
    const { store } = this.#options.cluster.remediations.jobs;
    const { namespace } = plan.current.plan;
    return followed(plan)
      .map((each) => {
        const known = plan.remediations.get(each.name);
        const identity = identityOf(plan, each, engagementOf(plan));
        const running = known?.state === 'Running' ? known : null;
        const at = `${namespace}/${running?.job ?? jobName(identity)}`;
        const job = store.get(at);
        if (job === undefined) return running !== null && !this.#awaited.has(at) && this.#lose(plan, each.name, running);
        const stage = job.metadata.annotations?.['modelrisk.dev/stage'] ?? '';
        return this.#note(plan, { job, stage, identity: { ...identity, engagement: running?.engagement ?? identity.engagement } });
      })
      .includes(true);
  }

  /** Somebody deleted it before it ended. */
  #lose(plan: PlanState, name: string, running: Remediation): boolean {
    const { cluster, clock } = this.#options;
    if (cluster.remediations.jobs.optedIn?.isReadIn(plan.current.plan.namespace) !== true) return false;
    const finishedAt = toInstant(clock.nowMs());
    const message = 'The Job was deleted before it ended.';
    plan.remediations.set(name, { ...running, state: 'Failed', finishedAt, message });
    record(
      plan,
      running.engagement,
      draft('RemediationFailed', finishedAt, { target: `Job/${running.job}`, after: name, reason: message }),
    );
    return true;
  }

  #refuse(plan: PlanState, identity: RunIdentity, { stage, message }: { readonly stage: string; readonly message: string }): boolean {
    const { name, engagement } = identity;
    const known = plan.remediations.get(name);
    if (known?.engagement === engagement && known.message === message) return false;
    const job = jobName(identity);
    plan.remediations.set(name, { job, engagement, stage, state: 'Refused', startedAt: null, finishedAt: null, message });
    const at = plan.memory.phase === 'Engaged' ? plan.memory.stageSinceMs : 0;
    record(
      plan,
      engagement,
      draft('RemediationFailed', toInstant(at), { target: `Job/${job}`, after: name, reason: message.slice(0, 512) }),
    );
    return true;
  }

  /** Null: it was made, or is there; else why not, and whether to try again. */
  async #start(plan: PlanState, due: { readonly job: RemediationJob; readonly stage: string }): Promise<WorkOutcome> {
    const { cluster, log } = this.#options;
    const { cronJobs, jobs } = cluster.remediations;
    const { namespace } = plan.current.plan;
    const identity = identityOf(plan, due.job, engagementOf(plan));
    const cronJob = cronJobs.store.get(`${namespace}/${due.job.cronJob}`);
    const why = whyNotRun(cluster, { ...due.job, namespace });
    const manifest = cronJob === undefined ? null : jobFrom(cronJob, identity, { incident: incidentOf(plan), stage: due.stage });
    if (why !== null || manifest === null) {
      const message = why?.message ?? `CronJob ${due.job.cronJob} has no jobTemplate this operator can read.`;
      if (this.#refuse(plan, identity, { stage: due.stage, message })) this.#options.onChanged(plan);
      return { kind: 'Done' };
    }
    const at = `${namespace}/${jobName(identity)}`;
    this.#awaited.add(at);
    const created = await jobs.client.create(manifest);
    if (created.ok) {
      if (this.#note(plan, { job: created.value, stage: due.stage, identity })) this.#options.onChanged(plan);
      return { kind: 'Done' };
    }
    const { failure } = created;
    this.#awaited.delete(at);
    // Made before and not shown yet: the watch will.
    if (failure.kind === 'Conflict') return { kind: 'Done' };
    log.warn({ namespace, plan: plan.current.plan.name, target: due.job.name, failure }, 'a job could not be made; it is tried again');
    const isFinal = failure.kind === 'Denied' || failure.kind === 'Invalid';
    const message = `The API server refused the Job of CronJob ${due.job.cronJob}: ${failure.message}`.slice(0, 500);
    if (isFinal && this.#refuse(plan, identity, { stage: due.stage, message })) this.#options.onChanged(plan);
    return { kind: 'Retry' };
  }

  async reconcile(key: string): Promise<WorkOutcome> {
    const plan = this.#options.programme.plans.get(key);
    if (plan === undefined) return { kind: 'Done' };
    if (this.#observe(plan)) this.#options.onChanged(plan);
    const outcomes = await Promise.all(dueRuns(plan).map((due) => this.#start(plan, due)));
    return outcomes.find(({ kind }) => kind === 'Retry') ?? { kind: 'Done' };
  }
}

/** Why a job can't be run now, and what to do; null when it can. */
export function whyNotRun(
  { remediations: { cronJobs, jobs } }: Pick<Cluster, 'remediations'>,
  { name, cronJob, namespace }: RemediationJob & { readonly namespace: string },
): { readonly reason: string; readonly message: string } | null {
  const closed = whyClosed(cronJobs, { name }, namespace) ?? whyClosed(jobs, { name }, namespace);
  if (closed !== null) return closed;
  const live = cronJobs.store.get(`${namespace}/${cronJob}`);
  if (live === undefined) {
    const message = `CronJob ${cronJob} (target ${name}) does not exist in namespace ${namespace}; create it, suspended, or correct job.cronJob.`;
    return { reason: 'CronJobMissing', message };
  }
  if ((live['spec'] as { readonly suspend?: boolean } | undefined)?.suspend === true) return null;
  const message = `CronJob ${cronJob} (target ${name}) runs by its own schedule: set spec.suspend: true, so that it runs when the plan says so and not before.`;
  return { reason: 'CronJobNotSuspended', message };
}

/** Runs the jobs of stages; nothing waits for them, and no constraint depends on what comes of them. */
export function createRemediationController(options: RemediationControllerOptions): (key: string) => Promise<WorkOutcome> {
  const controller = new RemediationController(options);
  return (key) => controller.reconcile(key);
}
