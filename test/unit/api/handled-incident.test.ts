import { describe, expect, it } from '@jest/globals';
import {
  toCountedDecisions,
  toDecisionReading,
  toHandledIncidents,
  toIncidentPart,
  toReviewedModel,
} from '../../../src/api/handled-incident.ts';

const at = (minute: number): string => new Date(Date.parse('2026-06-01T12:00:00.000Z') + minute * 60_000).toISOString();
const ms = (minute: number): number => Date.parse(at(minute));
const entry = (type: string, minute: number, actor = 'operator'): object => ({
  ...{ type, at: at(minute), actor },
  ...(type === 'Released' ? { before: 'limit', after: 'none' } : {}),
});

function object(name: string, spec: object, status: object): object {
  return { metadata: { namespace: 'lending', name }, spec: { openedAt: at(0), ...spec }, status };
}

const handled = (...objects: readonly object[]) => toHandledIncidents(objects.flatMap((each) => toIncidentPart(each) ?? []));

describe('what the programme measures of a record', () => {
  it('regression: a release that was only found after a crash says nothing of the cause, and was counted as if it were gone', () => {
    const found = { type: 'Released', at: at(5), actor: 'operator', before: '', after: '' };
    const entries = [entry('Engaged', 0), found, entry('Closed', 6)];
    expect(handled(object('ri-1', {}, { entries, closedAt: at(6) }))[0]).toMatchObject({ remediatedMs: null, closedMs: ms(6) });
    expect(handled(object('ri-1', {}, { entries: [...entries, entry('RemediationSucceeded', 7)] }))[0]?.remediatedMs).toBe(ms(7));
  });

  it.each([
    ['itself', [['ri-1', 'ri-1']], 1],
    [
      'what continues it',
      [
        ['ri-1', 'ri-2'],
        ['ri-2', 'ri-1'],
      ],
      2,
    ],
    [
      'what is not there',
      [
        ['ri-2', 'ri-1'],
        ['ri-3', 'ri-2'],
      ],
      1,
    ],
  ] as const)('regression: of a record that continues %s is measured, and ends', (_what, pairs, count) => {
    expect(handled(...pairs.map(([name, continues]) => object(name, { continues }, {})))).toHaveLength(count);
  });

  it('takes the first time of each kind', () => {
    const entries = [
      entry('Engaged', 0),
      entry('Verified', 1),
      entry('Acknowledged', 2, 'ana'),
      entry('Verified', 3),
      entry('Acknowledged', 4, 'ben'),
      entry('Released', 5),
      entry('Closed', 6),
    ];
    const postmortem = { verdict: 'TruePositive', harmConfirmed: 'RuledOut', onsetAt: at(-10) };
    expect(handled(object('ri-1', { severity: 'High' }, { entries, closedAt: at(6), postmortem }))).toEqual([
      {
        origin: 'Operator',
        severity: 'High',
        onsetMs: ms(-10),
        detectedMs: ms(0),
        acknowledgedMs: ms(2),
        mitigatedMs: ms(1),
        remediatedMs: ms(5),
        closedMs: ms(6),
        verdict: 'TruePositive',
        harmConfirmed: 'RuledOut',
      },
    ]);
  });

  it('detects a report when somebody knew, and takes its postmortem for the end of its cause', () => {
    const report = { onsetAt: at(-90), awareAt: at(-30) };
    const entries = [entry('Reported', 0, 'ana'), entry('Postmortem', 9, 'ana'), entry('Closed', 9)];
    expect(handled(object('ri-1', { report, severity: 'Low' }, { entries, severity: 'Critical', closedAt: at(9) }))).toEqual([
      expect.objectContaining({
        origin: 'Reported',
        severity: 'Critical',
        onsetMs: ms(-90),
        detectedMs: ms(-30),
        remediatedMs: ms(9),
        mitigatedMs: null,
      }),
    ]);
  });

  it('takes a release by a person, or by deletion, for no remediation', () => {
    const closed = { closedAt: at(6) };
    expect(
      handled(object('ri-1', {}, { entries: [entry('Engaged', 0), entry('Released', 5, 'ana')], ...closed }))[0]?.remediatedMs,
    ).toBeNull();
    expect(handled(object('ri-1', {}, { entries: [entry('ReleasedByDeletion', 5)], ...closed }))[0]?.remediatedMs).toBeNull();
    expect(handled(object('ri-1', {}, { entries: [entry('RemediationSucceeded', 4), entry('Released', 5, 'ana')] }))[0]?.remediatedMs).toBe(
      ms(4),
    );
  });

  it('leaves drills out, and what was only observed', () => {
    expect(handled(object('ri-1', { drill: { scope: 'DryRun' } }, {}), object('ri-2', {}, { entries: [entry('WouldApply', 0)] }))).toEqual(
      [],
    );
  });

  it('counts a record that fills several objects once', () => {
    const first = object('ri-1', { severity: 'High' }, { entries: [entry('Engaged', 0), entry('Verified', 1), entry('Continued', 2)] });
    const second = object(
      'ri-1-2',
      { severity: 'High', continues: 'ri-1', openedAt: at(0) },
      { entries: [entry('Acknowledged', 3, 'ana'), entry('Continued', 4)] },
    );
    const postmortem = { verdict: 'FalsePositive', harmConfirmed: 'Unknown' };
    const third = object(
      'ri-1-3',
      { severity: 'High', continues: 'ri-1-2' },
      { entries: [entry('Released', 7), entry('Closed', 8)], closedAt: at(8), postmortem, severity: 'Low' },
    );
    expect(handled(third, first, second)).toEqual([
      expect.objectContaining({
        ...{ severity: 'Low', mitigatedMs: ms(1), acknowledgedMs: ms(3), remediatedMs: ms(7), closedMs: ms(8) },
        ...{ verdict: 'FalsePositive', harmConfirmed: 'Unknown' },
      }),
    ]);
  });

  it('passes over what says no time', () => {
    expect(toIncidentPart({ metadata: { name: 'ri-1' }, spec: { openedAt: 'soon' } })).toBeNull();
  });
});

describe('a decision', () => {
  const decision = (spec: object, condition: object | null): object => ({
    metadata: { namespace: 'lending', name: 'mine', creationTimestamp: at(0) },
    spec,
    ...(condition === null ? {} : { status: { conditions: [{ type: 'Valid', ...condition }] } }),
  });
  const counted = (object: object, ...records: readonly object[]) =>
    toCountedDecisions(
      [object].flatMap((each) => toDecisionReading(each) ?? []),
      records.flatMap((each) => toIncidentPart(each) ?? []),
    );
  const over = { status: 'False', reason: 'Expired' };
  const naming = (type: string, target: string): object => object('ri-1', {}, { entries: [{ ...entry(type, 1, 'ana'), target }] });

  it('counts while its condition Valid is True', () => {
    expect(counted(decision({ action: 'Hold' }, { status: 'True' }))).toEqual([{ action: 'Hold', atMs: ms(0), minutesSpent: 0 }]);
    expect(counted(decision({ action: 'Review', minutesSpent: 30 }, { status: 'True' }))[0]?.minutesSpent).toBe(30);
    expect(counted(decision({ action: 'Hold' }, { status: 'False' }))).toEqual([]);
    expect(counted(decision({ action: 'Hold' }, null))).toEqual([]);
    expect(counted({ metadata: {}, spec: { action: 'Hold' } })).toEqual([]);
  });

  it('regression: a hold that ended no longer counted, though the record says that it held', () => {
    const hold = decision({ action: 'Hold', expiresAt: at(9) }, over);
    expect(counted(hold, naming('Held', 'RiskDecision/mine'))).toHaveLength(1);
    expect(counted(hold, naming('Held', 'RiskDecision/other'))).toEqual([]);
    expect(counted(hold, { ...naming('Held', 'RiskDecision/mine'), metadata: { namespace: 'cards', name: 'ri-1' } })).toEqual([]);
    // It was void as long as it lasted.
    expect(counted(hold)).toEqual([]);
  });

  it('regression: an acceptance that ended, or whose model changed since, no longer counted', () => {
    expect(counted(decision({ action: 'Accept', expiresAt: at(9) }, over))).toHaveLength(1);
    expect(counted(decision({ action: 'Accept', expiresAt: at(9) }, { status: 'False', reason: 'ModelChanged' }))).toHaveLength(1);
    expect(counted(decision({ action: 'Accept', expiresAt: at(9) }, { status: 'False', reason: 'TooOften' }))).toEqual([]);
    expect(counted(decision({ action: 'Accept', expiresAt: at(-1) }, over))).toEqual([]);
    expect(
      counted(
        decision({ action: 'Accept', expiresAt: at(9) }, { status: 'False', reason: 'DigestChanged' }),
        naming('Accepted', 'RiskDecision/mine'),
      ),
    ).toHaveLength(1);
  });
});

it('a model is in scope when a review is due some day, and current until then', () => {
  const model = (review: object): object => ({ status: { review } });
  expect(toReviewedModel({}, ms(0))).toMatchObject({ isInScope: false, isCurrent: false });
  expect(toReviewedModel(model({ next: at(1) }), ms(0))).toMatchObject({ isInScope: true, isCurrent: false });
  expect(toReviewedModel(model({ next: at(1), last: at(-5) }), ms(0))).toMatchObject({ isInScope: true, isCurrent: true });
  expect(toReviewedModel(model({ next: at(1), last: at(-5) }), ms(1))).toMatchObject({ isInScope: true, isCurrent: false });
});

it('a model has the lineage its tier requires as far as entries with a digest pin it', () => {
  const lineage = [{ kind: 'Code', digest: 'sha256:1' }, { kind: 'Features' }, { kind: 'Artifact', digest: 'sha256:2' }];
  const named = { metadata: { namespace: 'lending', name: 'credit' }, spec: { lineage } };
  expect(toReviewedModel(named, 0)).toMatchObject({ name: 'lending/credit', lineage: { required: [], present: [] } });
  const asked = { ...named, status: { documentation: { lineageRequired: ['Code', 'Features'] } } };
  expect(toReviewedModel(asked, 0).lineage).toEqual({ required: ['Code', 'Features'], present: ['Code'] });
});
