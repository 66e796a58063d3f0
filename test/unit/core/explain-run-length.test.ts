import { describe, expect, it } from '@jest/globals';
import { explainRunLength } from '../../../src/core/explain-run-length.ts';

describe('explainRunLength', () => {
  it('says what R spc says of the charts in use', () => {
    const charts = [
      ['EWMA', 2.962, 'once in 500 readings'],
      ['CUSUM', 8, 'once in 9480 readings'],
    ] as const;
    for (const [method, limit, said] of charts)
      expect(explainRunLength({ method, limit, everySeconds: 3600, readings: 12 })).toContain(
        `${method} with a limit of ${limit} alarms ${said}`,
      );
    expect(explainRunLength({ method: 'EWMA', limit: 2.962, everySeconds: 3600, readings: 12 })).toContain(
      'every 21 days; here each look begins anew 12 readings back.',
    );
  });

  it('computes nothing of a limit that is none', () => {
    for (const limit of [0, -1, 1e6])
      expect(explainRunLength({ method: 'CUSUM', limit, everySeconds: 60, readings: 4 })).toContain('is none');
  });
});
