import type { Actuator } from '../actuators/port.ts';
import { jobKind, kindsNamed } from '../api/kinds-named.ts';
import { restoreFinalizer } from '../api/mitigation-plan.ts';
import { finalizerPatch } from '../kube/finalizer.ts';
import { referenceOf } from '../kube/kube-object.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { ResourceClient } from '../kube/resource-client.ts';
import { listAll } from './list-all.ts';
import { restoreTarget } from './restore.ts';
import type { RestoreReport } from './restore.ts';

export type RestoreAllClient = Pick<ResourceClient<UntypedObject>, 'get' | 'listPage' | 'patch'>;

export interface RestoreAllOptions {
  readonly targets: readonly { readonly actuator: Actuator; readonly client: RestoreAllClient }[];
  readonly plans: RestoreAllClient;
  /** Null: every namespace. */
  readonly namespace: string | null;
  readonly dropFinalizers: boolean;
  readonly nowMs: number;
}

export interface RestoreAllReport {
  readonly targets: readonly RestoreReport[];
  /** Plans whose finalizer was taken off. */
  readonly plans: readonly { readonly namespace: string; readonly name: string }[];
  /** One sentence each; the command has failed when there is one. */
  readonly failures: readonly string[];
  /** What was done, for people, object by object. */
  readonly sentences: readonly string[];
}

interface Progress {
  readonly targets: RestoreReport[];
  readonly plans: { namespace: string; name: string }[];
  readonly failures: string[];
  readonly sentences: string[];
  /** Namespaces where something is still held; `*` when a whole kind could not be read. */
  readonly unfinished: Set<string>;
}

const attempts = 5;

async function restoreKind(
  options: RestoreAllOptions,
  { actuator, client }: RestoreAllOptions['targets'][number],
  progress: Progress,
): Promise<void> {
  const { namespace, nowMs } = options;
  const { targetKind, resource } = actuator;
  const { kind, clusterRole, label } = resource;
  const listed = await listAll(client, namespace, label === undefined ? null : `${label}=true`);
  if (!listed.ok && listed.failure.kind === 'Denied' && clusterRole !== undefined && !(await isActedOn(targetKind, options))) {
    progress.sentences.push(`${kind} could not be listed (${listed.failure.message}), and no plan acts on one.`);
    return;
  }
  if (!listed.ok) {
    if (listed.failure.kind === 'NotFound') {
      progress.sentences.push(`${kind} is not served by this cluster: nothing to give back.`);
      return;
    }
    progress.failures.push(`${kind} could not be listed: ${listed.failure.message}`);
    progress.unfinished.add('*');
    return;
  }
  const readings = listed.value.map((object) => ({ object, reading: actuator.readJournal(object) }));
  const marked = readings.filter(({ reading }) => reading.kind !== 'None');
  for (const { object, reading } of marked) {
    const place = { namespace: object.metadata.namespace ?? '', name: object.metadata.name };
    if (reading.kind === 'Foreign') {
      // A copy of another object: it holds nothing, so it is no reason to keep a plan.
      progress.sentences.push(`${kind} ${place.namespace}/${place.name} was left as it is. ${reading.message}`);
      continue;
    }
    const outcome = await restoreTarget({ client, actuator, ...place, nowMs });
    if (outcome.ok) {
      progress.targets.push(outcome.value);
      progress.sentences.push(outcome.value.message);
    } else {
      progress.failures.push(outcome.failure);
      progress.unfinished.add(place.namespace);
    }
  }
  progress.sentences.push(`${kind}: ${marked.length} of ${listed.value.length} carry a journal; the others were never changed.`);
}

/** Kinds that are dangerous to touch have roles of their own, for people too, who may lack them where no plan ever needed one. */
async function isActedOn(targetKind: string, { plans, namespace }: RestoreAllOptions): Promise<boolean> {
  const listed = await listAll(plans, namespace);
  return !listed.ok || listed.value.some((plan) => kindsNamed(plan).has(targetKind));
}

/** Kinds plans may patch are known to the operator alone: what this command was not told of would be left as it is without a word. */
async function tellUntold({ targets, plans, namespace }: RestoreAllOptions, progress: Progress): Promise<void> {
  const listed = await listAll(plans, namespace);
  if (!listed.ok) {
    // Without the CRD there are no plans.
    if (listed.failure.kind !== 'NotFound')
      progress.sentences.push(
        `MitigationPlans could not be listed (${listed.failure.message}): whether one acts on a kind this command was not told of is not known.`,
      );
    return;
  }
  const told = new Set<string>([jobKind, ...targets.map(({ actuator }) => actuator.targetKind)]);
  for (const plan of listed.value) {
    const untold = [...kindsNamed(plan)].filter((kind) => !told.has(kind)).map((kind) => kind.replace('Patch.', ''));
    if (untold.length === 0) continue;
    const place = plan.metadata.namespace ?? '';
    progress.failures.push(
      `MitigationPlan ${place}/${plan.metadata.name} acts on ${untold.join(', ')}, which this command was not told of, so none was given back: list the kind in --patch-kinds and run it again.`,
    );
    progress.unfinished.add(place);
  }
}

/** Retried on a conflict: somebody else's finalizer may have come or gone. Null: done, or nothing to do. */
async function dropFinalizer(plans: RestoreAllClient, listed: UntypedObject): Promise<string | null> {
  let plan = listed;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const operations = finalizerPatch(plan, { finalizer: restoreFinalizer, wanted: false });
    if (operations.length === 0) return null;
    const sent = await plans.patch(referenceOf(plan), operations);
    if (sent.ok || sent.failure.kind === 'NotFound') return null;
    if (sent.failure.kind !== 'Conflict') return sent.failure.message;
    const read = await plans.get(referenceOf(plan));
    if (!read.ok) return read.failure.kind === 'NotFound' ? null : read.failure.message;
    plan = read.value;
  }
  return `it changed ${attempts} times meanwhile; run the command again`;
}

async function dropFinalizers({ plans, namespace }: RestoreAllOptions, progress: Progress): Promise<void> {
  const listed = await listAll(plans, namespace);
  if (!listed.ok) {
    if (listed.failure.kind !== 'NotFound') progress.failures.push(`MitigationPlans could not be listed: ${listed.failure.message}`);
    return;
  }
  for (const plan of listed.value.filter(({ metadata }) => metadata.finalizers?.includes(restoreFinalizer) === true)) {
    const place = { namespace: plan.metadata.namespace ?? '', name: plan.metadata.name };
    const where = `MitigationPlan ${place.namespace}/${place.name}`;
    // Without its plan a constraint that is still there would belong to nobody.
    if (progress.unfinished.has('*') || progress.unfinished.has(place.namespace)) {
      progress.failures.push(`${where} keeps its finalizer: not everything could be given back; see to that and run the command again.`);
      continue;
    }
    const problem = await dropFinalizer(plans, plan);
    if (problem !== null) {
      progress.failures.push(`${where} keeps its finalizer: ${problem}`);
      continue;
    }
    progress.plans.push(place);
    const goes = plan.metadata.deletionTimestamp === undefined ? 'A running operator puts it on again.' : 'Its deletion goes on.';
    progress.sentences.push(`${where}: finalizer ${restoreFinalizer} taken off. ${goes}`);
  }
}

/** `kubectl modelrisk restore --all`: targets first, plans after, each from the objects alone. */
export async function restoreAll(options: RestoreAllOptions): Promise<RestoreAllReport> {
  const progress: Progress = { targets: [], plans: [], failures: [], sentences: [], unfinished: new Set() };
  for (const target of options.targets) await restoreKind(options, target, progress);
  await tellUntold(options, progress);
  if (options.dropFinalizers) await dropFinalizers(options, progress);
  const { targets, plans, failures, sentences } = progress;
  return { targets, plans, failures, sentences };
}
