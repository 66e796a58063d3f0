import { describe, expect, it } from '@jest/globals';
import { gateSentences, judgeGate } from '../../../../src/governance/gate/verdict.ts';
import type { GatedModel, GateQuestion } from '../../../../src/governance/gate/verdict.ts';
import { readWaived } from '../../../../src/governance/gate/waived.ts';

const now = Date.parse('2026-06-01T12:00:00Z');

function aModel(changes: Partial<GatedModel> = {}): GatedModel {
  return {
    ...{ namespace: 'lending', risk: 'credit', tier: 'High', version: '2.4.0', isObserved: true },
    conditions: [{ type: 'SignedOff', status: 'True', reason: 'AllSigned', message: '' }],
    approvedVersions: [
      { version: '2.4.0', expires: '2027-01-01T00:00:00Z' },
      { version: '2.3.0', expires: null },
    ],
    missingSignOffs: [],
    broken: [],
    openIncidents: [],
    ...changes,
  };
}

const ask = (model: GatedModel, question: Partial<GateQuestion> = {}) =>
  judgeGate(model, { version: '2.4.0', waive: [], nowMs: now, ...question });
const kinds = (answer: ReturnType<typeof ask>) => answer.items.map(({ kind }) => kind);
const denied = (type: string, message: string) => ({ type, status: 'False', reason: 'Missing', message }) as const;

describe('the gate', () => {
  it('lets a version go that carries all sign-offs and has nothing open', () => {
    expect(ask(aModel())).toEqual({ decision: 'Go', namespace: 'lending', model: 'credit', version: '2.4.0', tier: 'High', items: [] });
  });

  it('lets an earlier approved version go: a way back is a way', () => {
    expect(ask(aModel(), { version: '2.3.0' }).decision).toBe('Go');
  });

  it('names each role that has not signed, and how it signs', () => {
    const answer = ask(aModel({ approvedVersions: [], missingSignOffs: ['product', 'security'] }));
    expect([answer.decision, kinds(answer)]).toEqual(['NoGo', ['SignOffMissing', 'SignOffMissing']]);
    expect(answer.items[1]?.message).toContain('kubectl modelrisk sign-off credit -n lending --role security');
  });

  it('says so too where nobody knows who has to sign', () => {
    const conditions = [denied('SignedOff', 'Whose sign-off it needs only its policy says.')];
    const answer = ask(aModel({ approvedVersions: [], conditions }));
    expect(kinds(answer)).toEqual(['SignOffMissing']);
    expect(answer.items[0]?.message).toContain('only its policy says');
  });

  it('says of another version that it is not even under guard', () => {
    const answer = ask(aModel(), { version: '3.0.0' });
    expect(kinds(answer)).toEqual(['VersionUnknown']);
    expect(answer.items[0]?.message).toContain(
      '(approved: 2.4.0, 2.3.0), and ModelRisk lending/credit guards 2.4.0: write spec.model.version: "3.0.0"',
    );
    expect(ask(aModel({ approvedVersions: [] }), { version: '3.0.0' }).items[0]?.message).toContain('(none is)');
  });

  it('counts an approval to the moment it ends', () => {
    const model = aModel({ approvedVersions: [{ version: '2.4.0', expires: '2026-06-01T12:00:00Z' }] });
    expect(ask(model, { nowMs: now - 1 }).decision).toBe('Go');
    expect(kinds(ask(model))).toEqual(['SignOffMissing']);
  });

  it('asks nobody to sign where the tier asks nobody', () => {
    const conditions = [{ type: 'SignedOff', status: 'True', reason: 'NotRequired', message: '' }] as const;
    expect(ask(aModel({ approvedVersions: [], conditions }), { version: '9' }).decision).toBe('Go');
  });

  it('lists everything that is open, not the first', () => {
    const answer = ask(
      aModel({
        isObserved: false,
        approvedVersions: [],
        missingSignOffs: ['product'],
        conditions: [
          denied('Documented', 'objective is missing.'),
          denied('ReviewCurrent', 'A review was due.'),
          denied('Assessed', 'blind'),
        ],
        openIncidents: ['credit-1'],
        broken: [
          { indicator: 'parity', message: 'parity is 0.7, beyond 0.8.' },
          { indicator: 'drift', message: '' },
        ],
      }),
    );
    expect(kinds(answer)).toEqual([
      'NotObserved',
      'SignOffMissing',
      'DocumentationMissing',
      'ReviewOverdue',
      'IncidentOpen',
      'LimitBroken',
      'LimitBroken',
    ]);
    expect(gateSentences(answer)).toEqual([
      expect.stringMatching(/^NotObserved: .*ask again/),
      expect.stringMatching(/^SignOffMissing: /),
      'DocumentationMissing: objective is missing.',
      'ReviewOverdue: A review was due.',
      expect.stringContaining('kubectl get rincident credit-1 -n lending'),
      'LimitBroken: parity is 0.7, beyond 0.8.',
      'LimitBroken: Indicator drift broke its limit and has not been clear for long enough.',
      'lending/credit version 2.4.0: no-go, 7 open.',
    ]);
  });

  it('lets go with what is waived, and still shows it', () => {
    const answer = ask(aModel({ openIncidents: ['credit-1'] }), { waive: ['IncidentOpen'] });
    expect([answer.decision, answer.items]).toEqual(['Go', [expect.objectContaining({ kind: 'IncidentOpen', waived: true })]]);
    expect(gateSentences(answer).at(0)).toMatch(/^\(waived\) IncidentOpen/);
    expect(ask(aModel({ openIncidents: ['credit-1'] }), { waive: ['LimitBroken'] }).decision).toBe('NoGo');
  });
});

describe('what can be waived', () => {
  it('is read from a list', () => {
    expect(readWaived('IncidentOpen,LimitBroken')).toEqual({ ok: true, value: ['IncidentOpen', 'LimitBroken'] });
    expect(readWaived('')).toEqual({ ok: true, value: [] });
  });

  it.each(['SignOffMissing', 'VersionUnknown', 'NotObserved', 'anything'])('is never %s', (word) => {
    expect(readWaived(`IncidentOpen,${word}`)).toEqual({ ok: false, failure: expect.stringContaining(`${word} can't be waived`) });
  });
});
