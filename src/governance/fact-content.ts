import { canonicalJSON } from '../shared/canonical-json.ts';
import type { JSONValue } from '../shared/json.ts';

type Members = Readonly<Record<string, JSONValue | undefined>>;

function membersOf(content: JSONValue): Members {
  return typeof content === 'object' && content !== null && !Array.isArray(content) ? (content as Members) : {};
}

/** What a decision says, which never changes: what comes of it does. */
export function decisionText(content: JSONValue): string {
  const { createdAt = null, spec = null } = membersOf(content);
  return canonicalJSON({ createdAt, spec });
}

/** What the author of a model or a policy wrote: it changes with its generation only. */
export function writtenText(content: JSONValue): string {
  const { createdAt = null, spec = null, signals = null } = membersOf(content);
  return canonicalJSON({ createdAt, spec, signals });
}

/** Null: an operator of old did not tell it. */
export function generationIn(content: JSONValue): number | null {
  const { generation } = membersOf(content);
  return typeof generation === 'number' ? generation : null;
}

export function createdIn(content: JSONValue): string {
  const { createdAt } = membersOf(content);
  return typeof createdAt === 'string' ? createdAt : '';
}
