import { describe, expect, it } from '@jest/globals';
import { readArguments } from '../../../src/cli/arguments.ts';
import { standingCondition } from '../../../src/controllers/review-condition.ts';
import type { ReviewDue } from '../../../src/core/review.ts';

const dueMs = Date.UTC(2026, 6, 1);
const dayMs = 86_400_000;
const due: ReviewDue = { dueMs, reason: 'Cadence' };
const cadence = { everySeconds: 180 * 86_400, warningSeconds: 30 * 86_400 };
const options = {
  unasked: 'Nobody asks.',
  command: 'kubectl modelrisk review credit -n lending --role ROLE --reason TEXT --minutes MINUTES',
};

const at = (nowMs: number) => standingCondition({ due, cadence }, { ...options, nowMs });

describe('what the condition says to do', () => {
  it('is nothing until the review is near', () => {
    expect(at(dueMs - 31 * dayMs)).toMatchObject({ status: 'True', reason: 'Reviewed' });
    expect(at(dueMs - 31 * dayMs).message).not.toContain('kubectl');
  });

  it.each([
    ['near', dueMs - 29 * dayMs, 'DueSoon'],
    ['overdue', dueMs + 1, 'Overdue'],
  ])('is a command once it is %s, which the plugin reads as it stands', (_when, nowMs, reason) => {
    const { message, ...condition } = at(nowMs);
    expect(condition.reason).toBe(reason);
    const words = (message.split('kubectl modelrisk ')[1] ?? '').replace('MINUTES', '30').replace('ROLE', 'risk').split(' ');
    expect(readArguments(words)).toMatchObject({ ok: true, value: { command: { kind: 'Act' }, namespace: 'lending' } });
  });

  it('is nothing where nobody asks for reviews', () => {
    expect(standingCondition({ due: null, cadence: null }, { ...options, nowMs: dueMs })).toMatchObject({
      status: 'True',
      reason: 'NoCadence',
      message: 'Nobody asks.',
    });
  });
});
