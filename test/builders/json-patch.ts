import type { JSONPatchOperation, JSONValue } from '../../src/shared/json.ts';
import { canonicalJSON } from '../../src/shared/canonical-json.ts';

type Container = Record<string, JSONValue> | JSONValue[];

/** A `test` that does not hold, or a path that does not exist: the API server answers both with 422 without causes. */
export class PatchConflict extends Error {
  override readonly name = 'PatchConflict';
}

/**
 * RFC 6902 as the API server applies it, strict where the server is lenient: `replace` and `remove` need the member they name.
 * `test` with null holds for a member that is absent, if what should contain it exists.
 */
export function applyPatch<Value extends JSONValue>(value: Value, operations: readonly JSONPatchOperation[]): Value {
  // Through text: a structured clone keeps two rules that share one list in memory sharing it.
  const copy = JSON.parse(JSON.stringify(value)) as JSONValue;
  for (const operation of operations) applyOperation(copy, operation);
  return copy as Value;
}

/** Whether all the patch's own tests hold for the object. */
export function holdsFor(value: JSONValue, operations: readonly JSONPatchOperation[]): boolean {
  try {
    applyPatch(
      value,
      operations.filter(({ op }) => op === 'test'),
    );
    return true;
  } catch (error) {
    if (error instanceof PatchConflict) return false;
    throw error;
  }
}

function applyOperation(root: JSONValue, operation: JSONPatchOperation): void {
  const segments = operation.path
    .slice(1)
    .split('/')
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
  const key = segments.at(-1) ?? '';
  const container = segments.slice(0, -1).reduce((at: JSONValue, segment) => memberOf(at, segment) ?? missing(operation), root);
  if (typeof container !== 'object' || container === null) return missing(operation);
  const within = container as Container;
  switch (operation.op) {
    case 'test':
      if (canonicalJSON(memberOf(container, key) ?? null) !== canonicalJSON(operation.value))
        throw new PatchConflict(`test ${operation.path}`);
      return;
    case 'add':
      put(within, { key, operation, insert: true });
      return;
    case 'replace':
      if (memberOf(container, key) === undefined) return missing(operation);
      put(within, { key, operation, insert: false });
      return;
    case 'remove':
      if (memberOf(container, key) === undefined) return missing(operation);
      if (Array.isArray(within)) within.splice(Number(key), 1);
      else Reflect.deleteProperty(within, key);
      return;
  }
}

function put(
  within: Container,
  { key, operation, insert }: { key: string; operation: JSONPatchOperation & { value: JSONValue }; insert: boolean },
): void {
  const value = structuredClone<JSONValue>(operation.value);
  if (!Array.isArray(within)) within[key] = value;
  else if (key === '-') within.push(value);
  else if (!/^[0-9]+$/.test(key) || Number(key) > within.length) missing(operation);
  else within.splice(Number(key), insert ? 0 : 1, value);
}

function memberOf(container: JSONValue, key: string): JSONValue | undefined {
  if (typeof container !== 'object' || container === null) return undefined;
  return Object.hasOwn(container, key) ? (container as Readonly<Record<string, JSONValue>>)[key] : undefined;
}

function missing(operation: JSONPatchOperation): never {
  throw new PatchConflict(`${operation.op} ${operation.path}: no such path`);
}
