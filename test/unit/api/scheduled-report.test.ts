import { describe, expect, it } from '@jest/globals';
import { deliveryCondition } from '../../../src/api/scheduled-report.ts';

const weekly = { name: 'weekly', receiver: 'chat' };
const monthly = { name: 'monthly', receiver: 'bus' };
const failing = { due: '2026-12-01T08:00:00Z', since: '2026-12-01T08:00:01Z', message: 'it answered 503.' };

describe('deliveryCondition', () => {
  it('says nothing of a policy that sends no reports', () => {
    expect(deliveryCondition([], [{ name: 'weekly', failing }])).toEqual([]);
  });

  it.each([
    ['none was due yet', [], 'Unknown', 'NotDue'],
    ['one arrived', [{ name: 'weekly', sentFor: failing.due }], 'True', 'Delivered'],
    ['one that is no longer sent had arrived', [{ name: 'former', sentFor: failing.due }], 'Unknown', 'NotDue'],
    [
      'one that is no longer sent had failed',
      [
        { name: 'former', failing },
        { name: 'weekly', sentFor: failing.due },
      ],
      'True',
      'Delivered',
    ],
  ] as const)('when %s', (_, deliveries, status, reason) => {
    expect(deliveryCondition([weekly, monthly], deliveries)).toEqual([{ type: 'ReportsDelivered', status, reason, message: '' }]);
  });

  it('names each that did not arrive, since when it is due, where to, and why', () => {
    expect(
      deliveryCondition(
        [weekly, monthly],
        [
          { name: 'monthly', failing },
          { name: 'weekly', sentFor: failing.due },
        ],
      ),
    ).toEqual([
      {
        type: 'ReportsDelivered',
        status: 'False',
        reason: 'NotDelivered',
        message: 'Report monthly, due 2026-12-01T08:00:00Z, did not reach receiver bus: it answered 503.',
      },
    ]);
  });
});
