import type { KubeObject } from '../../testbed/api-client.ts';
import type { MemoryAPI } from './memory-api.ts';
import { applyGuardedModelTo, memoryPlan, startMemoryOperator } from './memory-operator.ts';
import type { MemoryOperator } from './memory-operator.ts';
import { flagIn, planIn, routeIn } from './memory-story.ts';
import type { SeenEntry } from './traffic-view.ts';
import { entriesOf } from './traffic-view.ts';

/** `status.lastDrill` as people read it. */
export interface SeenDrill {
  readonly at: string;
  readonly scope: string;
  readonly result: string;
  readonly reason?: string;
  readonly message?: string;
  readonly request?: string;
  readonly timeToMitigateSeconds?: number;
  readonly timeToRestoreSeconds?: number;
  readonly recoveryTimeSeconds?: number;
  readonly recovery?: string;
  readonly restored: string;
  readonly steps: readonly {
    /** Empty: the way back. */
    readonly stage: string;
    readonly target: string;
    readonly outcome: string;
    readonly reason?: string;
    readonly message?: string;
  }[];
  readonly incidentRef?: { readonly name: string };
}

export const drillRequest = 'modelrisk.dev/drill-requested-at';

export function lastDrillOf({ status }: KubeObject): SeenDrill | null {
  return (status as { readonly lastDrill?: SeenDrill } | undefined)?.lastDrill ?? null;
}

export function drillIncidentsOf(incidents: readonly KubeObject[]): readonly KubeObject[] {
  return incidents.filter(({ spec }) => (spec as { readonly drill?: object }).drill !== undefined);
}

export const drillsIn = ({ api }: MemoryOperator): readonly KubeObject[] => drillIncidentsOf(api.list('riskincidents'));

export function drillEntriesIn(world: MemoryOperator): readonly SeenEntry[] {
  return drillsIn(world).flatMap(entriesOf);
}

/** `spec` and annotations of everything a drill of the story's plan may lay hands on. */
export function usersOf(world: MemoryOperator): object {
  return [routeIn(world), flagIn(world)].map(({ metadata, spec }) => ({ annotations: metadata.annotations ?? null, spec }));
}

export function markSandbox(api: MemoryAPI, value = 'true'): void {
  api.apply('namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'lending', labels: { 'modelrisk.dev/sandbox': value } },
  });
}

/** The guarded model of the story, its plan changed. */
export async function startDrilled(
  plan: Readonly<Record<string, unknown>> = {},
  prepare: (api: MemoryAPI) => void = () => undefined,
): Promise<MemoryOperator> {
  return startMemoryOperator((api) => {
    applyGuardedModelTo(api);
    api.apply('mitigationplans', memoryPlan(plan));
    prepare(api);
  });
}

/** Writes the annotation, as somebody with the verb would; everything else of the plan stays. */
export function askForDrill(world: MemoryOperator, request: string, plan: Readonly<Record<string, unknown>> = {}): void {
  const { metadata, ...manifest } = memoryPlan(plan) as KubeObject;
  const annotations = { ...metadata.annotations, [drillRequest]: request };
  world.api.apply('mitigationplans', { ...manifest, metadata: { ...metadata, annotations } });
}

/** Asks, and waits for the answer. */
export async function drill(world: MemoryOperator, request: string, plan: Readonly<Record<string, unknown>> = {}): Promise<SeenDrill> {
  askForDrill(world, request, plan);
  await world.passUntil(`drill ${request} is answered`, () => lastDrillOf(planIn(world))?.request === request);
  const found = lastDrillOf(planIn(world));
  if (found === null) throw new Error('no drill');
  return found;
}
