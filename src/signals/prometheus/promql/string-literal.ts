const simpleEscapes: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\' };

const numericEscape = /^(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3}))/;

/**
 * Text of a PromQL string literal ("...", '...' or `...`), by the rules of Prometheus' own lexer; null where Prometheus would refuse it.
 * Escapes of single bytes above 0x7f are refused too: they can spell bytes that are not UTF-8.
 */
export function decodeStringLiteral(literal: string): string | null {
  const quote = literal.charAt(0);
  if (literal.length < 2 || !literal.endsWith(quote)) return null;
  const inner = literal.slice(1, -1);
  // Readers differ on what becomes of a carriage return in a raw string.
  if (quote === '`') return /[`\r]/.test(inner) ? null : inner;
  if (quote !== '"' && quote !== "'") return null;
  return decodeEscapes(inner, quote);
}

function decodeEscapes(inner: string, quote: string): string | null {
  let decoded = '';
  let position = 0;
  while (position < inner.length) {
    const character = inner.charAt(position);
    if (character === quote || character === '\n') return null;
    if (character !== '\\') {
      decoded += character;
      position += 1;
      continue;
    }
    const escape = decodeEscape(inner.slice(position + 1, position + 10), quote);
    if (escape === null) return null;
    decoded += escape.text;
    position += 1 + escape.length;
  }
  return decoded;
}

function decodeEscape(rest: string, quote: string): { readonly text: string; readonly length: number } | null {
  const first = rest.charAt(0);
  if (first === quote) return { text: quote, length: 1 };
  const simple = Object.hasOwn(simpleEscapes, first) ? simpleEscapes[first] : undefined;
  if (simple !== undefined) return { text: simple, length: 1 };
  const match = numericEscape.exec(rest);
  if (match === null) return null;
  const [whole, hex, short, long, octal] = match;
  const byte = hex ?? octal;
  const codePoint = byte === undefined ? Number.parseInt(short ?? long ?? '', 16) : Number.parseInt(byte, hex === undefined ? 8 : 16);
  if (byte !== undefined && codePoint > 0x7f) return null;
  const isSurrogate = codePoint >= 0xd800 && codePoint <= 0xdfff;
  return codePoint > 0x10ffff || isSurrogate ? null : { text: String.fromCodePoint(codePoint), length: whole.length };
}

/** Double-quoted literal of any text; Prometheus reads back exactly this text. Lone surrogates, which UTF-8 cannot carry, become U+FFFD. */
export function encodeStringLiteral(text: string): string {
  const escaped = text.replace(/["\\]|[^\P{C}\p{Cf}\p{Co}]/gu, (character) => {
    if (character === '"' || character === '\\') return `\\${character}`;
    const codePoint = character.codePointAt(0) ?? 0;
    if (codePoint >= 0xd800 && codePoint <= 0xdfff) return '\ufffd';
    if (character === '\n') return '\\n';
    return codePoint > 0xffff ? `\\U${codePoint.toString(16).padStart(8, '0')}` : `\\u${codePoint.toString(16).padStart(4, '0')}`;
  });
  return `"${escaped}"`;
}
