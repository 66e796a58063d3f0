import { describe, expect, it } from '@jest/globals';
import { kindsRecorded } from '../../../src/api/kinds-named.ts';
import { aSnapshot, flag, route } from '../../builders/core.ts';

const snapshot = aSnapshot({ targets: [route, flag] });
const incident = (spec: object, status?: object): object => ({ spec, ...(status === undefined ? {} : { status }) });

describe('the kinds an incident is the record of', () => {
  it('are those of the plan it was opened for, while it is not over', () => {
    expect([...kindsRecorded(incident({ snapshot }))].sort()).toEqual(['FeatureFlag', 'HTTPRoute']);
    expect([...kindsRecorded(incident({ snapshot }, { entries: [] }))]).toHaveLength(2);
  });

  it.each<[string, object]>([
    ['is over', incident({ snapshot }, { closedAt: '2026-01-01T00:00:00Z' })],
    ['was reported by people', incident({ report: {} })],
    ['was only observed', incident({ snapshot: { ...snapshot, mode: 'Observe' } })],
    ['is not readable', incident({ snapshot: { targets: 'all' } })],
    ['says nothing', {}],
  ])('are none where it %s', (_what, object) => {
    expect(kindsRecorded(object).size).toBe(0);
  });
});
