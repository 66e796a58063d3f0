/** Whether the text is a JSON pointer (RFC 6901): empty, or `/` before each token, `~` only as `~0` and `~1`. */
const pointer = /^(?:\/(?:[^~/]|~[01])*)*$/;
const arrayIndex = /^(?:0|[1-9]\d{0,8})$/;

/** What a pointer leads to; undefined where it leads nowhere. Nothing inherited is ever found. */
export function followPointer(document: unknown, text: string): unknown {
  if (!pointer.test(text)) return undefined;
  const tokens = text === '' ? [] : text.slice(1).split('/');
  return tokens.map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~')).reduce(memberOf, document);
}

function memberOf(parent: unknown, token: string): unknown {
  if (Array.isArray(parent)) return arrayIndex.test(token) ? (parent as readonly unknown[])[Number(token)] : undefined;
  if (typeof parent !== 'object' || parent === null || !Object.hasOwn(parent, token)) return undefined;
  return (parent as Readonly<Record<string, unknown>>)[token];
}
