import { describe, expect, it } from '@jest/globals';
import { toAuditedPart, toAuditedRecords } from '../../../src/api/audited-record.ts';
import { appendEntry, chainStart } from '../../../src/core/audit-chain.ts';
import type { EntryDraft } from '../../../src/core/audit-chain.ts';
import type { IncidentEntry } from '../../../src/core/model/incident-entry.ts';
import { auditedActions } from '../../../src/core/risk/programme/audit-completeness.ts';
import { sha256 } from '../../builders/audit-lines.ts';
import { loadGolden } from '../../builders/golden.ts';

const beganMs = Date.parse('2026-06-01T12:00:00.000Z');
const laterMs = beganMs + 86_400_000;

type Line = Pick<EntryDraft, 'type'> & Partial<EntryDraft>;

function chained(lines: readonly Line[], firstPrevHash = ''): readonly IncidentEntry[] {
  const entries: IncidentEntry[] = [];
  for (const [index, line] of lines.entries()) {
    const at = new Date(beganMs + index * 1000).toISOString();
    const draft = { at, actor: 'operator', target: '', before: '', after: '', reason: 'so', ...line };
    entries.push(appendEntry(entries.at(-1) ?? chainStart(firstPrevHash), draft, sha256));
  }
  return entries;
}

const digest = `sha256:${'a'.repeat(64)}`;

function object(entries: readonly IncidentEntry[], spec: object = {}, name = 'ri-1'): object {
  const refs = { planRef: { digest }, riskRef: { digest } };
  return {
    metadata: { namespace: 'lending', name },
    spec: { ...refs, trigger: [{}], firstPrevHash: '', ...spec },
    status: { entries },
  };
}

const engaged: Line = { type: 'Engaged', before: 'none', after: 'limit' };
const applied: Line = { type: 'Applied', target: 'HTTPRoute/credit', before: '50 %', after: '10 %' };
const verified: Line = { type: 'Verified', target: 'HTTPRoute/credit', after: '10 %' };
const released: Line = { type: 'Released', before: 'limit', after: 'none' };

const actionsOf = (toMs: number, ...objects: readonly object[]) =>
  auditedActions(toAuditedRecords(objects.flatMap((each) => toAuditedPart(each, sha256) ?? [])), toMs);
const lacks = (toMs: number, ...objects: readonly object[]) =>
  actionsOf(toMs, ...objects).map(({ seq, type, lacks: each }) => `${String(seq)} ${type}: ${each.join(', ')}`);

it.each(loadGolden('programme', 'audited-records'))('the golden vectors: $name', ({ input: { incidents, toMs }, expected }) => {
  expect(actionsOf(toMs, ...incidents)).toEqual(expected);
});

it('the golden vectors hold a gap of every facet, and actions without one', () => {
  const all = loadGolden('programme', 'audited-records').flatMap(({ expected }) => expected);
  expect(new Set(all.flatMap((action) => action.lacks)).size).toBe(6);
  expect(all.filter((action) => action.lacks.length === 0).length).toBeGreaterThan(20);
});

describe('an action on record', () => {
  it('is a step of a plan, a patch or a Job; what was observed, decided or reported, and a drill, is none', () => {
    const decided: Line = { type: 'Acknowledged', actor: 'ana', target: 'RiskDecision/mine' };
    const job: Line = { type: 'RemediationStarted', target: 'Job/retrain', after: 'retrain' };
    const entries = chained([engaged, applied, verified, decided, job, released, { type: 'Closed' }]);
    expect(actionsOf(laterMs, object(entries)).map(({ type }) => type)).toEqual(['Engaged', 'Applied', 'RemediationStarted', 'Released']);
    expect(actionsOf(laterMs, object(entries, { drill: { scope: 'Sandbox' } }))).toEqual([]);
    expect(actionsOf(laterMs, object(entries, { report: {} }))).toEqual([]);
    expect(actionsOf(laterMs, object(chained([{ type: 'WouldApply', after: 'limit' }, released])))).toEqual([]);
  });

  it('lacks nothing with evidence, digests, actor, before and after, an outcome, and an intact chain', () => {
    const entries = chained([engaged, applied, verified, released, { ...applied, before: '10 %', after: '50 %' }, { type: 'Closed' }]);
    expect(lacks(laterMs, object(entries))).toEqual(['0 Engaged: ', '1 Applied: ', '3 Released: ', '4 Applied: ']);
  });

  it.each([
    ['evidence', { trigger: [] }],
    ['digest', { planRef: {} }],
    ['digest', { riskRef: { digest: '' } }],
    ['intact chain', { firstPrevHash: 'another' }],
  ])('lacks its %s where the record has none', (facet, spec) => {
    expect(lacks(laterMs, object(chained([engaged, applied, verified]), spec))).toEqual([`0 Engaged: ${facet}`, `1 Applied: ${facet}`]);
  });

  it('lacks actor, or before and after, where its line is silent, as one does that was found after a crash', () => {
    const found: Line = { type: 'Escalated', before: '', after: '' };
    const nobody: Line = { ...applied, actor: '' };
    expect(lacks(laterMs, object(chained([found, nobody, verified])))).toEqual(['0 Escalated: before and after', '1 Applied: actor']);
    expect(lacks(laterMs, object(chained([{ ...engaged, after: '' }, { type: 'Closed' }])))).toEqual(['0 Engaged: before and after']);
  });

  it('lacks its outcome only once it had five minutes', () => {
    const open = object(chained([engaged, applied]));
    expect(lacks(beganMs + 300_999, open)).toEqual(['0 Engaged: ', '1 Applied: ']);
    expect(lacks(beganMs + 301_000, open)).toEqual(['0 Engaged: ', '1 Applied: outcome']);
    const elsewhere = object(chained([engaged, applied, { ...verified, target: 'HTTPRoute/other' }]));
    expect(lacks(laterMs, elsewhere)[1]).toBe('1 Applied: outcome');
    expect(lacks(laterMs, object(chained([engaged])))).toEqual(['0 Engaged: outcome']);
    expect(lacks(laterMs, object(chained([engaged, { type: 'Stalled' }])))).toEqual(['0 Engaged: ']);
  });

  it('of a Job lacks its outcome once the record is closed without one', () => {
    const started: Line = { type: 'RemediationStarted', target: 'Job/retrain', after: 'retrain' };
    const failed: Line = { type: 'RemediationFailed', target: 'Job/retrain' };
    expect(lacks(laterMs, object(chained([started])))).toEqual(['0 RemediationStarted: ']);
    expect(lacks(laterMs, object(chained([started, { type: 'Closed' }])))).toEqual(['0 RemediationStarted: outcome']);
    expect(lacks(laterMs, object(chained([started, failed, { type: 'Closed' }])))).toEqual(['0 RemediationStarted: ']);
    const other = { ...failed, target: 'Job/other' };
    expect(lacks(laterMs, object(chained([started, other, { type: 'Closed' }])))).toEqual(['0 RemediationStarted: outcome']);
  });
});

describe('a record that fills several objects', () => {
  const first = object(chained([engaged, applied, { type: 'Continued' }]));
  const rest = chained([verified, released, { type: 'Closed' }], 'x');

  it('is one: the outcome may stand in the next object, and each line is named where it stands', () => {
    const next = object(rest, { continues: 'ri-1', firstPrevHash: 'x' }, 'ri-1-2');
    expect(actionsOf(laterMs, next, first)).toEqual([
      expect.objectContaining({ object: 'lending/ri-1', seq: 0, lacks: [] }),
      expect.objectContaining({ object: 'lending/ri-1', seq: 1, lacks: [] }),
      expect.objectContaining({ object: 'lending/ri-1-2', seq: 1, type: 'Released', lacks: [] }),
    ]);
  });

  it('is broken as a whole when one of them is, and a part without its beginning stands by itself', () => {
    const broken = object(rest, { continues: 'ri-1', firstPrevHash: 'y' }, 'ri-1-2');
    expect(lacks(laterMs, first, broken)).toEqual(['0 Engaged: intact chain', '1 Applied: intact chain', '1 Released: intact chain']);
    const alone = object(rest, { continues: 'gone', firstPrevHash: 'x' }, 'ri-9');
    expect(lacks(laterMs, alone)).toEqual(['1 Released: ']);
  });

  it('that goes in circles, or has two ends, loses no line', () => {
    const itself = object(chained([engaged, applied, verified]), { continues: 'ri-1' });
    expect(lacks(laterMs, itself)).toEqual(['0 Engaged: ', '1 Applied: ']);
    const end = (name: string): object => object(rest, { continues: 'ri-1', firstPrevHash: 'x' }, name);
    expect(actionsOf(laterMs, first, end('ri-1-2'), end('ri-1-x')).map(({ object: each }) => each)).toEqual([
      ...['lending/ri-1', 'lending/ri-1', 'lending/ri-1-x', 'lending/ri-1-2'],
    ]);
  });
});
