import type { Actuation, Actuator, Claim, Surroundings } from '../../src/actuators/port.ts';
import { targetJournals } from '../../src/api/target-journal.ts';
import { createJournalBook } from '../../src/kube/journal-book.ts';
import { journaledClient } from '../../src/kube/journaled-client.ts';
import type { ResourceType, UntypedObject } from '../../src/kube/kube-object.ts';
import { createResourceClient } from '../../src/kube/resource-client.ts';
import type { ResourceClient } from '../../src/kube/resource-client.ts';
import { createSystemClock } from '../../src/kube/system-clock.ts';
import { canonicalJSON } from '../../src/shared/canonical-json.ts';
import { installCRDs, crdSource } from '../../testbed/crds.ts';
import { inputFor } from './http-route.ts';
import { journalPlace } from './journal-place.ts';
import { startLiveRuntime } from './live-runtime.ts';
import type { LiveRuntime } from './live-runtime.ts';

export const operatorManager = 'modelrisk-operator';

/** A name stands for the object of that name in the namespace of these targets. */
export type Place = string | { readonly namespace: string; readonly name: string };

/** Targets on the run's control plane: users act by kubectl, the operator by its actuators and its own client. */
export interface LiveTargets {
  readonly runtime: LiveRuntime;
  readonly namespace: string;
  clientFor(actuator: Actuator, fieldManager?: string): ResourceClient<UntypedObject>;
  read(actuator: Actuator, place: Place): Promise<UntypedObject>;
  /** One pass of the controller: plan, patch, give up ownership. */
  pass(actuator: Actuator, place: Place, claims: readonly Claim[], surroundings?: Surroundings): Promise<Actuation>;
  /** Both patches of a release, and ownership given up. */
  release(actuator: Actuator, place: Place): Promise<void>;
  /** kubectl with this input; answers its exit code and words. */
  kubectl(args: readonly string[], stdin?: object): Promise<{ readonly code: number; readonly text: string }>;
  close(): Promise<void>;
}

export async function startLiveTargets(): Promise<LiveTargets> {
  const runtime = await startLiveRuntime();
  const { plane } = runtime;
  await installCRDs(plane, (await crdSource('gateway-api')).path);
  await installCRDs(plane, (await crdSource('istio')).path);
  await installCRDs(plane, (await crdSource('rollouts')).path);
  await installCRDs(plane, (await crdSource('seldon')).path);
  await installCRDs(plane, (await crdSource('openfeature')).path);
  await installCRDs(plane, (await crdSource('kserve')).path);
  await installCRDs(plane, 'crds');
  const namespace = await plane.createNamespace();
  const clientFor: LiveTargets['clientFor'] = ({ resource }, fieldManager = operatorManager) => {
    const of = (type: Omit<ResourceType, 'namespaced'>) =>
      createResourceClient<UntypedObject>({ transport: runtime.transport, resource: { ...type, namespaced: true }, fieldManager });
    if (resource.journal !== 'Object') return of(resource);
    const apart = { journals: of(targetJournals), book: createJournalBook(journalPlace, null), clock: createSystemClock() };
    return journaledClient({ targets: of(resource), place: journalPlace, ...apart, observe: () => undefined });
  };

  const must = async (
    call: Promise<{ readonly ok: true; readonly value: UntypedObject } | { readonly ok: false; readonly failure: object }>,
  ) => {
    const answer = await call;
    if (!answer.ok) throw new Error(JSON.stringify(answer.failure));
    return answer.value;
  };
  const keyOf = (place: Place) => (typeof place === 'string' ? { namespace, name: place } : place);
  const read: LiveTargets['read'] = (actuator, place) => must(clientFor(actuator).get(keyOf(place)));
  const disown = async (actuator: Actuator, live: UntypedObject): Promise<void> => {
    const { name, namespace: own = namespace } = live.metadata;
    const at = { namespace: own, name };
    // As the operator does: somebody else's controller may have written in between.
    for (let seen = live; ; seen = await must(clientFor(actuator).get(at))) {
      const operations = actuator.disown(seen, operatorManager);
      const given = operations === null ? null : await clientFor(actuator).patch(at, operations);
      if (given === null || given.ok) return;
      if (given.failure.kind !== 'Conflict') throw new Error(JSON.stringify(given.failure));
    }
  };
  const pass: LiveTargets['pass'] = async (actuator, place, claims, around) => {
    const actuation = actuator.plan(inputFor(await read(actuator, place), claims, around === undefined ? {} : { surroundings: around }));
    if (actuation.kind !== 'Patch') return actuation;
    const { operations, subresource } = actuation;
    const patched = await must(clientFor(actuator).patch(keyOf(place), operations, subresource ?? undefined));
    // A journal that was written ahead says once more that it stands.
    const confirmation = actuator.resource.journal === 'Object' ? actuator.plan(inputFor(patched, claims)) : null;
    await disown(
      actuator,
      confirmation?.kind === 'Patch' ? await must(clientFor(actuator).patch(keyOf(place), confirmation.operations)) : patched,
    );
    return actuation;
  };

  return {
    runtime,
    namespace,
    clientFor,
    read,
    pass,
    async release(actuator, place) {
      await pass(actuator, place, []);
      const operations = actuator.finish(await read(actuator, place));
      if (operations === null) throw new Error(`${keyOf(place).name} carries no tombstone`);
      await disown(actuator, await must(clientFor(actuator).patch(keyOf(place), operations)));
    },
    async kubectl(args, stdin) {
      const input = stdin === undefined ? [] : [JSON.stringify(stdin)];
      const { code, stdout, stderr } = await plane.kubectl(['-n', namespace, ...args], ...input);
      return { code, text: `${stdout}${stderr}` };
    },
    close: () => runtime.close(),
  };
}

/** What users can see of an object and what is theirs: spec, data, labels, annotations and who owns fields, to the byte. */
export function userView({ spec, data, metadata }: UntypedObject): string {
  const { labels = {}, annotations = {}, managedFields = [] } = metadata;
  const managers = managedFields.map(({ manager = null, operation = null, subresource = null }) => ({ manager, operation, subresource }));
  return canonicalJSON({ spec: spec ?? null, data: data ?? null, labels, annotations, managers });
}
