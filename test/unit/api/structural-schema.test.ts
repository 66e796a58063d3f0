import { describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { toStructuralSchema } from '../../../src/api/structural-schema.ts';
import type { Schema } from '../../../src/api/structural-schema.ts';

function structural(schema: z.ZodType, defaults = true): Schema {
  return toStructuralSchema(z.toJSONSchema(schema, { target: 'openapi-3.0', io: 'input' }) as unknown as Schema, { defaults });
}

describe('a union of objects', () => {
  const target = z.union([
    z.object({ name: z.string(), route: z.object({ port: z.int().max(9) }) }),
    z.object({ name: z.string(), flag: z.object({}), note: z.string().exactOptional() }),
  ]);

  it('becomes one object in which only what all require is required', () => {
    expect(structural(target)).toMatchObject({ type: 'object', required: ['name'] });
    expect(Object.keys(structural(target)['properties'] as object)).toEqual(['name', 'route', 'flag', 'note']);
  });

  it('gains a rule that says which keys to choose from', () => {
    expect(structural(target)['x-kubernetes-validations']).toEqual([
      { rule: '[has(self.route), has(self.flag)].exists_one(x, x)', message: 'write exactly one of route, flag' },
    ]);
  });

  it('leaves no alternative behind', () => {
    expect(JSON.stringify(structural(target))).not.toMatch(/anyOf|oneOf/);
  });

  it('with rules of its own keeps them', () => {
    const ruled = target.meta({ 'x-kubernetes-validations': [{ rule: 'true', message: 'never' }] });
    expect(structural(ruled)['x-kubernetes-validations']).toHaveLength(2);
  });

  it('whose alternatives require nothing of their own is refused', () => {
    const union = z.union([z.object({ a: z.string() }), z.object({ a: z.string(), b: z.string().exactOptional() })]);
    expect(() => structural(union)).toThrow(/a key of its own/);
  });

  it('one of which requires several keys is chosen by the first, and the others come with it', () => {
    const union = z.union([z.object({ a: z.string(), b: z.string() }), z.object({ c: z.string() })]);
    expect(structural(union)['x-kubernetes-validations']).toEqual([
      { rule: '[has(self.a), has(self.c)].exists_one(x, x)', message: 'write exactly one of a, c' },
      { rule: 'has(self.a) == has(self.b)', message: 'write a and b together' },
    ]);
  });

  it('some of which require a key that the others do not have, or may leave out, says with whom it goes', () => {
    const text = z.string();
    const union = z.union([
      z.object({ a: text, provider: text, window: text }),
      z.object({ b: text, provider: text, window: text }),
      z.object({ c: text, window: text.exactOptional() }),
    ]);
    expect(structural(union)['required']).toBeUndefined();
    expect(structural(union)['x-kubernetes-validations']).toEqual([
      { rule: '[has(self.a), has(self.b), has(self.c)].exists_one(x, x)', message: 'write exactly one of a, b, c' },
      { rule: '[has(self.a), has(self.b)].exists(x, x) == has(self.provider)', message: 'write provider with a, b, and only with those' },
      { rule: '![has(self.a), has(self.b)].exists(x, x) || has(self.window)', message: 'write window with a, b' },
    ]);
  });

  it('whose alternatives disagree about a key is refused', () => {
    const union = z.union([z.object({ a: z.string(), x: z.string() }), z.object({ b: z.string(), x: z.int() })]);
    expect(() => structural(union)).toThrow(/disagree/);
  });
});

describe('a discriminated union', () => {
  const memory = z.discriminatedUnion('phase', [
    z.object({ phase: z.literal('Idle'), count: z.int() }),
    z.object({ phase: z.enum(['Engaged', 'Held']).meta({ description: 'Phase.' }), count: z.int(), stage: z.int() }),
  ]);

  it('becomes one object whose tag takes every value', () => {
    expect(structural(memory)).toMatchObject({
      required: ['phase', 'count'],
      properties: { phase: { type: 'string', enum: ['Idle', 'Engaged', 'Held'], description: 'Phase.' }, stage: { type: 'integer' } },
    });
    expect(structural(memory)['x-kubernetes-validations']).toBeUndefined();
  });
});

describe('defaults', () => {
  const schema = z.object({
    stored: z.int().default(3),
    nested: z.object({ a: z.int().default(1) }).prefault({}),
  });

  it('are in the schema, and what has one is not required', () => {
    expect(structural(schema)).toMatchObject({
      properties: { stored: { default: 3 }, nested: { default: {}, properties: { a: { default: 1 } } } },
    });
    expect(structural(schema)).not.toHaveProperty('required');
  });

  it('of a status are not: the server would write them as if the operator had', () => {
    expect(JSON.stringify(structural(schema, false))).not.toContain('default');
  });
});

describe('one by one', () => {
  it('integers say their width', () => {
    expect(structural(z.int().min(0).max(7))).toEqual({ type: 'integer', format: 'int64', minimum: 0, maximum: 7 });
  });

  it('decimals have no format', () => {
    expect(structural(z.number())).toEqual({ type: 'number' });
  });

  it('instants keep the format and lose the pattern', () => {
    expect(JSON.parse(JSON.stringify(structural(z.iso.datetime({ offset: true }).max(40))))).toEqual({
      type: 'string',
      format: 'date-time',
      maxLength: 40,
    });
  });

  it('lists keep how they merge', () => {
    const list = z
      .array(z.object({ name: z.string() }))
      .max(4)
      .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] });
    expect(structural(list)).toMatchObject({ maxItems: 4, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] });
  });

  it('lists without a lower bound say none', () => {
    expect(structural(z.array(z.string()).min(0).max(4))).not.toHaveProperty('minItems');
    expect(structural(z.array(z.string()).min(1).max(4))).toMatchObject({ minItems: 1 });
  });

  it('open objects keep what they do not know', () => {
    const open = z.record(z.string(), z.json()).meta({ description: 'Anything.', 'x-kubernetes-preserve-unknown-fields': true });
    expect(structural(open)).toEqual({ type: 'object', description: 'Anything.', 'x-kubernetes-preserve-unknown-fields': true });
  });

  it('open objects that do not say so are refused: the server would empty them (the snapshot of incidents was)', () => {
    expect(() => structural(z.object({ snapshot: z.record(z.string(), z.json()) }))).toThrow(/preserve-unknown-fields/);
  });

  // The server reads `required: []` as absent, and an apply of it then never ends in "unchanged".
  it('objects that require nothing do not say so', () => {
    expect(structural(z.object({ a: z.string().exactOptional() }))).not.toHaveProperty('required');
  });

  it.each([
    ['a boolean', z.object({ a: z.boolean() })],
    ['anything', z.object({ a: z.unknown() })],
    ['a union of scalars', z.object({ a: z.union([z.string(), z.int()]) })],
  ])('%s is refused', (_what, schema) => {
    expect(() => structural(schema)).toThrow();
  });

  it('a key some alternatives require and others do not have comes with those only; one that is optional elsewhere may', () => {
    const query = z.object({ provider: z.string(), every: z.int(), query: z.string() });
    const path = z.object({ provider: z.string(), every: z.int(), path: z.string() });
    const push = z.object({ every: z.int().exactOptional(), push: z.object({}) });
    expect(structural(z.union([query, path, push]))).toMatchObject({
      'x-kubernetes-validations': [
        { rule: '[has(self.query), has(self.path), has(self.push)].exists_one(x, x)' },
        {
          rule: '[has(self.query), has(self.path)].exists(x, x) == has(self.provider)',
          message: 'write provider with query, path, and only with those',
        },
        { rule: '![has(self.query), has(self.path)].exists(x, x) || has(self.every)', message: 'write every with query, path' },
      ],
    });
  });
});
