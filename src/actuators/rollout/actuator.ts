import { createActuator } from '../actuation.ts';
import { describeObject } from '../metadata.ts';
import type { Actuator, Claim, TargetObject, Verification } from '../port.ts';
import { rolloutChangesSchema, rolloutTargetSchema } from './changes.ts';
import { intentOf } from './intent.ts';
import { capOf } from './lever.ts';
import { progressOf } from './progress.ts';
import { abortPatch, settleRollout } from './settle.ts';

/** Argo Rollouts: an update in progress is paused within its cap, or aborted; steps, template and weights are never touched. */
export const rolloutActuator: Actuator = createActuator({
  targetKind: 'Rollout',
  resource: {
    group: 'argoproj.io',
    version: 'v1alpha1',
    plural: 'rollouts',
    kind: 'Rollout',
    comesWith: 'Argo Rollouts',
    // By far the largest part of it, and nothing of ours depends on what pods look like.
    unread: ['template'],
  },
  targetSchema: rolloutTargetSchema,
  changesSchema: rolloutChangesSchema,
  servicesOf: () => [],
  intentOf,
  settle: settleRollout,
  statusPatch: abortPatch,
  notKept: () => null,
  accepted: reported,
});

/** The controller's own report decides: what it set on the routes, or how many pods of the new revision there are. */
function reported(live: TargetObject, claims: readonly Claim[]): Exclude<Verification, { kind: 'Verified' }> | null {
  const maxPercent = capOf(claims);
  const progress = progressOf(live);
  if (maxPercent >= 100 || progress?.isInProgress !== true) return null;
  const where = describeObject(live);
  if (!progress.isUpToDate) return { kind: 'Waiting', message: `The Rollouts controller has not looked at ${where} since it changed.` };
  if (!progress.isAborted) return null;
  const { isByReplicas, updatedReplicas, reportedPercent } = progress;
  if (isByReplicas && updatedReplicas > 0)
    return { kind: 'Waiting', message: `The update of ${where} is aborted, ${String(updatedReplicas)} of its pods still answer.` };
  return reportedPercent > maxPercent
    ? { kind: 'Waiting', message: `The update of ${where} is aborted, its weight is still ${String(reportedPercent)} %.` }
    : null;
}
