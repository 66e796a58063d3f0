import type * as z from 'zod';

import type { Target } from '../../core/model/target.ts';
import type { JSONValue } from '../../shared/json.ts';
import { createActuator } from '../actuation.ts';
import { describeObject } from '../metadata.ts';
import type { Actuator, Claim, TargetKind, TargetObject, TargetResource, Verification } from '../port.ts';
import type { FlagSetChanges } from './changes.ts';
import type { FlagForm } from './form.ts';
import { flagSetIntent } from './intent.ts';
import { settleFlags } from './settle.ts';

interface FlagKind<Kept extends JSONValue> {
  readonly targetKind: TargetKind;
  readonly resource: TargetResource;
  readonly targetSchema: z.ZodType<Target>;
  readonly changesSchema: z.ZodType<FlagSetChanges<Kept>>;
  readonly form: FlagForm<Kept>;
}

/** The actuator of one kind of object with flags: Flag sets `defaultVariant` and takes targeting out of the way; `state` is never touched. */
export function createFlagActuator<Kept extends JSONValue>(kind: FlagKind<Kept>): Actuator {
  const { form } = kind;
  return createActuator({
    targetKind: kind.targetKind,
    resource: kind.resource,
    targetSchema: kind.targetSchema,
    changesSchema: kind.changesSchema,
    servicesOf: () => [],
    intentOf: (live, changes) => flagSetIntent(live, changes, form),
    settle: (input) => settleFlags({ ...input, form }),
    notKept: () => null,
    accepted: (live, claims) => enabled(live, claims, form),
  });
}

/** Nothing tells who has received it; what can be known from here is whether it can have any effect. */
function enabled<Kept extends JSONValue>(
  live: TargetObject,
  claims: readonly Claim[],
  form: FlagForm<Kept>,
): Exclude<Verification, { kind: 'Verified' }> | null {
  const isDisabled = (id: string): boolean => {
    const read = form.read(live, id);
    return read.ok && read.value.definition.state === 'DISABLED';
  };
  const wanted = claims.flatMap(({ target, constraints }) => (constraints.length > 0 ? (form.named(target) ?? []) : []));
  const disabled = wanted.find(({ id }) => isDisabled(id));
  if (disabled === undefined) return null;
  const message = `Flag ${disabled.flag} of ${describeObject(live)} is DISABLED: callers use the default in their code, whatever its variant. Set state: ENABLED.`;
  return { kind: 'Failed', reason: 'FlagDisabled', message };
}
