import { canonicalJSON } from './canonical-json.ts';
import type { JSONPatchOperation, JSONValue } from './json.ts';
import { failure, success } from './result.ts';
import type { Result } from './result.ts';

/**
 * RFC 6902 on a value, for the operations we send; the failure names the operation that does not fit. As on the API server, `test`
 * with null holds for a member that is absent.
 */
export function applyPatch(value: JSONValue, operations: readonly JSONPatchOperation[]): Result<JSONValue, string> {
  let patched = value;
  for (const operation of operations) {
    const next = replaceAt(patched, segmentsOf(operation.path), operation);
    if (next === undefined) return failure(`${operation.op} ${operation.path} does not fit`);
    patched = next;
  }
  return success(patched);
}

function segmentsOf(path: string): readonly string[] {
  return path
    .slice(1)
    .split('/')
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The container with the change inside; undefined when a path does not exist or a test does not hold. What is not changed is shared. */
function replaceAt(within: JSONValue, [key = '', ...rest]: readonly string[], operation: JSONPatchOperation): JSONValue | undefined {
  if (typeof within !== 'object' || within === null) return undefined;
  if (rest.length === 0) return isList(within) ? changeItem(within, key, operation) : changeMember(within, key, operation);
  const inner = isList(within) ? within[Number(key)] : Object.hasOwn(within, key) ? within[key] : undefined;
  const changed = inner === undefined ? undefined : replaceAt(inner, rest, operation);
  if (changed === undefined || changed === inner) return changed === undefined ? undefined : within;
  return isList(within) ? within.with(Number(key), changed) : { ...within, [key]: changed };
}

function changeMember(within: { readonly [key: string]: JSONValue }, key: string, operation: JSONPatchOperation): JSONValue | undefined {
  const known = Object.hasOwn(within, key) ? within[key] : undefined;
  switch (operation.op) {
    case 'test':
      return canonicalJSON(known ?? null) === canonicalJSON(operation.value) ? within : undefined;
    case 'add':
      return { ...within, [key]: operation.value };
    case 'replace':
      return known === undefined ? undefined : { ...within, [key]: operation.value };
    case 'remove': {
      if (known === undefined) return undefined;
      const { [key]: _, ...others } = within;
      return others;
    }
  }
}

function changeItem(within: readonly JSONValue[], key: string, operation: JSONPatchOperation): JSONValue | undefined {
  const index = key === '-' ? within.length : Number(key);
  if (!Number.isInteger(index) || index < 0 || index > within.length) return undefined;
  const known = within[index];
  switch (operation.op) {
    case 'test':
      return known !== undefined && canonicalJSON(known) === canonicalJSON(operation.value) ? within : undefined;
    case 'add':
      return within.toSpliced(index, 0, operation.value);
    case 'replace':
      return known === undefined ? undefined : within.with(index, operation.value);
    case 'remove':
      return known === undefined ? undefined : within.toSpliced(index, 1);
  }
}

function isList(value: JSONValue): value is readonly JSONValue[] {
  return Array.isArray(value);
}
