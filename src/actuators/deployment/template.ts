import { canonicalJSON } from '../../shared/canonical-json.ts';
import type { JSONValue } from '../../shared/json.ts';
import { asList, asObject, asText, isList, isObject, member } from '../json-reading.ts';
import type { JSONObject } from '../json-reading.ts';

/** Some servers write `creationTimestamp: null` into every template, some leave it out. */
function bare(template: JSONObject): JSONObject {
  const { creationTimestamp, ...metadata } = asObject(template.metadata);
  return { ...template, metadata: creationTimestamp == null ? metadata : { ...metadata, creationTimestamp } };
}

export function sameTemplate(a: JSONObject, b: JSONObject): boolean {
  return canonicalJSON(bare(a)) === canonicalJSON(bare(b));
}

/** `server=models/credit:2.3.0`, container by container. */
export function imagesOf(template: JSONObject): string {
  return asList(asObject(template.spec).containers)
    .map(asObject)
    .map(({ name, image }) => `${asText(name) ?? ''}=${asText(image) ?? ''}`)
    .join(', ');
}

interface Edit {
  /** What stood there. */
  readonly base: JSONValue | undefined;
  /** What its editor made of it. */
  readonly edited: JSONValue | undefined;
  /** What the same edit is to be made of. */
  readonly onto: JSONValue | undefined;
}

/** Makes an edit of one template in another: what its editor left alone stays as `onto` has it. Undefined is absent. */
export function carryOver({ base, edited, onto }: Edit): JSONValue | undefined {
  if (same(base, edited)) return onto;
  if (isObject(base) && isObject(edited) && isObject(onto)) return carryMembers(base, edited, onto);
  if (isList(base) && isList(edited) && isList(onto)) {
    const named = [base, edited, onto].map(byName);
    const [was, is, wanted] = named;
    if (was !== undefined && was !== null && is !== undefined && is !== null && wanted !== undefined && wanted !== null)
      return carryItems(was, is, wanted);
  }
  return edited;
}

function carryMembers(base: JSONObject, edited: JSONObject, onto: JSONObject): JSONObject {
  const keys = [...new Set([...Object.keys(onto), ...Object.keys(edited)])];
  return Object.fromEntries(
    keys.flatMap((key) => {
      const value = carryOver({ base: member(base, key), edited: member(edited, key), onto: member(onto, key) });
      return value === undefined ? [] : [[key, value]];
    }),
  );
}

type Named = ReadonlyMap<string, JSONValue>;

/** Containers, variables, volumes: what has a name is told apart by it, wherever it stands. In the order of the edited list. */
function carryItems(base: Named, edited: Named, onto: Named): readonly JSONValue[] {
  const names = [...edited.keys(), ...[...onto.keys()].filter((name) => !edited.has(name))];
  return names.flatMap((name) => {
    const value = carryOver({ base: base.get(name), edited: edited.get(name), onto: onto.get(name) });
    return value === undefined ? [] : [value];
  });
}

/** Null: not every item has a name of its own. */
function byName(list: readonly JSONValue[]): Named | null {
  const named = new Map(list.map((item) => [asText(asObject(item).name) ?? '', item]));
  return named.size === list.length && !named.has('') ? named : null;
}

function same(a: JSONValue | undefined, b: JSONValue | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return canonicalJSON(a) === canonicalJSON(b);
}
