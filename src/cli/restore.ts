import type { Actuator, Surroundings, TargetObject } from '../actuators/port.ts';
import { referenceOf } from '../kube/kube-object.ts';
import type { ObjectReference, UntypedObject } from '../kube/kube-object.ts';
import type { EpochMs } from '../shared/clock.ts';
import type { JSONPatchOperation } from '../shared/json.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';

interface RequestFailure {
  readonly kind: string;
  readonly message: string;
}

/** What restore needs of the API server: read one object, patch it. */
export interface RestoreClient {
  get(reference: ObjectReference): Promise<Result<UntypedObject, RequestFailure>>;
  patch(reference: ObjectReference, operations: readonly JSONPatchOperation[]): Promise<Result<UntypedObject, RequestFailure>>;
}

/** What giving one object back takes, from the object alone. */
export type Restoration =
  | { readonly kind: 'Patch'; readonly operations: readonly JSONPatchOperation[]; readonly before: string; readonly after: string }
  | { readonly kind: 'Nothing'; readonly message: string }
  | { readonly kind: 'Refused'; readonly message: string };

export interface RestoreReport {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly restored: boolean;
  readonly before: string;
  readonly after: string;
  readonly message: string;
}

/** Who the tombstone names. The operator takes any actor but itself for a person's word, and holds. */
export const restoreActor = 'restore';

/** Everyone who may own fields of a target because of a patch of ours. */
const managers = ['modelrisk-operator', 'kubectl-modelrisk'];

const attempts = 5;

/**
 * The first patch of a release, computed without operator, plan or cluster: the users' latest intent, and a tombstone in the name of
 * `actor` where the journal was. The epoch stays, so a leader that still lives is not locked out.
 */
export function restoreObject(
  live: TargetObject,
  { actuator, actor, nowMs }: { readonly actuator: Actuator; readonly actor: string; readonly nowMs: EpochMs },
): Restoration {
  const reading = actuator.readJournal(live);
  switch (reading.kind) {
    case 'None':
      return { kind: 'Nothing', message: 'It carries no journal: nothing of it was changed.' };
    case 'Released':
      return { kind: 'Nothing', message: `It was released already, by ${reading.actor}.` };
    case 'Foreign':
      return { kind: 'Refused', message: reading.message };
    case 'NewerSchema':
      return { kind: 'Refused', message: `Its journal has schema version ${reading.schemaVersion}: use a newer kubectl-modelrisk.` };
    case 'Engaged': {
      const actuation = actuator.plan({ live, claims: [], epoch: reading.epoch, nowMs, actor, surroundings: nothingAround });
      if (actuation.kind !== 'Patch') return { kind: 'Refused', message: 'Its journal can not be ended by this version.' };
      return { kind: 'Patch', operations: actuation.operations, before: actuation.before, after: actuation.after };
    }
  }
}

/** Gives one object back; an edit that comes between reading and patching is read and kept. The failure is one sentence for a person. */
export async function restoreTarget(options: {
  readonly client: RestoreClient;
  readonly actuator: Actuator;
  readonly namespace: string;
  readonly name: string;
  readonly nowMs: EpochMs;
}): Promise<Result<RestoreReport, string>> {
  const { client, actuator, namespace, name, nowMs } = options;
  const { kind } = actuator.resource;
  const report = { kind, namespace, name };
  const where = `${kind} ${namespace}/${name}`;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const read = await client.get({ namespace, name });
    if (!read.ok) return failure(`${where} could not be read: ${read.failure.message}`);
    const restoration = restoreObject(read.value, { actuator, actor: restoreActor, nowMs });
    if (restoration.kind === 'Refused') return failure(`${where} was left as it is. ${restoration.message}`);
    if (restoration.kind === 'Nothing') {
      return success({ ...report, restored: false, before: '', after: '', message: `${where} was left as it is. ${restoration.message}` });
    }
    const { operations, before, after } = restoration;
    const sent = await client.patch({ namespace, name }, operations);
    if (sent.ok) {
      const note = await giveUpOwnership(options, await conclude(options, sent.value));
      return success({ ...report, restored: true, before, after, message: `${where}: ${before} -> ${after}.${note}` });
    }
    if (sent.failure.kind !== 'Conflict') return failure(`${where} could not be patched: ${sent.failure.message}`);
  }
  return failure(`${where} changed ${attempts} times while it was being restored; stop the other writer and run restore again.`);
}

/** A journal written ahead of the change says once more that it stands. Whether or not this succeeds, the operator would do the same. */
async function conclude({ client, actuator, nowMs }: Parameters<typeof restoreTarget>[0], restored: UntypedObject): Promise<UntypedObject> {
  if (actuator.readJournal(restored).kind !== 'Engaged') return restored;
  const restoration = restoreObject(restored, { actuator, actor: restoreActor, nowMs });
  if (restoration.kind !== 'Patch') return restored;
  const sent = await client.patch(referenceOf(restored), restoration.operations);
  return sent.ok ? sent.value : restored;
}

/** Bookkeeping: traffic is restored whether or not this succeeds. */
async function giveUpOwnership(options: Parameters<typeof restoreTarget>[0], restored: UntypedObject): Promise<string> {
  const { client, actuator, namespace, name } = options;
  let live = restored;
  for (const manager of managers) {
    const operations = actuator.disown(live, manager);
    if (operations === null) continue;
    const sent = await client.patch({ namespace, name }, operations);
    if (!sent.ok)
      return ` Ownership of its fields was not given up (${sent.failure.message}): the next server-side apply may need --force-conflicts.`;
    live = sent.value;
  }
  return '';
}

const nothingAround: Surroundings = {
  servicePorts: () => null,
  readyEndpoints: () => 0,
  rollersOf: () => [],
  workload: () => success({ revisions: [], autoscaler: null }),
};
