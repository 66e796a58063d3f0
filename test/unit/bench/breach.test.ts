import { describe, expect, it } from '@jest/globals';
import { timeBreaches } from '../../../bench/breach.ts';
import type { Breach } from '../../../bench/breach.ts';
import type { AuditedRequest } from '../../../testbed/audit-log.ts';

const breach: Breach = { model: 'model-001', visibleAtMs: 1000, servedAtMs: 1400, clearedAtMs: 4000, capped: true };

function patch(answeredAtMs: number, changes: Partial<AuditedRequest> = {}): AuditedRequest {
  return {
    ...{ user: 'operator', verb: 'patch', resource: 'httproutes', subresource: '', namespace: 'bench', name: 'model-001', status: 200 },
    ...{ receivedAtMs: answeredAtMs - 5, answeredAtMs },
    ...changes,
  };
}

describe('timing breaches by the audit log', () => {
  it('runs from visible, and from served, to the first accepted patch of that route', () => {
    const times = timeBreaches([breach], [patch(1420), patch(1412), patch(900)]);
    expect(times).toEqual({ visibleToPatchedMs: [412], queryToPatchedMs: [12], missed: [] });
  });

  it.each([
    ['of another route', patch(1410, { name: 'model-002' })],
    ['of another kind under the same name', patch(1410, { resource: 'mitigationplans' })],
    ['of the status', patch(1410, { subresource: 'status' })],
    ['that was refused', patch(1410, { status: 422 })],
    ['before the breach', patch(999)],
    ['after it was cleared', patch(4001)],
    ['that is a read', patch(1410, { verb: 'get' })],
  ])('takes no request %s for the answer', (_what, request) => {
    expect(timeBreaches([breach], [request])).toEqual({ visibleToPatchedMs: [], queryToPatchedMs: [], missed: ['model-001'] });
  });

  it('counts a breach whose route was never seen capped as missed, whatever was patched', () => {
    expect(timeBreaches([{ ...breach, capped: false }], [patch(1410)]).missed).toEqual(['model-001']);
  });

  it('leaves a breach nobody saw served out of the times from the answer', () => {
    const times = timeBreaches([{ ...breach, servedAtMs: null }], [patch(1410)]);
    expect(times).toEqual({ visibleToPatchedMs: [410], queryToPatchedMs: [], missed: [] });
  });

  it('keeps two breaches of one model apart', () => {
    const second = { ...breach, visibleAtMs: 9000, servedAtMs: 9100, clearedAtMs: 12_000 };
    expect(timeBreaches([breach, second], [patch(1410), patch(9111)]).queryToPatchedMs).toEqual([10, 11]);
  });
});
