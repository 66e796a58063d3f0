import * as z from 'zod';
import { podMembers, unpatchableCore, unpatchableGroups } from '../../core/model/unpatchable.ts';
import type { Target } from '../../core/model/target.ts';
import type { JSONValue } from '../../shared/json.ts';
import { cel } from '../cel.ts';
import type { DeepReadonly } from '../deep-readonly.ts';
import { mapList, objectName } from '../fields.ts';
import { settleSeconds } from './target-fields.ts';

const pointer = /^(\/([^~/]|~[01])+)+$/;

/** Deeper or longer is no setting; and what reads it must not be exhausted by it. */
const maxDepth = 16;

function depthOf(value: unknown, left: number): number {
  if (left < 0 || typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map((each) => depthOf(each, left - 1)));
}

const value = z
  .unknown()
  .refine(
    (given) => given !== undefined && given !== null && depthOf(given, maxDepth) <= maxDepth,
    `must be a value, not null, at most ${String(maxDepth)} deep`,
  )
  // It was read from JSON, where nothing else can stand.
  .transform((given) => given as JSONValue)
  .meta({
    description:
      'What stands there while the patch is in force, of the type the object wants. A list is replaced whole. No null, in it neither.',
    'x-kubernetes-preserve-unknown-fields': true,
  });

const entry = z
  .object({
    path: z.string().min(2).max(512).regex(pointer).meta({
      description:
        'JSON Pointer (RFC 6901), as in /spec/maxReplicas: "/" in a key is written "~1", "~" is "~0". Objects on the way that are not there are made, and go again. It can not lead into a list.',
    }),
    value,
  })
  .meta({ description: 'One value.' })
  .meta(
    cel(
      {
        rule: "!self.path.matches('^/(apiVersion|kind|status)(/|$)')",
        fieldPath: '.path',
        message: 'apiVersion, kind and status are not for users to set: name a field of the spec, a label or an annotation',
      },
      {
        rule: "!self.path.matches('^/metadata(/|$)') || (self.path.matches('^/metadata/(labels|annotations)/[^/]+$') && !self.path.matches('^/metadata/[a-z]+/modelrisk[.]dev~1'))",
        fieldPath: '.path',
        message:
          'of metadata only single labels and annotations can be patched, and none of modelrisk.dev: write /metadata/labels/KEY or /metadata/annotations/KEY',
      },
      {
        rule: `!self.path.matches('/(${podMembers.join('|')})(/|$)')`,
        fieldPath: '.path',
        message: 'a patch must not touch what runs in pods (templates, containers): name another field, or use a target of kind deployment',
      },
    ),
  );

const quoted = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(', ');

export const patch = z
  .object({
    group: z
      .string()
      .max(180)
      .regex(/^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*)?$/)
      .meta({ description: 'API group of the object, as in keda.sh; "" for the core.' }),
    resource: z
      .string()
      .min(1)
      .max(63)
      .regex(/^[a-z]([a-z0-9]*)$/)
      .meta({ description: 'Plural of its kind, as RBAC names it: scaledobjects. Only kinds the operator was told of (patchKinds).' }),
    name: objectName('Name of the object, in the namespace of the plan. The author of the plan must be allowed to patch it.'),
    values: mapList(entry, 'path', { min: 1, max: 16, description: 'What is set while the patch is in force: all of it or nothing.' }),
    settleSeconds: settleSeconds(
      0,
      'Seconds whatever follows the object may take once it was changed, where its status.observedGeneration does not tell. A window is evidence for a stage that changed it only if it starts after that. Default 0.',
    ),
  })
  .meta({ description: 'Declared values of an object of a kind the operator was told it may patch.' })
  .meta(
    cel(
      {
        rule: `!(self.group in [${quoted(unpatchableGroups)}]) && !(self.group == '' && self.resource in [${quoted(unpatchableCore)}])`,
        fieldPath: '.resource',
        message: 'objects that grant rights, admit, hold credentials or run programs can never be patched: name another kind',
      },
      {
        rule: "self.values.all(a, self.values.all(b, a.path == b.path || !b.path.startsWith(a.path + '/')))",
        fieldPath: '.values',
        message: 'a path must not lead into the value of another: write one value for both',
      },
    ),
  );

export function toPatch(name: string, target: DeepReadonly<z.output<typeof patch>>): Target {
  const { group, resource, name: object, values, settleSeconds } = target;
  return { kind: 'Patch', name, object, group, resource, values, settleSeconds };
}

export const patchSnapshot = z.object({
  kind: z.literal('Patch'),
  name: z.string(),
  object: z.string(),
  group: z.string(),
  resource: z.string(),
  values: z.array(z.object({ path: z.string(), value: z.json() })),
  settleSeconds: z.number(),
});
