import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { wireJSON } from '../../../src/kube/wire-json.ts';
import type { JSONValue } from '../../../src/shared/json.ts';

describe('wireJSON', () => {
  it("spells strings as the API server's encoder does", () => {
    expect(wireJSON({ a: '<b> & \u2028\u2029 é "' })).toBe('{"a":"\\u003cb\\u003e \\u0026 \\u2028\\u2029 é \\""}');
  });

  it('means the same value, whatever the value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(wireJSON(value as JSONValue))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
