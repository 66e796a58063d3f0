import { asNumber, asObject } from '../json-reading.ts';
import type { JSONObject } from '../json-reading.ts';
import type { TargetObject } from '../port.ts';
import type { DeploymentChanges, TemplateChange } from './changes.ts';
import { carryOver, sameTemplate } from './template.ts';

/** What users want of a Deployment, beside how it stands. */
export interface DeploymentIntent {
  readonly template: JSONObject;
  /** Null: they wrote none. */
  readonly replicas: number | null;
  /** What this engagement goes back to; null: no stage has asked for it yet. */
  readonly pinned: TemplateChange | null;
  /** It is in force, and the template stands as our patch left it. */
  readonly standsAsPinned: boolean;
  /** Someone else changed what we had put there. */
  readonly foreignEdit: boolean;
}

/**
 * What stands as we applied it has the journaled intent. An edit of ours is carried over to what users want: who restarts pods or
 * changes a variable while an earlier revision runs does not ask for that revision.
 */
export function intentOf(live: TargetObject, changes: DeploymentChanges | null): DeploymentIntent {
  const { template: pinned = null, replicas: scaled = null } = changes ?? {};
  const standing = standingOf(live);
  const wanted = pinned?.intent ?? null;
  const standsAsPinned = pinned !== null && wanted !== null && isOurs(live, pinned);
  const isScaledByOthers = scaled !== null && standing.replicas !== scaled.applied;
  const edit = { base: pinned?.applied, edited: standing.template };
  return {
    template: wanted === null ? standing.template : asObject(standsAsPinned ? wanted : carryOver({ ...edit, onto: wanted })),
    replicas: scaled === null || isScaledByOthers ? standing.replicas : scaled.intent,
    pinned,
    standsAsPinned,
    foreignEdit: (wanted !== null && !standsAsPinned) || isScaledByOthers,
  };
}

export function standingOf(live: TargetObject): { readonly template: JSONObject; readonly replicas: number | null } {
  const spec = asObject(live.spec);
  return { template: asObject(spec.template), replicas: asNumber(spec.replicas) };
}

export function generationOf(live: TargetObject): number {
  return asNumber(asObject(live.metadata).generation) ?? 0;
}

function isOurs(live: TargetObject, { applied, generation }: TemplateChange): boolean {
  return generationOf(live) === generation || sameTemplate(standingOf(live).template, applied);
}
