import { createActuator } from '../actuation.ts';
import { asObject, member } from '../json-reading.ts';
import { describeObject } from '../metadata.ts';
import type { Actuator, Claim, TargetObject, Verification } from '../port.ts';
import { featureFlagChangesSchema, featureFlagTargetSchema } from './changes.ts';
import { flagsOf, intentOf } from './intent.ts';
import { settleFeatureFlag } from './settle.ts';

/** OpenFeature FeatureFlag: Flag sets `defaultVariant` and takes targeting out of the way; `state` is never touched. */
export const featureFlagActuator: Actuator = createActuator({
  targetKind: 'FeatureFlag',
  resource: {
    group: 'core.openfeature.dev',
    version: 'v1beta1',
    plural: 'featureflags',
    kind: 'FeatureFlag',
    comesWith: 'the OpenFeature operator (its CRDs suffice)',
  },
  targetSchema: featureFlagTargetSchema,
  changesSchema: featureFlagChangesSchema,
  servicesOf: () => [],
  intentOf,
  settle: settleFeatureFlag,
  notKept: () => null,
  accepted: enabled,
});

/** The object has no status: who has received it can't be known from here, only whether it can have any effect. */
function enabled(live: TargetObject, claims: readonly Claim[]): Exclude<Verification, { kind: 'Verified' }> | null {
  const flags = flagsOf(live);
  const wanted = claims.flatMap(({ target, constraints }) =>
    target.kind === 'FeatureFlag' && constraints.length > 0 ? [target.flag] : [],
  );
  const disabled = wanted.find((flag) => asObject(member(flags, flag)).state === 'DISABLED');
  if (disabled === undefined) return null;
  const message = `Flag ${disabled} of ${describeObject(live)} is DISABLED: callers use the default in their code, whatever its variant. Set state: ENABLED.`;
  return { kind: 'Failed', reason: 'FlagDisabled', message };
}
