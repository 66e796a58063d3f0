import type { JSONValue } from '../shared/json.ts';

const escapes: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

/**
 * JSON text escaped the way the API server's own encoder does. A JSON Patch `test` compares the texts of strings, not
 * their values: with a bare `<` it would never hold against an object that the server spelled `\u003c`.
 */
export function wireJSON(value: JSONValue): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (character) => escapes[character] ?? character);
}
