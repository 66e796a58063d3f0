import { describe, expect, it } from '@jest/globals';

import { createFlagReader } from '../../../../demo/calling/flag.ts';

function definition(overrides: object = {}): object {
  return { flags: { 'use-v2': { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant: 'on', ...overrides } } };
}

describe('a caller that reads its flag', () => {
  it('uses the candidate while the default variant says so', () => {
    const reader = createFlagReader();
    reader.define(definition());
    expect(reader.isOn('use-v2', '1')).toBe(true);
  });

  it('asks for the safe version from the definition on that rolls back', () => {
    const reader = createFlagReader();
    reader.define(definition());
    reader.define(definition({ defaultVariant: 'off' }));
    expect(reader.isOn('use-v2', '1')).toBe(false);
  });

  it('follows targeting before the default variant, as flagd does', () => {
    const reader = createFlagReader();
    reader.define(definition({ targeting: { if: [{ '==': [{ var: 'targetingKey' }, '7'] }, 'off', 'on'] } }));
    expect([reader.isOn('use-v2', '7'), reader.isOn('use-v2', '8')]).toEqual([false, true]);
  });

  it('asks for the safe version where there is no flag, none yet, or one that is switched off', () => {
    const reader = createFlagReader();
    expect(reader.isOn('use-v2', '1')).toBe(false);
    reader.define(definition({ state: 'DISABLED' }));
    expect(reader.isOn('use-v2', '1')).toBe(false);
    expect(reader.isOn('another', '1')).toBe(false);
  });
});
