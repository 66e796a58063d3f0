import { describe, expect, it } from '@jest/globals';
import { factStart, sealFact } from '../../../src/core/fact-chain.ts';
import type { Fact, HeldObject } from '../../../src/core/fact-chain.ts';
import type { JSONValue } from '../../../src/shared/json.ts';
import { auditFacts } from '../../../src/governance/export-facts.ts';
import { auditObjects } from '../../../src/governance/told-objects.ts';
import { sha256 } from '../../builders/audit-lines.ts';

const at = '2026-06-01T12:00:00.000Z';
const times = { nowMs: Date.parse(at) + 3_600_000, graceMs: 60_000 };

const review: HeldObject = {
  ...{ kind: 'RiskDecision', namespace: 'lending', name: 'review', uid: 'uid-of-review' },
  content: { createdAt: at, spec: { action: 'Review', minutesSpent: 30 }, outcome: null },
};
const credit: HeldObject = {
  ...{ kind: 'ModelRisk', namespace: 'lending', name: 'credit', uid: 'uid-of-credit' },
  content: { createdAt: at, generation: 3, spec: { criticality: 'High' }, tier: 'High', contributors: 'olga' },
};
const terms: HeldObject = {
  ...{ kind: 'RiskPolicy', namespace: '', name: 'default', uid: 'uid-of-default' },
  content: { createdAt: at, generation: 1, spec: { roles: ['risk'] }, signals: { drift: 'sha256:a' } },
};

const withContent = (object: HeldObject, changes: { readonly [field: string]: JSONValue }): HeldObject => ({
  ...object,
  content: { ...(object.content as { readonly [field: string]: JSONValue }), ...changes },
});

function tell(...told: readonly (readonly [HeldObject, Fact['event']])[]): readonly Fact[] {
  const facts: Fact[] = [];
  for (const [object, event] of told) facts.push(sealFact(facts.at(-1) ?? factStart('run'), { at, ...object, event }, sha256));
  return facts;
}

const seen = (...objects: readonly HeldObject[]) => tell(...objects.map((object) => [object, 'Seen'] as const));
const compare = (facts: readonly Fact[], ...held: readonly HeldObject[]) => auditObjects({ facts, copied: [], held, ...times });
const findingsOf = (facts: readonly Fact[], ...held: readonly HeldObject[]) => compare(facts, ...held).findings;

describe('auditObjects', () => {
  it('finds nothing where everything is as it was told, whatever came of a decision since', () => {
    const judged = withContent(review, { outcome: { status: 'True', reason: 'Used' } });
    expect(compare(seen(terms, credit, review), terms, credit, judged)).toEqual({
      ...{ findings: [], compared: 3, unsettled: 0, goneDecisions: 0 },
    });
  });

  it('finds a decision that says something else, or came at another time', () => {
    const sentence = 'RiskDecision review of namespace lending is not the one the sink was told of: it was changed past admission';
    expect(findingsOf(seen(review), withContent(review, { spec: { action: 'Review', minutesSpent: 300 } }))).toEqual([sentence]);
    expect(findingsOf(seen(review), withContent(review, { createdAt: '2026-05-01T12:00:00.000Z' }))).toEqual([sentence]);
  });

  it('finds that one was changed also where the operator told of both, and of the first one by itself', () => {
    const changed = withContent(review, { spec: { action: 'Accept' } });
    expect(auditFacts(seen(review, changed), [], sha256)).toEqual([
      'RiskDecision review of namespace lending is told with two texts: it was changed past admission',
    ]);
    expect(findingsOf(seen(review, changed), changed)).toEqual([]);
  });

  it('finds a decision that is gone with no fact that says so; with one it is counted', () => {
    expect(findingsOf(seen(review))).toEqual([
      'RiskDecision review of namespace lending is gone, and no fact says so: it was deleted past admission, while no operator ran, or since the export was taken',
    ]);
    expect(compare(tell([review, 'Seen'], [review, 'Gone']))).toEqual({ findings: [], compared: 0, unsettled: 0, goneDecisions: 1 });
  });

  it('finds whatever is there though the sink was told that it is gone', () => {
    for (const object of [review, credit, terms])
      expect(findingsOf(tell([object, 'Seen'], [object, 'Gone']), object)).toEqual([
        expect.stringContaining('it was put back past admission'),
      ]);
  });

  it('finds one that nobody told of, unless it is too young for that', () => {
    const { nowMs } = times;
    const young = withContent(review, { createdAt: new Date(nowMs - 30_000).toISOString() });
    const ahead = withContent(review, { createdAt: new Date(nowMs + 120_000).toISOString() });
    expect(compare([], young)).toMatchObject({ findings: [], unsettled: 1 });
    for (const object of [review, ahead, withContent(review, { createdAt: 'never' })])
      expect(compare([], object).findings).toEqual([expect.stringContaining('is not in the export: it was added beside the record')]);
  });

  it('finds one that goes by another name, kind or namespace', () => {
    const moved = { ...review, namespace: 'cards' };
    expect(findingsOf(seen(review), moved)).toEqual([
      'RiskDecision review of namespace lending stands in the cluster as RiskDecision review of namespace cards',
    ]);
    expect(findingsOf(seen(review), { ...review, name: 'other' })).toHaveLength(1);
    expect(findingsOf(seen(credit), { ...review, uid: credit.uid })).toHaveLength(1);
  });

  it('finds another text of a model or a policy at the generation the sink was told of', () => {
    const sentence = 'it was changed past admission';
    expect(findingsOf(seen(credit), withContent(credit, { spec: { criticality: 'Low' } }))).toEqual([expect.stringContaining(sentence)]);
    expect(findingsOf(seen(terms), withContent(terms, { spec: { roles: [] } }))).toEqual([expect.stringContaining(sentence)]);
    expect(findingsOf(seen(terms), withContent(terms, { signals: { drift: 'sha256:b' } }))).toEqual([expect.stringContaining(sentence)]);
  });

  it('takes an edit for one: it is newer than the export, and an older one that was put back is not', () => {
    const edited = withContent(credit, { generation: 4, spec: { criticality: 'Low' } });
    expect(compare(seen(credit), edited)).toMatchObject({ findings: [], unsettled: 1 });
    expect(findingsOf(seen(credit, edited), credit)).toEqual([
      'ModelRisk credit of namespace lending stands at generation 3, the sink was told of 4: an older one was put back',
    ]);
  });

  it('lets models and policies be deleted, told of or not: their owners may', () => {
    expect(compare(seen(credit, terms))).toMatchObject({ findings: [], unsettled: 2 });
    expect(compare(tell([credit, 'Seen'], [credit, 'Gone']))).toMatchObject({ findings: [], unsettled: 0, goneDecisions: 0 });
  });

  it('can not tell edits from tampering by what an operator of old said of a policy', () => {
    const { generation: _, ...old } = terms.content as { readonly [field: string]: JSONValue };
    const told = seen({ ...terms, content: old });
    expect(compare(told, terms)).toMatchObject({ findings: [], compared: 1 });
    expect(compare(told, withContent(terms, { spec: { roles: [] } }))).toMatchObject({ findings: [], unsettled: 1 });
  });

  it('goes by the newest that was told, and by a copy only of what no fact tells', () => {
    const edited = withContent(credit, { generation: 4, spec: { criticality: 'Low' } });
    const audit = auditObjects({ facts: seen(edited), copied: [credit, review], held: [edited, review], ...times });
    expect(audit).toMatchObject({ findings: [], compared: 2 });
  });

  it('reads nothing into content that is none', () => {
    const empty = { ...review, content: null };
    expect(compare(seen(empty), empty)).toMatchObject({ findings: [], compared: 1 });
    expect(compare(seen({ ...credit, content: [] }), { ...credit, content: 'x' })).toMatchObject({ findings: [], compared: 1 });
  });
});

describe('regression: what the newest fact is', () => {
  const run = (name: string, follows: Fact | null, ...told: readonly (readonly [HeldObject, Fact['event']])[]): readonly Fact[] => {
    const link = { chain: 'head', run: follows?.run ?? '', seq: follows?.seq ?? -1 };
    const facts: Fact[] = [];
    for (const [object, event] of told) {
      const start = factStart(name, { follows: link, hash: follows?.hash ?? '' });
      facts.push(sealFact(facts.at(-1) ?? start, { at, ...object, event }, sha256));
    }
    return facts;
  };

  it('a decision that was put back passed for one that never went once the operator told of it again', () => {
    const facts = tell([review, 'Seen'], [review, 'Gone'], [review, 'Seen']);
    expect(findingsOf(facts, review)).toEqual([
      'RiskDecision review of namespace lending is there, though the sink was told that it was gone: it was put back past admission',
    ]);
  });

  it('one that went was missed where a run that ended without its note had the faster clock', () => {
    const first = run('2026-06-01T12:00:00.000Z', null, [credit, 'Seen']);
    const lost = run('2026-06-01T12:30:00.000Z', first[0] ?? null, [review, 'Seen']);
    const next = run('2026-06-01T12:10:00.000Z', first[0] ?? null, [review, 'Seen'], [review, 'Gone'], [credit, 'Seen']);
    expect(compare([...first, ...lost, ...next], credit)).toMatchObject({ findings: [], compared: 1, goneDecisions: 1 });
  });

  it('nor is an older text of a model the newest by that clock', () => {
    const edited = withContent(credit, { generation: 4, spec: { criticality: 'Low' } });
    const first = run('2026-06-01T12:00:00.000Z', null, [review, 'Seen']);
    const lost = run('2026-06-01T12:30:00.000Z', first[0] ?? null, [credit, 'Seen']);
    const next = run('2026-06-01T12:10:00.000Z', first[0] ?? null, [edited, 'Seen']);
    const changed = withContent(edited, { spec: { criticality: 'High' } });
    expect(findingsOf([...first, ...lost, ...next], review, changed)).toEqual([
      expect.stringContaining('has another text than generation 4'),
    ]);
  });
});
