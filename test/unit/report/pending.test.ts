import { describe, expect, it } from '@jest/globals';

import type { ReportObjects } from '../../../src/report/objects.ts';
import { withValue } from '../../builders/api.ts';
import type { Manifest } from '../../builders/api.ts';
import { cellsIn, gapsOf, programme, reportOn } from '../../builders/report-reading.ts';
import { anIncident, churnModel, conditions, engagedPlan, reportedAt, someDecisions } from '../../builders/reported.ts';

const nothing = { modelRisks: [], plans: [], incidents: [], decisions: [], policies: [] };
function matters(changes: Partial<ReportObjects>): readonly string[] {
  const page = reportOn(programme, { ...nothing, ...changes });
  expect(gapsOf(page).filter((each) => each.includes('is not readable'))).toEqual([]);
  return cellsIn(page, 'What waits').map(([what = '', , due = '']) => `${what} @ ${due}`);
}

const acknowledged = [
  ['Engaged', '2026-06-20T00:00:00.000Z'],
  ['Acknowledged', '2026-06-20T00:10:00.000Z'],
] as const;
const deadline = (name: string, due: string, more: object = {}) => ({ name, due, warnAt: due, state: 'Open', ...more });

describe('a report to an authority', () => {
  const of = (...deadlines: readonly object[]) =>
    matters({ incidents: [anIncident('ri', { status: { deadlines }, types: acknowledged })] });

  it('waits from the second it is due, and not before', () => {
    expect(of(deadline('ai-act', reportedAt))).toEqual([`Report ai-act of a Medium incident is overdue @ ${reportedAt}`]);
    expect(of(deadline('ai-act', '2026-07-01T00:00:01Z'))).toEqual([]);
  });

  it('waits no longer once it is filed, however late; another of the same incident does', () => {
    const filed = deadline('gdpr', '2026-06-01T00:00:00Z', { filedAt: '2026-06-30T00:00:00Z', state: 'Filed' });
    expect(of(filed)).toEqual([]);
    expect(of(filed, deadline('ai-act', '2026-06-25T00:00:00Z'))).toEqual([
      'Report ai-act of a Medium incident is overdue @ 2026-06-25T00:00:00Z',
    ]);
  });
});

describe('an incident', () => {
  it('waits to be taken up while it is open and nobody has', () => {
    expect(matters({ incidents: [anIncident('ri')] })).toEqual(['A Medium incident was taken up by nobody @ 2026-06-20T00:00:00Z']);
    expect(matters({ incidents: [anIncident('ri', { types: acknowledged })] })).toEqual([]);
  });

  it('that is over is taken up by nobody any more, though its report is still to be made', () => {
    const status = { closedAt: '2026-06-21T00:00:00Z', deadlines: [deadline('ai-act', '2026-07-05T00:00:00Z')] };
    expect(matters({ incidents: [anIncident('ri', { status })] })).toEqual([]);
  });

  it('of which the record goes on in another object waits there, not twice', () => {
    const types = [...acknowledged.slice(0, 1), ['Continued', '2026-06-21T00:00:00.000Z']] as const;
    expect(matters({ incidents: [anIncident('ri', { types })] })).toEqual([]);
  });
});

describe('a stage', () => {
  const asking = (status: string) =>
    matters({ plans: [withValue(engagedPlan(), 'status.conditions', conditions({ AwaitingApproval: [status, 'Proposed'] }))] });

  it('waits for an answer while it asks, not once it has one', () => {
    expect(asking('True')).toEqual(['A stage waits for an answer: AwaitingApproval Proposed. @ 2026-06-01T00:00:00Z']);
    expect(asking('False')).toEqual([]);
    expect(asking('Unknown')).toEqual([]);
  });
});

describe('a review', () => {
  it('is overdue since an instant that is known, or since nobody knows when', () => {
    expect(matters({ modelRisks: [churnModel()] })).toEqual(['Review is overdue @ 2026-06-15T00:00:00Z']);
    expect(matters({ modelRisks: [withValue(churnModel(), 'status.review', undefined)] })).toEqual(['Review is overdue @ ']);
  });

  it.each(['DueSoon', 'Reviewed', 'NoCadence', 'PolicyMissing'])('that is %s waits for nobody', (reason) => {
    const status = conditions({ ReviewCurrent: ['False', reason] });
    expect(matters({ modelRisks: [withValue(churnModel(), 'status.conditions', status)] })).toEqual([]);
  });
});

describe('an acceptance', () => {
  const [accept = {} as Manifest] = someDecisions();

  it('ends soon only where it is one and counts', () => {
    expect(matters({ decisions: [accept] })).toHaveLength(1);
    const others = someDecisions().slice(1);
    expect(matters({ decisions: others.map((each) => withValue(each, 'spec.expiresAt', '2026-07-10T00:00:00Z')) })).toEqual([]);
    expect(matters({ decisions: [withValue(accept, 'status.conditions', [])] })).toEqual([]);
  });

  it('counts by its condition Valid alone, whatever else stands beside it', () => {
    const beside = (valid: string, other: string) =>
      withValue(accept, 'status.conditions', conditions({ Other: [other, 'Other'], Valid: [valid, 'Said'] }));
    expect(matters({ decisions: [beside('True', 'False')] })).toHaveLength(1);
    expect(matters({ decisions: [beside('False', 'True')] })).toEqual([]);
  });

  it('of several indicators names them all', () => {
    const wide = withValue(accept, 'spec.indicators', ['score-drift', 'approval-parity']);
    expect(matters({ decisions: [wide] })).toEqual([
      'Acceptance of score-drift, approval-parity ends; the next breach engages again @ 2026-07-10T00:00:00Z',
    ]);
  });
});

describe('the order', () => {
  it('is by gravity, whatever came first: what the law asks, what stands still, what nobody took up, then papers', () => {
    const modelRisks = [withValue(churnModel(), 'status.missingSignOffs', ['product', 'compliance'])];
    const incidents = [
      anIncident('ri-a'),
      anIncident('ri-b', {
        status: { deadlines: [deadline('ai-act', '2026-06-25T00:00:00Z')], findings: [{ name: 'age', state: 'Open' }] },
      }),
    ];
    const said = matters({ modelRisks, incidents, plans: [engagedPlan()], decisions: someDecisions().slice(0, 1) });
    expect(said.map((each) => each.split(' ').slice(0, 2).join(' '))).toEqual([
      'Report ai-act',
      'A stage',
      'A Medium',
      'A Medium',
      'Review is',
      'Acceptance of',
      'Sign-off in',
      'Sign-off in',
      'Finding age',
    ]);
  });
});
