import type { UntypedObject } from '../kube/kube-object.ts';
import { keyOf } from '../kube/kube-object.ts';
import { serviceNameLabel } from '../actuators/backends.ts';
import type { Actuator, TargetKind } from '../actuators/port.ts';
import { targetKindOf } from '../core/model/target.ts';
import type { Clock } from '../shared/clock.ts';
import type { Cluster } from './cluster.ts';
import type { Wakes } from './wakes.ts';
import { openDecisionsAboutModel } from './decisions.ts';
import { follow, wakeDecisions } from './follow.ts';
import { isFullyRecorded, snapshotInForce } from './plan-state.ts';
import { risksOfModel } from './model-names.ts';
import { noteStall } from './note-stall.ts';
import type { PlanState } from './plan-state.ts';
import { openDecisionsAboutPolicy } from './policy-reviews.ts';
import { riskKeyOf } from './programme.ts';
import type { Programme } from './programme.ts';
import type { ProviderBook } from './providers.ts';
import { routesOfRoller } from './rollers.ts';
import { followSnapshot, noteSupersession } from './stepper.ts';
import { followRecords } from './record-subscriptions.ts';
import type { RecordSubscriptionOptions } from './record-subscriptions.ts';
import { planKeyOf } from './remediation-job.ts';
import { targetKey } from './target-key.ts';

export interface SubscriptionOptions extends RecordSubscriptionOptions {
  readonly cluster: Pick<Cluster, 'own' | 'targets' | 'rollers' | 'references' | 'workloads' | 'remediations'>;
  readonly programme: Programme;
  readonly wakes: Wakes;
  readonly actuators: ReadonlyMap<TargetKind, Actuator>;
  readonly providers: ProviderBook;
  readonly onDeletion: (plan: PlanState) => void;
  /** A plan is gone for good; what it made may still be there. */
  readonly onGone: (plan: PlanState) => void;
  /** A policy, risk or plan changed: its conditions may tell of trouble. */
  readonly onRevision: (object: UntypedObject, previous: UntypedObject) => void;
  /** What a plan says changed: `suspend` must not wait for a poll, which may never come. */
  readonly onSpec: (plan: PlanState) => void;
  readonly clock: Clock;
}

/** What its tier supplies a plan with is another: it goes on as after an edit. */
function followTier(options: SubscriptionOptions): void {
  const { programme, wakes, clock } = options;
  for (const plan of programme.takeReplanned()) {
    followSnapshot(plan, clock.nowMs());
    wakes.targets(plan, 'Reassert');
    wakes.plan(plan);
    wakeDecisions(options, plan.key);
    options.onSpec(plan);
  }
}

function followPolicies(options: SubscriptionOptions): () => void {
  const { cluster, programme, wakes, providers } = options;
  const wakeUsers = (keys: readonly string[]): void => {
    providers.refresh();
    followTier(options);
    for (const key of keys) {
      wakes.risk(key);
      for (const plan of programme.plansOf(key)) wakes.plan(plan);
      for (const decision of openDecisionsAboutModel(key, cluster)) wakes.decision(decision);
    }
  };
  return follow(
    cluster.own.policies,
    (object, previous) => {
      // A status another operator wrote is no reason to write ours: it would answer in turn.
      if (previous !== null && previous.metadata.generation === object.metadata.generation) return;
      wakes.policy(object.metadata.name);
      for (const key of openDecisionsAboutPolicy(object.metadata.name, cluster.own)) wakes.decision(key);
      wakeUsers(programme.putPolicy(object));
    },
    (object) => {
      wakeUsers(programme.removePolicy(object.metadata.name));
    },
  );
}

function followRisks(options: SubscriptionOptions): () => void {
  const { cluster, programme, wakes, clock } = options;
  const wake = (key: string): void => {
    wakes.risk(key);
    const policy = programme.risks.get(key)?.risk.spec.policyRef.name;
    if (policy !== undefined) wakes.policy(policy);
    for (const plan of programme.plansOf(key)) wakes.plan(plan);
    for (const decision of openDecisionsAboutModel(key, cluster)) wakes.decision(decision);
  };
  return follow(
    cluster.own.risks,
    (object, previous) => {
      const before = programme.risks.get(keyOf(object));
      programme.putRisk(object);
      if (previous === null) wakeTwins(options, object);
      followTier(options);
      const risk = programme.risks.get(keyOf(object));
      for (const plan of risk === undefined ? [] : programme.plansOf(risk.key))
        if (risk !== undefined && noteSupersession(plan, risk, clock.nowMs())) wakes.record(plan.current.plan.namespace);
      // Of the same generation it is another only if its tier is, or what was signed.
      if (risk !== before || previous?.metadata.generation !== object.metadata.generation) wake(keyOf(object));
    },
    (object) => {
      programme.removeRisk(keyOf(object));
      wake(keyOf(object));
      wakeTwins(options, object);
    },
  );
}

/** Who is told that there are two goes by which of them is there. */
function wakeTwins({ programme, wakes }: SubscriptionOptions, { metadata, ...object }: UntypedObject): void {
  const { spec } = object as { readonly spec?: { readonly model?: { readonly name?: string } } };
  for (const { key } of risksOfModel(programme, metadata.namespace ?? '', spec?.model?.name ?? '')) wakes.risk(key);
}

function followReferences({ cluster, programme, wakes }: SubscriptionOptions): () => void {
  return cluster.references.onChange((changed) => {
    for (const key of programme.readReferences(changed)) {
      wakes.risk(key);
      for (const plan of programme.plansOf(key)) wakes.plan(plan);
    }
  });
}

function followPlans(options: SubscriptionOptions): () => void {
  const { cluster, programme, wakes, onDeletion, onSpec, clock } = options;
  return follow(
    cluster.own.plans,
    (object, previous) => {
      const plan = programme.putPlan(object);
      if (plan === null) return;
      wakes.planKey(plan.key);
      const risk = programme.risks.get(riskKeyOf(plan));
      if (risk !== undefined) noteSupersession(plan, risk, clock.nowMs());
      if (!isFullyRecorded(plan)) wakes.record(plan.current.plan.namespace);
      noteStall(plan, object, wakes);
      wakes.drill(plan.key);
      if (plan.deleting) onDeletion(plan);
      if (previous !== null && previous.metadata.generation === object.metadata.generation) return;
      followSnapshot(plan, clock.nowMs());
      wakes.targets(plan, 'Reassert');
      wakeDecisions(options, plan.key);
      // By which of its indicators plans go decides what is counted of their false alarms, and what plans say is signed with the model they name.
      for (const key of new Set([riskKeyOf(plan), ...risksNamedBy(object), ...(previous === null ? [] : risksNamedBy(previous))]))
        wakes.risk(key);
      // What a restart found waits for a first reading; only a suspension does not.
      if (previous !== null || plan.suspend !== 'None') onSpec(plan);
    },
    (object) => {
      const plan = programme.plans.get(keyOf(object));
      programme.removePlan(keyOf(object));
      if (plan !== undefined) {
        options.onGone(plan);
        wakes.targets(plan, 'Release');
        for (const key of new Set([riskKeyOf(plan), ...risksNamedBy(object)])) wakes.risk(key);
      }
      wakeDecisions(options, keyOf(object));
    },
  );
}

function risksNamedBy({ metadata, ...object }: UntypedObject): readonly string[] {
  const { spec } = object as { readonly spec?: { readonly riskRef?: { readonly name?: string } } };
  return spec?.riskRef?.name === undefined ? [] : [`${metadata.namespace ?? ''}/${spec.riskRef.name}`];
}

/** Only what changes the object itself can change what a plan may do there; status and bookkeeping come back on their own. */
function followTargets({ cluster, programme, wakes }: SubscriptionOptions): readonly (() => void)[] {
  const wakeAllOf = (kind: string): void => {
    for (const plan of programme.plans.values()) {
      if (![...plan.current.targets, ...snapshotInForce(plan).targets].some((target) => targetKindOf(target) === kind)) continue;
      wakes.planKey(plan.key);
      wakes.targets(plan, 'Reassert');
    }
  };
  return [...cluster.targets].flatMap(([kind, view]) => {
    const wake = (object: UntypedObject): void => {
      const { namespace = '', name } = object.metadata;
      wakes.target(targetKey(kind as TargetKind, namespace, name), 'Reassert');
      for (const plan of programme.plansOn(namespace, kind, name)) wakes.planKey(plan.key);
    };
    // A plan may name an object that is not there: no event of an object ever tells it that its kind came or went.
    const onServedChange = (): void => {
      wakeAllOf(kind);
    };
    return [follow(view, wake, wake), view.onServedChange(onServedChange)];
  });
}

/** Somebody gave an object back, or another process wrote ahead: what is in force on it is not what was thought. */
function followJournals({ cluster, programme, wakes }: SubscriptionOptions): () => void {
  const wake = ({ metadata, spec }: UntypedObject): void => {
    const { kind, name } = (spec as { readonly target?: { readonly kind?: string; readonly name?: string } } | undefined)?.target ?? {};
    if (kind === undefined || name === undefined || !cluster.targets.has(kind)) return;
    const { namespace = '' } = metadata;
    wakes.target(targetKey(kind as TargetKind, namespace, name), 'Reassert');
    for (const plan of programme.plansOn(namespace, kind, name)) wakes.planKey(plan.key);
  };
  return follow(cluster.own.journals, wake, wake);
}

/** Whose update is in progress decides what may be done to the routes it moves requests on, also to those it no longer names. */
function followRollers({ cluster, programme, wakes }: SubscriptionOptions): readonly (() => void)[] {
  const wake = (object: UntypedObject, previous: UntypedObject | null = null): void => {
    const { namespace = '' } = object.metadata;
    for (const { kind, name } of [...routesOfRoller(object), ...(previous === null ? [] : routesOfRoller(previous))]) {
      const plans = programme.plansOn(namespace, kind, name);
      if (plans.length > 0) wakes.target(targetKey(kind, namespace, name), 'Reassert');
      for (const plan of plans) wakes.planKey(plan.key);
    }
  };
  const gone = (object: UntypedObject): void => {
    wake(object);
  };
  const views = [cluster.targets.get('Rollout'), cluster.rollers.canaries].filter((view) => view !== undefined);
  return views.map((view) => follow(view, wake, gone));
}

function usesService(plan: PlanState, service: string, actuators: SubscriptionOptions['actuators']): boolean {
  const { namespace } = plan.current.plan;
  return [...plan.current.targets, ...snapshotInForce(plan).targets].some((target) =>
    actuators.get(targetKindOf(target))?.servicesOf(target, namespace).includes(service),
  );
}

function followBackends({ cluster, programme, wakes, actuators }: SubscriptionOptions): readonly (() => void)[] {
  const wake = (namespace: string, service: string): void => {
    for (const plan of programme.plans.values()) {
      if (plan.current.plan.namespace !== namespace || !usesService(plan, service, actuators)) continue;
      wakes.planKey(plan.key);
      // A refusal may have found its cure.
      if ([...plan.targets.values()].some(({ refusal }) => refusal !== null)) wakes.targets(plan, 'Reassert');
    }
  };
  const wakeService = ({ metadata }: UntypedObject): void => {
    wake(metadata.namespace ?? '', metadata.name);
  };
  const wakeSlice = ({ metadata }: UntypedObject): void => {
    wake(metadata.namespace ?? '', metadata.labels?.[serviceNameLabel] ?? '');
  };
  return [follow(cluster.own.services, wakeService, wakeService), follow(cluster.own.endpointSlices, wakeSlice, wakeSlice)];
}

/** A revision appeared, an autoscaler went, or rights came to read them: what was refused may be possible now. */
function followWorkloads({ cluster, programme, wakes }: SubscriptionOptions): () => void {
  return cluster.workloads.onChange((namespace) => {
    for (const plan of programme.plans.values()) {
      const targets = [...plan.current.targets, ...snapshotInForce(plan).targets];
      if (plan.current.plan.namespace !== namespace || !targets.some(({ kind }) => kind === 'Deployment')) continue;
      wakes.planKey(plan.key);
      if ([...plan.targets.values()].some(({ refusal }) => refusal !== null)) wakes.targets(plan, 'Reassert');
    }
  });
}

/** A Job ended, a CronJob appeared or was suspended, or rights came to read them. */
function followRemediations({ cluster, programme, wakes }: SubscriptionOptions): readonly (() => void)[] {
  const { cronJobs, jobs } = cluster.remediations;
  const wakeJob = (job: UntypedObject): void => {
    wakes.remediation(planKeyOf(job));
  };
  const wakePlans = (concerned: (plan: PlanState) => boolean): void => {
    for (const plan of programme.plans.values()) {
      if ((snapshotInForce(plan).jobs ?? []).length === 0 || !concerned(plan)) continue;
      wakes.planKey(plan.key);
      wakes.remediation(plan.key);
    }
  };
  const wakeCronJob = ({ metadata }: UntypedObject): void => {
    wakePlans(({ current }) => current.plan.namespace === metadata.namespace);
  };
  const onServedChange = (): void => {
    wakePlans(() => true);
  };
  return [
    follow(jobs, wakeJob, wakeJob),
    follow(cronJobs, wakeCronJob, wakeCronJob),
    ...[cronJobs, jobs].map((view) => view.onServedChange(onServedChange)),
  ];
}

function followConditions({ cluster, onRevision }: SubscriptionOptions): readonly (() => void)[] {
  const tell = (object: UntypedObject, previous: UntypedObject | null): void => {
    if (previous !== null) onRevision(object, previous);
  };
  const { policies, risks, plans } = cluster.own;
  return [policies, risks, plans].map((view) => follow(view, tell, () => undefined));
}

/** Policies before risks before plans: each resolves against what is there before it. Returns the end of all subscriptions. */
export function subscribe(options: SubscriptionOptions): () => void {
  const ends = [
    followReferences(options),
    followPolicies(options),
    followRisks(options),
    followPlans(options),
    ...followTargets(options),
    followJournals(options),
    ...followRollers(options),
    ...followBackends(options),
    followWorkloads(options),
    ...followRemediations(options),
    ...followRecords(options),
    ...followConditions(options),
  ];
  return () => {
    for (const end of ends) end();
  };
}
