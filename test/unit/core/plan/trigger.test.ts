import { describe, expect, it } from '@jest/globals';
import { holdsOf } from '../../../../src/core/plan/trigger.ts';

describe('what holds of a trigger', () => {
  const standIns = [
    { of: 'new', by: ['old', 'older'] },
    { of: 'other', by: ['old'] },
  ];
  it.each([
    ['Any', ['a', 'b'], [], ['b'], true],
    ['Any', ['a', 'b'], [], [], false],
    ['Any', ['a', 'new', 'old'], standIns, ['old'], true],
    ['All', ['a', 'b'], [], ['a', 'b'], true],
    ['All', ['a', 'b'], [], ['a'], false],
    ['All', [], [], [], false],
    ['All', ['a', 'new', 'old', 'older'], standIns, ['a', 'new'], true],
    ['All', ['a', 'new', 'old', 'older'], standIns, ['a', 'older'], true],
    ['All', ['a', 'new', 'old', 'older'], standIns, ['old', 'older', 'new'], false],
    ['All', ['new', 'other', 'old', 'older'], standIns, ['old'], true],
    ['All', ['new', 'other', 'old', 'older'], standIns, ['older'], false],
    ['All', ['new', 'other', 'old', 'older'], standIns, ['older', 'other'], true],
  ] as const)('%s of %j with %j: %j is %j', (match, indicators, stands, holding, is) => {
    const held: readonly string[] = holding;
    expect(holdsOf({ match, indicators, ...(stands.length === 0 ? {} : { standIns: stands }) }, (name) => held.includes(name))).toBe(is);
  });
});
