import { createActuator } from '../actuation.ts';
import { asNumber, asObject } from '../json-reading.ts';
import { describeObject } from '../metadata.ts';
import type { Actuator, TargetObject, Verification } from '../port.ts';
import { patchKindOf } from '../../core/model/target.ts';
import { patchChangesSchema, patchTargetSchema } from './changes.ts';
import { intentOf } from './intent.ts';
import type { PatchResource } from './resource.ts';
import { settlePatch } from './settle.ts';

/** One kind of objects whose declared values plans may set: one actuator a kind, since each has a cache and a journal of its own. */
export function createPatchActuator(resource: PatchResource): Actuator {
  return createActuator({
    targetKind: patchKindOf({ group: resource.group, resource: resource.plural }),
    resource: {
      ...resource,
      comesWith: 'whoever brings it (it is listed in --patch-kinds)',
      clusterRole: 'modelrisk-operator-patches',
      strict: true,
    },
    targetSchema: patchTargetSchema(resource),
    changesSchema: patchChangesSchema,
    servicesOf: () => [],
    intentOf,
    settle: settlePatch,
    notKept: () => null,
    accepted: observed,
  });
}

/** Most controllers say which generation they have seen; where this one does, nothing is verified before it has seen ours. */
function observed(live: TargetObject): Exclude<Verification, { kind: 'Verified' }> | null {
  const generation = asNumber(asObject(live.metadata).generation);
  const seen = asNumber(asObject(live.status).observedGeneration);
  if (generation === null || seen === null || seen >= generation) return null;
  return {
    kind: 'Waiting',
    message: `${describeObject(live)} is at generation ${generation}, its controller has seen ${seen} (status.observedGeneration).`,
  };
}
