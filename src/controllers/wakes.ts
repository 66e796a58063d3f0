import type { RiskDecision } from '../api/risk-decision.ts';
import { targetKindOf } from '../core/model/target.ts';
import type { Priority, WorkQueue } from '../kube/work-queue.ts';
import { targetsAround } from './plan-state.ts';
import type { PlanState } from './plan-state.ts';
import { targetKey } from './target-key.ts';

export type Queues = Readonly<
  Record<
    'targets' | 'plans' | 'risks' | 'records' | 'decisions' | 'policies' | 'notices' | 'anchors' | 'incidents' | 'drills' | 'remediations',
    WorkQueue
  >
>;

/** The wakes controllers give each other. Every method only queues. */
export interface Wakes {
  /** And its jobs, which come after them. */
  targets(plan: PlanState, priority: Priority): void;
  target(key: string, priority: Priority): void;
  plan(plan: PlanState): void;
  /** Its record and its status. */
  bookkeeping(plan: PlanState): void;
  planKey(key: string): void;
  risk(key: string): void;
  record(namespace: string): void;
  decision(key: string): void;
  policy(name: string): void;
  /** The model or the policy a review or a sign-off is about. */
  reviewed(decision: Pick<RiskDecision, 'metadata' | 'spec'>): void;
  /** A plan may have a job to run, or a result to tell. */
  remediation(planKey: string): void;
  /** `policy/receiver`: there may be something to tell. */
  notice(key: string): void;
  /** By key: people may know more of it than its status says. */
  incident(key: string): void;
  /** Entries of this namespace may wait for the audit sink. */
  anchor(namespace: string): void;
  /** By key of the plan: one may be due, or the one that runs may go on. */
  drill(key: string): void;
}

/** What is recorded within this time leaves in one request, and costs one write of the status. */
const anchorDelayMs = 2000;

export function createWakes(queues: Queues): Wakes {
  return {
    targets: (plan, priority) => {
      const { namespace } = plan.current.plan;
      queues.remediations.add(plan.key, 'Status');
      for (const target of targetsAround(plan)) queues.targets.add(targetKey(targetKindOf(target), namespace, target.object), priority);
    },
    target: (key, priority) => {
      queues.targets.add(key, priority);
    },
    plan: (plan) => {
      queues.plans.add(plan.key, 'Status');
    },
    bookkeeping: (plan) => {
      queues.records.add(plan.current.plan.namespace, 'Status');
      queues.plans.add(plan.key, 'Status');
    },
    planKey: (key) => {
      queues.plans.add(key, 'Resync');
    },
    risk: (key) => {
      queues.risks.add(key, 'Status');
    },
    record: (namespace) => {
      queues.records.add(namespace, 'Status');
    },
    decision: (key) => {
      queues.decisions.add(key, 'Status');
    },
    policy: (name) => {
      queues.policies.add(name, 'Status');
    },
    reviewed: ({ metadata, spec: { subjectRef } }) => {
      if (subjectRef.kind === 'RiskPolicy') queues.policies.add(subjectRef.name, 'Status');
      else queues.risks.add(`${metadata.namespace ?? ''}/${subjectRef.name}`, 'Status');
    },
    remediation: (planKey) => {
      queues.remediations.add(planKey, 'Status');
    },
    notice: (key) => {
      queues.notices.add(key, 'Status');
    },
    incident: (key) => {
      queues.incidents.add(key, 'Status');
    },
    anchor: (namespace) => {
      queues.anchors.addAfter(namespace, anchorDelayMs, 'Status');
    },
    drill: (key) => {
      queues.drills.add(key, 'Resync');
    },
  };
}
