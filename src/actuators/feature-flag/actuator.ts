import * as z from 'zod';

import type { Target } from '../../core/model/target.ts';
import type { JSONValue } from '../../shared/json.ts';
import { createFlagActuator } from '../flag-set/actuator.ts';
import { flagSetChangesSchema } from '../flag-set/changes.ts';
import type { Actuator } from '../port.ts';
import { featureFlagForm } from './form.ts';

const text = z.string().min(1).max(253);

const targetSchema: z.ZodType<Extract<Target, { kind: 'FeatureFlag' }>> = z.strictObject({
  kind: z.literal('FeatureFlag'),
  name: text,
  object: text,
  flag: text,
  safeVariant: text,
  behind: z.string().max(253).nullable(),
  // Absent in journals of an earlier build.
  settleSeconds: z.number().min(0).default(0),
});

/** OpenFeature FeatureFlag. */
export const featureFlagActuator: Actuator = createFlagActuator<JSONValue>({
  targetKind: 'FeatureFlag',
  resource: {
    group: 'core.openfeature.dev',
    version: 'v1beta1',
    plural: 'featureflags',
    kind: 'FeatureFlag',
    comesWith: 'the OpenFeature operator (its CRDs suffice)',
  },
  targetSchema,
  changesSchema: flagSetChangesSchema<JSONValue>({
    id: text,
    defaultVariant: z.string().max(1024),
    targeting: z.record(z.string(), z.json()),
  }),
  form: featureFlagForm,
});
