import * as z from 'zod';
import type { Target } from '../../core/model/target.ts';
import type { DeepReadonly } from '../deep-readonly.ts';
import { objectName, requiredText } from '../fields.ts';
import { behind, settleSeconds } from './target-fields.ts';

export const featureFlag = z
  .object({
    name: objectName(
      'FeatureFlag (core.openfeature.dev) in the namespace of the plan. The author of the plan must be allowed to patch it.',
    ),
    flag: requiredText(253, 'Key of the flag in flagSpec.flags.'),
    safeVariant: requiredText(253, 'Variant everybody gets while the flag is rolled back.'),
    behind,
    settleSeconds: settleSeconds(
      0,
      'Seconds callers may take to follow the flag once it was changed; nothing tells when they have. A window is evidence for a stage that changed the flag only if it starts after that. Default 0: from when the change was seen.',
    ),
  })
  .meta({ description: 'Default variant of an OpenFeature flag.' });

export function toFeatureFlag(name: string, target: DeepReadonly<z.output<typeof featureFlag>>): Target {
  const { name: object, flag, safeVariant, behind, settleSeconds } = target;
  return { kind: 'FeatureFlag', name, object, flag, safeVariant, behind: behind ?? null, settleSeconds };
}

export const featureFlagSnapshot = z.object({
  kind: z.literal('FeatureFlag'),
  name: z.string(),
  object: z.string(),
  flag: z.string(),
  safeVariant: z.string(),
  behind: z.string().nullable(),
  settleSeconds: z.number().default(0),
});
