import type { JSONPatchOperation, JSONValue } from '../../shared/json.ts';
import { failure, success } from '../../shared/result.ts';
import type { FlagForm, FlagMembers, Unreadable, WantedFlag } from '../flag-set/form.ts';
import { asObject, asText, member, pointerSegment } from '../json-reading.ts';
import { describeObject } from '../metadata.ts';
import type { PatchHalves } from '../metadata.ts';
import type { TargetObject } from '../port.ts';
import { readFlag, writeFlags } from './flag-text.ts';
import type { TextProblem } from './flag-text.ts';

/** Flags in the text under a key of a ConfigMap, kept as the text they are written in. */
export const flagdConfigMapForm: FlagForm<string> = {
  named: (target) =>
    target.kind === 'ConfigMap' ? { id: `${target.key}/${target.flag}`, flag: target.flag, safeVariant: target.safeVariant } : null,
  read(live, id) {
    const [key, flag] = placeOf(id);
    const barrier = barrierTo(live, key);
    if (barrier !== null) return failure(barrier);
    const read = readFlag(textOf(live, key) ?? '', flag);
    return read.ok ? success({ id, flag, ...read.value }) : failure(unreadable(live, id, read.failure));
  },
  valueOf: (kept) => JSON.parse(kept) as JSONValue,
  keep: (value) => JSON.stringify(value),
  isExact: () => true,
  patch: patchTexts,
};

/** No key of a ConfigMap has a slash in it. */
function placeOf(id: string): readonly [key: string, flag: string] {
  const slash = id.indexOf('/');
  return [id.slice(0, slash), id.slice(slash + 1)];
}

function textOf(live: TargetObject, key: string): string | null {
  return asText(member(asObject(live.data), key));
}

/** What stands between us and the text, whatever it says. */
function barrierTo(live: TargetObject, key: string): Unreadable | null {
  const where = describeObject(live);
  if (live.immutable === true) {
    const message = `${where} is immutable, so its flags can't be changed: create it again without immutable: true.`;
    return { reason: 'ImmutableTarget', message };
  }
  if (textOf(live, key) !== null) return null;
  if (member(asObject(live.binaryData), key) === undefined) {
    return { reason: 'FlagMissing', message: `${where} has no key ${key}: add it or correct the plan's target.` };
  }
  const message = `${where} has key ${key} as binaryData, which is not edited: write it as text, under data.`;
  return { reason: 'FlagsUnreadable', message };
}

function unreadable(live: TargetObject, id: string, problem: TextProblem): Unreadable {
  const [key, flag] = placeOf(id);
  const where = describeObject(live);
  if (problem === 'None') {
    const message = `Key ${key} of ${where} has no flag ${flag}: add it or correct the plan's target.`;
    return { reason: 'FlagMissing', message };
  }
  return { reason: 'FlagsUnreadable', message: `Key ${key} of ${where} ${problem.is}: ${problem.remedy}.` };
}

/** The whole text is one field to the API server: tested and replaced as a whole, whichever bytes of it change. */
function patchTexts(live: TargetObject, flags: readonly WantedFlag<string>[]): PatchHalves {
  const byKey = new Map<string, Map<string, FlagMembers<string>>>();
  for (const { stored, wanted } of flags) {
    const [key, flag] = placeOf(stored.id);
    byKey.set(key, (byKey.get(key) ?? new Map<string, FlagMembers<string>>()).set(flag, wanted));
  }
  const texts = [...byKey].map(([key, wanted]) => {
    const text = textOf(live, key) ?? '';
    return { path: `/data/${pointerSegment(key)}`, text, next: writeFlags(text, wanted) };
  });
  return {
    tests: texts.map(({ path, text }): JSONPatchOperation => ({ op: 'test', path, value: text })),
    writes: texts.map(({ path, next }): JSONPatchOperation => ({ op: 'replace', path, value: next })),
  };
}
