import { asList, asNumber, asObject, asText, isObject } from '../json-reading.ts';
import type { JSONObject } from '../json-reading.ts';
import type { TargetObject } from '../port.ts';

/** How far an update is, as the Rollouts controller last reported it. */
export interface Progress {
  /** Pod template hash of the revision its users want; null before the controller has looked. */
  readonly current: string | null;
  /** The revision that was promoted last; null while there never was one. */
  readonly stable: string | null;
  readonly isInProgress: boolean;
  readonly isAborted: boolean;
  /** The report is of the object as it stands now. */
  readonly isUpToDate: boolean;
  /** Most requests the new revision gets while the update stays at this step, in percent; 100 where that can't be said. */
  readonly ceilingPercent: number;
  /** What the controller says it set last, in percent, rounded up. */
  readonly reportedPercent: number;
  /** Requests are shared by numbers of pods, not by weights of a route. */
  readonly isByReplicas: boolean;
  /** Pods of the new revision. */
  readonly updatedReplicas: number;
  readonly step: number;
  readonly steps: number;
}

/** Null: not the canary strategy, so there is no share to speak of. */
export function progressOf({ metadata, spec, status: reported }: TargetObject): Progress | null {
  const { canary } = asObject(asObject(spec).strategy);
  if (!isObject(canary)) return null;
  const status = asObject(reported);
  const current = hashOf(status.currentPodHash);
  const stable = hashOf(status.stableRS);
  const steps = asList(canary.steps).map(asObject);
  const step = asNumber(status.currentStepIndex) ?? 0;
  const maxWeight = asNumber(asObject(canary.trafficRouting).maxTrafficWeight) ?? 100;
  const reportedPercent = percentOf(asNumber(asObject(asObject(asObject(status.canary).weights).canary).weight) ?? 0, maxWeight);
  const isByReplicas = !isObject(canary.trafficRouting);
  const isBoundless = isByReplicas || status.promoteFull === true || step >= steps.length || leavesTheWeights(steps, step);
  return {
    current,
    stable,
    isInProgress: current !== null && stable !== null && current !== stable,
    isAborted: status.abort === true,
    // The controller writes it as text.
    isUpToDate:
      Number(asText(status.observedGeneration) ?? asNumber(status.observedGeneration)) === asNumber(asObject(metadata).generation),
    ceilingPercent: isBoundless ? 100 : Math.max(reportedPercent, percentOf(highestWeight(steps, step), maxWeight)),
    reportedPercent,
    isByReplicas,
    updatedReplicas: asNumber(status.updatedReplicas) ?? 0,
    step,
    steps: steps.length,
  };
}

/** The controller writes an empty text for none. */
function hashOf(value: JSONObject[string] | undefined): string | null {
  const text = asText(value);
  return text === '' ? null : text;
}

function percentOf(weight: number, maxWeight: number): number {
  return Math.min(100, Math.ceil((100 * weight) / maxWeight));
}

/**
 * Of the step and the one whose weight still stands while its pods are not ready: the controller uses the weight of the last
 * `setWeight` up to the step, or, until the replica counts fit, of the last before it.
 */
function highestWeight(steps: readonly JSONObject[], step: number): number {
  const before = lastWeight(steps.slice(0, step));
  return Math.max(before, asNumber(steps[step]?.setWeight) ?? before);
}

function lastWeight(steps: readonly JSONObject[]): number {
  return steps.reduce((weight, { setWeight }) => asNumber(setWeight) ?? weight, 0);
}

/** Requests with a header go to the new revision whole, and an experiment may give its own pods of it a share. */
function leavesTheWeights(steps: readonly JSONObject[], step: number): boolean {
  const hasHeaderRoute = steps.slice(0, step + 1).some(({ setHeaderRoute }) => isObject(setHeaderRoute));
  const templates = asList(asObject(steps[step]?.experiment).templates).map(asObject);
  return hasHeaderRoute || templates.some(({ weight }) => weight !== undefined);
}
