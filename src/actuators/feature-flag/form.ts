import type { JSONPatchOperation, JSONValue } from '../../shared/json.ts';
import { canonicalJSON } from '../../shared/canonical-json.ts';
import { failure, success } from '../../shared/result.ts';
import type { FlagForm, StoredFlag, WantedFlag } from '../flag-set/form.ts';
import { asObject, hasNullInList, holdsInexact, isObject, member, pointerSegment } from '../json-reading.ts';
import type { JSONObject } from '../json-reading.ts';
import { describeObject } from '../metadata.ts';
import type { PatchHalves } from '../metadata.ts';
import type { TargetObject } from '../port.ts';

/** Flags of `spec.flagSpec.flags`, kept as values. */
export const featureFlagForm: FlagForm<JSONValue> = {
  named: (target) => (target.kind === 'FeatureFlag' ? { id: target.flag, flag: target.flag, safeVariant: target.safeVariant } : null),
  read(live, id) {
    const definition = member(flagsOf(live), id);
    if (!isObject(definition)) {
      const message = `${describeObject(live)} has no flag ${id}: add it or correct the plan's target.`;
      return failure({ reason: 'FlagMissing', message });
    }
    return success({
      id,
      flag: id,
      definition,
      defaultVariant: typeof definition.defaultVariant === 'string' ? definition.defaultVariant : null,
      targeting: isObject(definition.targeting) ? definition.targeting : null,
    } satisfies StoredFlag<JSONValue>);
  },
  valueOf: (kept) => kept,
  keep: (value) => value,
  isExact: (kept) => !holdsInexact(kept),
  patch(live, flags) {
    const generation = asObject(live.metadata).generation ?? null;
    const patches = flags.map((flag) => patchFlag(flag, generation));
    return { tests: patches.flatMap(({ tests }) => tests), writes: patches.flatMap(({ writes }) => writes) };
  },
};

function flagsOf(live: TargetObject): JSONObject {
  return asObject(asObject(asObject(live.spec).flagSpec).flags);
}

function patchFlag({ stored, wanted }: WantedFlag<JSONValue>, generation: JSONValue): PatchHalves {
  const path = `/spec/flagSpec/flags/${pointerSegment(stored.id)}`;
  const writes = [
    ...writeMember(`${path}/defaultVariant`, stored.defaultVariant, wanted.defaultVariant),
    ...writeMember(`${path}/targeting`, stored.targeting, wanted.targeting),
  ];
  const relied = (['defaultVariant', 'targeting', 'variants'] as const).map((field) => ({
    field,
    value: stored.definition[field] ?? null,
  }));
  const tests = relied.flatMap(({ field, value }) =>
    hasNullInList(value) || holdsInexact(value) ? [] : [{ op: 'test', path: `${path}/${field}`, value } as const],
  );
  // Any edit of the spec moves the generation: coarser, but it can be tested.
  const unsaid = tests.length < relied.length ? [{ op: 'test', path: '/metadata/generation', value: generation } as const] : [];
  return { tests: [...tests, ...unsaid], writes };
}

function writeMember(path: string, now: JSONValue, wanted: JSONValue): readonly JSONPatchOperation[] {
  if (canonicalJSON(now) === canonicalJSON(wanted)) return [];
  if (wanted === null) return [{ op: 'remove', path }];
  return [{ op: now === null ? 'add' : 'replace', path, value: wanted }];
}
