import type { JSONValue } from '../shared/json.ts';

export type Schema = { readonly [key: string]: JSONValue };

export interface StructuralOptions {
  /** Off for status: the operator writes it whole, a server-side default would look like a change of its own. */
  readonly defaults: boolean;
}

/** Copied as they are; everything else is understood below or is a mistake. */
const plainKeywords = [
  'type',
  'format',
  'description',
  'enum',
  'minLength',
  'maxLength',
  'pattern',
  'minimum',
  'maximum',
  'maxItems',
  'nullable',
];

/**
 * JSON schema as zod writes it (openapi-3.0, input side) to what a CRD may hold: unions of objects become one object,
 * open records preserve unknown fields. Throws on anything it does not know: a CRD is written at build time only.
 */
export function toStructuralSchema(schema: Schema, options: StructuralOptions): Schema {
  if (schema['x-kubernetes-preserve-unknown-fields'] === true)
    return pick(schema, ['type', 'description', 'x-kubernetes-preserve-unknown-fields']);
  const merged = mergeAlternatives(schema);
  return {
    ...pick(merged, plainKeywords),
    ...(merged.type === 'integer' ? { format: 'int64' } : {}),
    // The pattern zod writes for instants is 300 characters of what `format` already says.
    ...(merged.format === 'date-time' ? { pattern: undefined } : {}),
    ...(typeof merged.minItems === 'number' && merged.minItems > 0 ? { minItems: merged.minItems } : {}),
    ...(options.defaults ? pick(merged, ['default']) : {}),
    ...structure(merged, options),
    ...pick(merged, ['x-kubernetes-list-type', 'x-kubernetes-list-map-keys', 'x-kubernetes-validations']),
  } as unknown as Schema;
}

function structure(schema: Schema, options: StructuralOptions): Record<string, JSONValue> {
  switch (schema.type) {
    case 'object': {
      // A CRD without properties keeps nothing: an open object must say that it means to.
      if (schema.additionalProperties !== undefined) throw new Error('an open object needs x-kubernetes-preserve-unknown-fields');
      const properties = Object.entries(asSchema(schema.properties)).map(
        ([key, value]) => [key, toStructuralSchema(asSchema(value), options)] as const,
      );
      return {
        ...(Array.isArray(schema.required) && schema.required.length > 0 ? { required: schema.required as readonly string[] } : {}),
        ...(properties.length === 0 ? {} : { properties: Object.fromEntries(properties) }),
      };
    }
    case 'array':
      return { items: toStructuralSchema(asSchema(schema.items), options) };
    case 'string':
    case 'integer':
    case 'number':
      return {};
    default:
      throw new Error(`a CRD cannot say ${JSON.stringify(schema).slice(0, 200)}`);
  }
}

/** Alternatives side by side in one object; what only one of them requires is what an author chooses by. */
function mergeAlternatives(schema: Schema): Schema {
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives === undefined) return schema;
  const members = (alternatives as readonly Schema[]).map(mergeAlternatives);
  const required = members.map((member) => (member.required ?? []) as readonly string[]);
  const common = (required[0] ?? []).filter((key) => required.every((keys) => keys.includes(key)));
  const properties: Record<string, Schema> = {};
  for (const member of members) {
    for (const [key, value] of Object.entries(asSchema(member.properties))) {
      const known = properties[key];
      properties[key] = known === undefined ? asSchema(value) : joinProperty(known, asSchema(value));
    }
  }
  const requiring = (key: string): number => required.filter((keys) => keys.includes(key)).length;
  const choices = required.map((keys) => keys.filter((key) => requiring(key) === 1));
  const shared = [...new Set(required.flat())].filter((key) => requiring(key) > 1 && !common.includes(key));
  const rules = [
    ...((schema['x-kubernetes-validations'] ?? []) as readonly Schema[]),
    ...(schema.anyOf === undefined
      ? []
      : [exactlyOneOf(choices), ...choices.flatMap(allTogether), ...shared.map((key) => withSome(key, members, choices))]),
  ];
  return {
    ...schema,
    type: 'object',
    properties,
    required: common,
    ...(rules.length === 0 ? {} : { 'x-kubernetes-validations': rules }),
  };
}

/** One property of two alternatives: the same schema twice, or the tag of a discriminated union. */
function joinProperty(first: Schema, second: Schema): Schema {
  if (JSON.stringify(first) === JSON.stringify(second)) return first;
  const described = { ...second, ...first, ...pick(second, ['description']) };
  if (Array.isArray(first.enum) && Array.isArray(second.enum))
    return { ...described, enum: [...(first.enum as string[]), ...(second.enum as string[])] };
  throw new Error(`two alternatives disagree: ${JSON.stringify(first)} and ${JSON.stringify(second)}`);
}

/** An alternative is chosen by the first key only it requires. */
function exactlyOneOf(choices: readonly (readonly string[])[]): Schema {
  const keys = choices.map(([key]) => {
    if (key === undefined) throw new Error('each alternative of a union must require a key of its own');
    return key;
  });
  return {
    rule: `[${keys.map((key) => `has(self.${key})`).join(', ')}].exists_one(x, x)`,
    message: `write exactly one of ${keys.join(', ')}`,
  };
}

/** Further keys that an alternative requires come and go with its first. */
function allTogether([first = '', ...others]: readonly string[]): readonly Schema[] {
  if (others.length === 0) return [];
  const rule = others.map((key) => `has(self.${first}) == has(self.${key})`).join(' && ');
  return [{ rule, message: `write ${[first, ...others].join(' and ')} together` }];
}

/** A key that several alternatives require, and others leave optional or do not have. */
function withSome(key: string, members: readonly Schema[], choices: readonly (readonly string[])[]): Schema {
  const isRequired = (member: Schema): boolean => ((member.required ?? []) as readonly string[]).includes(key);
  const users = members.flatMap((member, index) => (isRequired(member) ? [choices[index]?.[0] ?? ''] : []));
  const isOptional = members.some((member) => !isRequired(member) && key in asSchema(member.properties));
  const used = `[${users.map((user) => `has(self.${user})`).join(', ')}].exists(x, x)`;
  return {
    rule: isOptional ? `!${used} || has(self.${key})` : `${used} == has(self.${key})`,
    message: `write ${key} with ${users.join(', ')}${isOptional ? '' : ', and only with those'}`,
  };
}

function pick(schema: Schema, keys: readonly string[]): Record<string, JSONValue> {
  return Object.fromEntries(
    keys.flatMap((key) => {
      const value = schema[key];
      return value === undefined ? [] : [[key, value]];
    }),
  );
}

function asSchema(value: JSONValue | undefined): Schema {
  return (value ?? {}) as Schema;
}
