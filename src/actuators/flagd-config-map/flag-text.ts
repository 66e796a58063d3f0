import { parseTree } from 'jsonc-parser';
import type { Edit, Node } from 'jsonc-parser';

import type { JSONValue } from '../../shared/json.ts';
import { failure, success } from '../../shared/result.ts';
import type { Result } from '../../shared/result.ts';
import { asObject, isObject, member } from '../json-reading.ts';
import type { JSONObject } from '../json-reading.ts';
import type { FlagMembers } from '../flag-set/form.ts';

/** A flag in a text, beside the text its members are written in. */
export interface WrittenFlag extends FlagMembers<string> {
  readonly definition: JSONObject;
}

/** `None`: the text has no such flag. Else what keeps it from being read or edited, as the end of a sentence, and what to do. */
export type TextProblem = 'None' | { readonly is: string; readonly remedy: string };

/** Members of a flag that decide what callers get. */
const decisive: ReadonlySet<string> = new Set(['state', 'variants', 'defaultvariant', 'targeting', '$ref']);

/** Reads one flag of a definition of flags as flagd takes it from a file. Only JSON: its members are edited in place, by where they stand. */
export function readFlag(text: string, name: string): Result<WrittenFlag, TextProblem> {
  const parsed = parse(text);
  if (!parsed.ok) return parsed;
  const { value, root } = parsed.value;
  const second = keysOf(root).filter((key) => key.toLowerCase() === 'flags')[1];
  if (second !== undefined) return failure(ambiguous(second, 'the definition'));
  const flags = find(root, 'flags');
  if (flags?.type !== 'object') return failure({ is: 'has no object flags', remedy: 'write {"flags": {...}}' });
  if (keysOf(flags).filter((key) => key === name).length > 1) return failure(ambiguous(name, 'flags'));
  const flag = find(flags, name);
  if (flag === null) return failure('None');
  if (flag.type !== 'object') return failure({ is: `has a flag ${name} that is no object`, remedy: 'write the flag as an object' });
  const problem = problemOf(flag, name);
  if (problem !== null) return failure(problem);
  const textOf = (key: string): string | null => {
    const found = find(flag, key);
    return found === null ? null : text.slice(found.offset, found.offset + found.length);
  };
  const definition = asObject(member(asObject(asObject(value).flags), name));
  return success({ definition, defaultVariant: textOf('defaultVariant'), targeting: textOf('targeting') });
}

/** The text with both members of these flags as wanted, every other byte as it was. Each flag must be one `readFlag` reads. */
export function writeFlags(text: string, wanted: ReadonlyMap<string, FlagMembers<string>>): string {
  const root = parseTree(text);
  const flags = root === undefined ? null : find(root, 'flags');
  const edits = [...wanted].flatMap(([name, { defaultVariant, targeting }]) => {
    const flag = flags === null ? null : find(flags, name);
    if (flag === null) throw new Error(`no flag ${name} to write`);
    return [...editMember(text, flag, ['defaultVariant', defaultVariant]), ...editMember(text, flag, ['targeting', targeting])];
  });
  // From the end, so that what is left to do stands where it stood.
  return edits
    .toSorted((a, b) => b.offset - a.offset)
    .reduce((edited, { offset, length, content }) => edited.slice(0, offset) + content + edited.slice(offset + length), text);
}

function parse(text: string): Result<{ readonly value: JSONValue; readonly root: Node }, TextProblem> {
  try {
    // The strict reader first: the one that knows where things stand forgives what flagd would not.
    const value = JSON.parse(text) as JSONValue;
    const root = parseTree(text);
    if (!isObject(value) || root === undefined) return failure({ is: 'is no JSON object', remedy: 'write {"flags": {...}}' });
    return success({ value, root });
  } catch (error) {
    if (error instanceof RangeError) return failure({ is: 'is nested too deep to be read', remedy: 'write it flatter' });
    if (!(error instanceof SyntaxError)) throw error;
    return failure({ is: 'is not JSON', remedy: 'write it as JSON; YAML, which flagd reads too, is not edited' });
  }
}

/** Readers differ in which of two members of one name they take, and flagd's does not mind capitals in the names it knows. */
function problemOf(flag: Node, name: string): TextProblem | null {
  const written = keysOf(flag).filter((key) => decisive.has(key.toLowerCase()));
  if (written.includes('$ref')) {
    const is = `takes flag ${name} from $evaluators by a $ref, so that its members stand elsewhere`;
    return { is, remedy: 'write the members of the flag itself; a $ref within its targeting is fine' };
  }
  const twice = written.find((key, index) => written.findIndex((other) => other.toLowerCase() === key.toLowerCase()) !== index);
  if (twice !== undefined) return ambiguous(twice, `flag ${name}`);
  const miswritten = written.find((key) => !['state', 'variants', 'defaultVariant', 'targeting'].includes(key));
  return miswritten === undefined ? null : { is: `has a member ${miswritten} in flag ${name}`, remedy: 'mind the capitals of its name' };
}

function ambiguous(key: string, within: string): TextProblem {
  return { is: `has ${key} twice in ${within}`, remedy: 'leave one of them' };
}

function keysOf(object: Node): readonly string[] {
  return propertiesOf(object).map(({ key }) => key);
}

function find(object: Node, key: string): Node | null {
  return propertiesOf(object).find((property) => property.key === key)?.value ?? null;
}

interface Property {
  readonly key: string;
  readonly value: Node;
  readonly node: Node;
}

function propertiesOf(object: Node): readonly Property[] {
  return (object.type === 'object' ? (object.children ?? []) : []).flatMap((node) => {
    const [key, value] = node.children ?? [];
    return key === undefined || value === undefined ? [] : [{ key: String(key.value), value, node }];
  });
}

/** What we insert stands right behind the brace, so that taking it out leaves what stood there, blanks included. */
function editMember(text: string, flag: Node, [key, wanted]: readonly [string, string | null]): readonly Edit[] {
  const properties = propertiesOf(flag);
  const at = properties.findIndex((property) => property.key === key);
  const found = properties[at];
  if (found === undefined) {
    if (wanted === null) return [];
    const content = `${JSON.stringify(key)}:${wanted}${properties.length === 0 ? '' : ','}`;
    return [{ offset: flag.offset + 1, length: 0, content }];
  }
  const { value, node } = found;
  if (wanted !== null) {
    const stands = text.slice(value.offset, value.offset + value.length) === wanted;
    return stands ? [] : [{ offset: value.offset, length: value.length, content: wanted }];
  }
  const [before, next] = [properties[at - 1], properties[at + 1]];
  const end = node.offset + node.length;
  if (next !== undefined) return [{ offset: node.offset, length: text.indexOf(',', end) + 1 - node.offset, content: '' }];
  const start = before === undefined ? node.offset : before.node.offset + before.node.length;
  return [{ offset: start, length: end - start, content: '' }];
}
