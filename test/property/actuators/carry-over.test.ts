import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { carryOver, sameTemplate } from '../../../src/actuators/deployment/template.ts';
import type { JSONValue } from '../../../src/shared/json.ts';

const name = fc.constantFrom('server', 'proxy', 'A', 'B', 'C');
const named = (value: fc.Arbitrary<JSONValue>) =>
  fc
    .uniqueArray(fc.tuple(name, value), { selector: ([key]) => key, maxLength: 4 })
    .map((items) => items.map(([key, each]) => ({ name: key, value: each })));
const plain = fc.constantFrom<JSONValue>(null, 1, 2, 'x', '', true);
const member = fc.oneof(plain, named(plain), fc.array(plain, { maxLength: 2 }), fc.dictionary(fc.constantFrom('a', 'b'), plain));

/** A template as its members matter here: values, lists of named and of unnamed things, members in members. */
const template = fc.record(
  {
    metadata: fc.dictionary(fc.constantFrom('labels', 'annotations'), member),
    spec: fc.dictionary(fc.constantFrom('containers', 'args', 'volumes'), fc.oneof(member, named(member))),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<{ readonly [key: string]: JSONValue }>;

const merged = (base: JSONValue, edited: JSONValue, onto: JSONValue) => carryOver({ base, edited, onto });

describe('an edit carried over to any other template', () => {
  it('is nothing where nothing was edited, and the edit itself where nothing else differs', () => {
    fc.assert(
      fc.property(template, template, (one, other) => {
        expect(merged(one, one, other)).toEqual(other);
        expect(merged(one, other, one)).toEqual(other);
        expect(merged(one, other, other)).toEqual(other);
      }),
      { numRuns: 500 },
    );
  });

  it('is carried over once: a second time changes nothing any more', () => {
    let moved = 0;
    fc.assert(
      fc.property(template, template, template, (base, edited, onto) => {
        const once = merged(base, edited, onto) ?? null;
        expect(merged(base, edited, once)).toEqual(once);
        if (JSON.stringify(once) !== JSON.stringify(edited) && JSON.stringify(once) !== JSON.stringify(onto)) moved++;
      }),
      { numRuns: 500 },
    );
    expect(moved).toBeGreaterThan(50);
  });

  it('reaches no named thing it did not touch, and every one it did', () => {
    let untouched = 0;
    const containers = named(plain);
    fc.assert(
      fc.property(containers, containers, containers, (base, edited, onto) => {
        const result = merged(base, edited, onto) as readonly { readonly name: string; readonly value: JSONValue }[];
        const of = (list: typeof base, key: string) => list.find((each) => each.name === key);
        for (const key of new Set([...base, ...edited, ...onto].map((each) => each.name))) {
          const isTouched = JSON.stringify(of(base, key)) !== JSON.stringify(of(edited, key));
          expect(result.find((each) => each.name === key)).toEqual(of(isTouched ? edited : onto, key));
          if (!isTouched && of(onto, key) !== undefined) untouched++;
        }
        expect(new Set(result.map((each) => each.name)).size).toBe(result.length);
      }),
      { numRuns: 300 },
    );
    expect(untouched).toBeGreaterThan(30);
  });
});

describe('two templates', () => {
  const stamped = (creationTimestamp: JSONValue) => ({ metadata: { labels: { app: 'a' }, creationTimestamp }, spec: {} });

  it('are the same whether a server writes a creation time of null or none, and not with times of their own', () => {
    const { creationTimestamp: _, ...metadata } = stamped(null).metadata;
    expect(sameTemplate(stamped(null), { metadata, spec: {} })).toBe(true);
    expect(sameTemplate(stamped('2026-01-01T00:00:00Z'), stamped(null))).toBe(false);
    expect(sameTemplate(stamped('2026-01-01T00:00:00Z'), stamped('2026-01-02T00:00:00Z'))).toBe(false);
  });
});
