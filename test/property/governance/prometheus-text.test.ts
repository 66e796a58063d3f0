import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { duration, plain, selector } from '../../../src/governance/rules/prometheus-text.ts';

const seconds: Readonly<Record<string, number>> = { d: 86_400, h: 3600, m: 60, s: 1 };
const texts = fc.string({ unit: fc.constantFrom('a', '-', '.', '{', '}', '|', '"', '\\', '$', ' ') });

describe('text of rules', () => {
  it('says a duration exactly, in the largest unit that does', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 90 }), fc.constantFrom(1, 60, 3600, 86_400), (count, unit) => {
        const [, number, letter] = /^(\d+)([dhms])$/.exec(duration(count * unit)) ?? [];
        const size = seconds[letter ?? ''] ?? NaN;
        expect(Number(number) * size).toBe(count * unit);
        for (const larger of Object.values(seconds).filter((each) => each > size)) expect((count * unit) % larger).not.toBe(0);
      }),
    );
  });

  it('of a list matches its members and nothing else, whatever they are called', () => {
    fc.assert(
      fc.property(fc.array(texts, { minLength: 1, maxLength: 4 }), texts, (members, other) => {
        const [, quoted] = /^\{plan=~(.*)\}$/s.exec(selector({ plan: members })) ?? [];
        // Prometheus anchors its patterns so.
        const pattern = new RegExp(`^(?:${JSON.parse(quoted ?? '""') as string})$`);
        for (const member of members) expect(pattern.test(member)).toBe(true);
        expect(pattern.test(other)).toBe(members.includes(other));
      }),
    );
  });

  it('of one value can not close its quotes', () => {
    fc.assert(
      fc.property(texts, (value) => {
        const [, quoted] = /^\{risk=(.*)\}$/s.exec(selector({ risk: value })) ?? [];
        expect(JSON.parse(quoted ?? 'null')).toBe(value);
      }),
    );
  });

  it('opens no template, and shows what was written once it is rendered', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const written = plain(text);
        expect(written.replaceAll('{{"{{"}}', '{{')).toBe(text);
        expect(written.split('{{"{{"}}').join('').includes('{{')).toBe(false);
      }),
    );
  });
});
