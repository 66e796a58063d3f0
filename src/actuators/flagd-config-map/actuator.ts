import * as z from 'zod';

import type { Target } from '../../core/model/target.ts';
import { createFlagActuator } from '../flag-set/actuator.ts';
import { flagSetChangesSchema } from '../flag-set/changes.ts';
import type { Actuator } from '../port.ts';
import { flagdConfigMapForm } from './form.ts';

const text = z.string().min(1).max(253);

const targetSchema: z.ZodType<Extract<Target, { kind: 'ConfigMap' }>> = z.strictObject({
  kind: z.literal('ConfigMap'),
  name: text,
  object: text,
  key: text,
  flag: text,
  safeVariant: text,
  behind: z.string().max(253).nullable(),
  settleSeconds: z.number().min(0),
});

/** Text of one JSON value. */
const written = z.string().refine(isJSON);

function isJSON(value: string): boolean {
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false;
  }
}

/** A ConfigMap with definitions of flags, which flagd reads as a file. */
export const flagdConfigMapActuator: Actuator = createFlagActuator<string>({
  targetKind: 'ConfigMap',
  resource: {
    group: '',
    version: 'v1',
    plural: 'configmaps',
    kind: 'ConfigMap',
    comesWith: 'Kubernetes',
    clusterRole: 'modelrisk-operator-configmaps',
    label: 'modelrisk.dev/target',
  },
  targetSchema,
  // Key and flag, and the slash between them.
  changesSchema: flagSetChangesSchema<string>({ id: z.string().min(3).max(507), defaultVariant: written, targeting: written }),
  form: flagdConfigMapForm,
});
