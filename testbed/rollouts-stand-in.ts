import { createHash } from 'node:crypto';

import type { APIClient, KubeObject, Resource } from './api-client.ts';

export const rollouts: Resource = { group: 'argoproj.io', version: 'v1alpha1', plural: 'rollouts' };

interface Step {
  readonly setWeight?: number;
}

interface RolloutSpec {
  readonly paused?: boolean;
  readonly template?: object;
  readonly strategy: { readonly canary: { readonly steps?: readonly Step[] } };
}

interface Report {
  readonly observedGeneration: string;
  readonly currentPodHash: string;
  readonly stableRS: string;
  readonly currentStepHash: string;
  readonly currentStepIndex: number;
  readonly abort?: boolean;
  readonly canary: { readonly weights: object };
}

const firstRevision = 'stable';

function digestOf(value: object | undefined): string {
  return createHash('sha256')
    .update(JSON.stringify(value ?? null))
    .digest('hex')
    .slice(0, 10);
}

/** Weight of the last `setWeight` up to a step. */
function weightAt(steps: readonly Step[], step: number): number {
  return steps.slice(0, step + 1).reduce((weight, { setWeight }) => setWeight ?? weight, 0);
}

/**
 * What the Rollouts controller would report of a Rollout with weights, one look at a time: `finished` says that what its step waits
 * for is over. NOT Argo Rollouts: a stand-in after its source (v1.10, rollout/canary.go, sync.go, pause.go). A Rollout it sees for the
 * first time has an update of an earlier revision in progress, at its first step. It knows no pods, no analysis and no routes.
 */
export function reportOf({ metadata, spec, status }: KubeObject, { finished }: { readonly finished: boolean }): Report {
  const { paused = false, template, strategy } = spec as RolloutSpec;
  const { steps = [] } = strategy.canary;
  const before = (status ?? {}) as Partial<Report>;
  const { stableRS = firstRevision } = before;
  const currentPodHash = digestOf(template);
  const currentStepHash = digestOf(steps);
  // Another template or other steps begin an update anew, and nothing of an abort is left.
  const isNew = before.currentPodHash !== currentPodHash || before.currentStepHash !== currentStepHash;
  const isPromoted = currentPodHash === stableRS;
  const aborts = !isNew && !isPromoted && before.abort === true;
  const at = isNew || aborts ? 0 : (before.currentStepIndex ?? 0);
  const step = finished && !paused && !aborts && !isNew ? Math.min(at + 1, steps.length) : at;
  const ends = !isPromoted && !aborts && step >= steps.length;
  const weight = isPromoted || aborts || ends ? 0 : weightAt(steps, step);
  const stable = ends ? currentPodHash : stableRS;
  return {
    observedGeneration: String(metadata.generation ?? 1),
    currentPodHash,
    stableRS: stable,
    currentStepHash,
    currentStepIndex: isPromoted ? steps.length : step,
    ...(aborts ? { abort: true } : {}),
    canary: {
      weights: { canary: { weight, podTemplateHash: currentPodHash }, stable: { weight: 100 - weight, podTemplateHash: stable } },
    },
  };
}

/** Looks at one Rollout of a real API server, and writes where that differs. No step ever ends. */
export async function lookAtRollout(client: APIClient, object: KubeObject): Promise<void> {
  const report = reportOf(object, { finished: false });
  const { abort, ...shown } = report;
  const status = (object['status'] ?? {}) as Partial<Report>;
  const known = { ...Object.fromEntries(Object.keys(shown).map((key) => [key, status[key as keyof Report]])) };
  if (JSON.stringify(known) === JSON.stringify(shown) && (status.abort ?? false) === (abort ?? false)) return;
  const { namespace = '', name = '' } = object.metadata;
  await client.raw({
    method: 'PATCH',
    path: `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/rollouts/${name}/status`,
    body: { status: { ...shown, abort: abort ?? null } },
    contentType: 'application/merge-patch+json',
  });
}
