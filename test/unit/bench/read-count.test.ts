import { describe, expect, it } from '@jest/globals';
import { readCount } from '../../../bench/read-count.ts';

const risks = { least: 20, why: 'a model is struck again after as many seconds, and must be released by then' };

describe('readCount', () => {
  it('reads a whole number', () => {
    expect(readCount('risks', '100', risks)).toBe(100);
    expect(readCount('storms', '0', { least: 0, why: 'none leaves them out' })).toBe(0);
  });

  // With few models a breach meets what the one before is still being released from, and what is timed is neither.
  it.each(['19', '1', '0', '-20', '20.5', 'many', '', ' ', 'Infinity'])('regression: refuses "%s", and says why', (text) => {
    expect(() => readCount('risks', text, risks)).toThrow(
      `--risks takes a whole number of at least 20, not "${text}": a model is struck again`,
    );
  });
});
