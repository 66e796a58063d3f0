import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decisionName } from '../../../src/cli/decision-name.ts';

/** As the API server has it. */
const isObjectName = (text: string): boolean =>
  text.length <= 253 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(text);

const label = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,60}[a-z0-9])?$/);
const short = label.filter(isObjectName);
const long = fc
  .tuple(
    fc.array(fc.stringMatching(/^[a-z0-9][-a-z0-9]{18,40}[a-z0-9]$/), { minLength: 13, maxLength: 13 }),
    fc.integer({ min: 200, max: 253 }),
  )
  .map(([labels, length]) =>
    labels
      .join('.')
      .slice(0, length)
      .replace(/[^a-z0-9]+$/, ''),
  )
  .filter(isObjectName);
const tail = fc
  .tuple(fc.constantFrom('sign-off', 'postmortem', 'reportincident', 'filereport'), label, fc.integer({ min: 1e13, max: 9e13 }))
  .map((parts) => parts.join('-'));

describe('the name of a decision', () => {
  it('regression: is one the server takes, however long the name of what it is on, and ends with what tells it apart', () => {
    let cut = 0;
    fc.assert(
      fc.property(fc.oneof(short, long), tail, (subject, end) => {
        const name = decisionName(subject, end);
        if (!name.startsWith(subject)) cut += 1;
        expect([name, isObjectName(name)]).toEqual([name, true]);
        expect(name.endsWith(`-${end}`)).toBe(true);
      }),
      { numRuns: 500 },
    );
    expect(cut).toBeGreaterThan(40);
  });

  it('begins with all of the name there is room for', () => {
    expect(decisionName('credit-default', 'sign-off-risk-20260601120000')).toBe('credit-default-sign-off-risk-20260601120000');
    expect(decisionName('n'.repeat(253), 'postmortem-1')).toBe(`${'n'.repeat(240)}-postmortem-1`);
  });

  it.each([
    [`${'a'.repeat(239)}.b`, `${'a'.repeat(239)}-postmortem-1`],
    [`${'a'.repeat(239)}-b`, `${'a'.repeat(239)}-postmortem-1`],
    [`${'a'.repeat(238)}--b`, `${'a'.repeat(238)}-postmortem-1`],
  ])('does not end its first part where no name may end', (subject, name) => {
    expect(decisionName(subject, 'postmortem-1')).toBe(name);
  });
});
