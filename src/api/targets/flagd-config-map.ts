import * as z from 'zod';
import type { Target } from '../../core/model/target.ts';
import type { DeepReadonly } from '../deep-readonly.ts';
import { configMapKey, objectName, requiredText } from '../fields.ts';
import { behind, settleSeconds } from './target-fields.ts';

export const flagdConfigMap = z
  .object({
    name: objectName(
      'ConfigMap in the namespace of the plan, with the label modelrisk.dev/target: "true". The author of the plan must be allowed to patch it.',
    ),
    key: configMapKey('Key of data under which the definitions of flags stand, as JSON.'),
    flag: requiredText(253, 'Key of the flag in flags.'),
    safeVariant: requiredText(253, 'Variant everybody gets while the flag is rolled back.'),
    behind,
    settleSeconds: settleSeconds(
      120,
      'Seconds until flagd has read the file and callers follow; nothing tells when they have. A window is evidence for a stage that changed the flag only if it starts after that. Default 120: a kubelet may take that long to bring a changed ConfigMap to a volume.',
    ),
  })
  .meta({ description: 'Default variant of a flag that flagd reads from a ConfigMap.' });

export function toFlagdConfigMap(name: string, target: DeepReadonly<z.output<typeof flagdConfigMap>>): Target {
  const { name: object, behind, ...rest } = target;
  return { kind: 'ConfigMap', name, object, ...rest, behind: behind ?? null };
}

export const flagdConfigMapSnapshot = z.object({
  kind: z.literal('ConfigMap'),
  name: z.string(),
  object: z.string(),
  key: z.string(),
  flag: z.string(),
  safeVariant: z.string(),
  behind: z.string().nullable(),
  settleSeconds: z.number(),
});
