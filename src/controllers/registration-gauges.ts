import { toRegisteredModel } from '../api/registered-model.ts';
import { modelLabel, unregistered } from '../core/programme/registration.ts';
import type { ModelWorkload } from '../core/programme/registration.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Cluster } from './cluster.ts';
import { targetsAround } from './plan-state.ts';
import type { Programme } from './programme.ts';

interface RegistrationSight {
  readonly programme: Pick<Programme, 'risks' | 'plansOf'>;
  readonly cluster: Pick<Cluster, 'targets'>;
}

export interface RegistrationGaugesOptions extends RegistrationSight {
  readonly metrics: Pick<Metrics, 'unregisteredModels'>;
}

/** Kinds that are models whatever they are labelled. */
const models: ReadonlySet<string> = new Set(['InferenceService']);

/** Kinds that serve many things, models among them: only with the label. */
const labelled: ReadonlySet<string> = new Set(['Deployment', 'Rollout']);

function modelWorkloads({ cluster }: Pick<RegistrationSight, 'cluster'>): readonly ModelWorkload[] {
  return [...cluster.targets].flatMap(([kind, { store }]) =>
    models.has(kind) || labelled.has(kind) ? store.list().flatMap(({ metadata }) => toWorkload(kind, metadata)) : [],
  );
}

function unregisteredOf(
  workloads: readonly ModelWorkload[],
  { programme }: Pick<RegistrationSight, 'programme'>,
): readonly ModelWorkload[] {
  const registered = [...programme.risks.values()].map(({ key, risk }) =>
    toRegisteredModel(risk, programme.plansOf(key).flatMap(targetsAround)),
  );
  return unregistered(workloads, registered);
}

/** What looks like a model and has no ModelRisk, of what the operator reads anyway. */
export function unregisteredIn(sight: RegistrationSight): readonly ModelWorkload[] {
  return unregisteredOf(modelWorkloads(sight), sight);
}

/**
 * Of the objects the operator reads to act on them, and of no others: it asks for no right to look for more. What else there may be
 * `kubectl modelrisk list` finds with the rights of whoever asks.
 */
export function setUnregistered({ programme, cluster, metrics }: RegistrationGaugesOptions): void {
  metrics.unregisteredModels.reset();
  const workloads = modelWorkloads({ cluster });
  if (workloads.length === 0) return;
  const missing = unregisteredOf(workloads, { programme });
  for (const { kind, namespace } of workloads) metrics.unregisteredModels.set({ namespace, kind }, 0);
  for (const { kind, namespace } of missing) metrics.unregisteredModels.inc({ namespace, kind });
}

function toWorkload(
  kind: string,
  {
    namespace = '',
    name,
    labels,
  }: { readonly namespace?: string; readonly name: string; readonly labels?: Readonly<Record<string, string>> },
): readonly ModelWorkload[] {
  const label = labels?.[modelLabel] ?? null;
  return models.has(kind) || label !== null ? [{ kind, namespace, name, label }] : [];
}
