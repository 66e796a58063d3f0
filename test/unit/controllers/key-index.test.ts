import { describe, expect, it } from '@jest/globals';
import { addTo, removeFrom } from '../../../src/controllers/key-index.ts';
import type { KeyIndex } from '../../../src/controllers/key-index.ts';

describe('an index of keys', () => {
  it('finds each key wherever it was put', () => {
    const index: KeyIndex = new Map();
    addTo(index, 'lending/credit', 'lending/a');
    addTo(index, 'lending/credit', 'lending/b');
    addTo(index, 'lending/other', 'lending/a');
    expect(index).toEqual(
      new Map([
        ['lending/credit', new Set(['lending/a', 'lending/b'])],
        ['lending/other', new Set(['lending/a'])],
      ]),
    );
  });

  it('regression: keeps no empty place of what is gone', () => {
    const index: KeyIndex = new Map();
    for (let plan = 0; plan < 100; plan += 1) {
      addTo(index, `lending/risk-${String(plan)}`, `lending/plan-${String(plan)}`);
      addTo(index, 'lending/shared', `lending/plan-${String(plan)}`);
    }
    for (let plan = 1; plan < 100; plan += 1) removeFrom(index, `lending/plan-${String(plan)}`);
    expect([...index.keys()]).toEqual(['lending/risk-0', 'lending/shared']);
    removeFrom(index, 'lending/plan-0');
    removeFrom(index, 'lending/plan-0');
    expect(index.size).toBe(0);
  });
});
