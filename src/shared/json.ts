export type JSONValue = null | boolean | number | string | readonly JSONValue[] | { readonly [key: string]: JSONValue };

/** RFC 6902, the operations we send. */
export type JSONPatchOperation =
  | { readonly op: 'test' | 'add' | 'replace'; readonly path: string; readonly value: JSONValue }
  | { readonly op: 'remove'; readonly path: string };
