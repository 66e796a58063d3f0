import { describe, expect, it } from '@jest/globals';
import type { AuditedAction } from '../../../../../src/core/risk/programme/audit-completeness.ts';
import type { ReviewedModel } from '../../../../../src/core/risk/programme/facts.ts';
import { proofs } from '../../../../../src/core/risk/programme/proofs.ts';

const window = { fromMs: 100, toMs: 200 };
const action = (seq: number, changes: Partial<AuditedAction> = {}): AuditedAction => ({
  ...{ object: 'lending/ri-1', seq, type: 'Applied', atMs: 150, lacks: [] },
  ...changes,
});

function figure(name: string, { actions = [], models = [] }: { actions?: readonly AuditedAction[]; models?: readonly ReviewedModel[] }) {
  const found = proofs({ incidents: [], decisions: [], actions, models }, window).find((each) => each.name === name);
  if (found === undefined) throw new Error(name);
  return found;
}

const model = (name: string, required: readonly string[], present: readonly string[]): ReviewedModel => ({
  ...{ name, isInScope: true, isCurrent: true },
  lineage: { required, present },
});

describe('audit completeness', () => {
  it('is the share of the actions of the window that lack nothing, and names the others', () => {
    const actions = [
      action(0),
      action(1, { lacks: ['outcome', 'actor'] }),
      action(2, { atMs: 200, lacks: ['actor'] }),
      action(3, { atMs: 99 }),
    ];
    expect(figure('auditCompleteness', { actions })).toMatchObject({
      ...{ count: 1, n: 2, value: 0.5, interval: null },
      gaps: ['RiskIncident lending/ri-1 entry 1 (Applied) lacks outcome, actor'],
    });
  });

  it('of nothing is unknown, never 0 and never the whole', () => {
    expect(figure('auditCompleteness', {})).toMatchObject({ n: 0, value: null, note: 'there is nothing to count' });
  });
});

describe('lineage', () => {
  const models = [
    model('lending/a', ['Code', 'Features'], ['Code', 'Features']),
    model('lending/b', ['Code', 'Features'], ['Features']),
    model('lending/free', [], []),
  ];

  it('is covered by kinds and by models, of those whose tier asks for it', () => {
    expect(figure('lineageCoverage', { models })).toMatchObject({ count: 3, n: 4, value: 0.75, gaps: ['ModelRisk lending/b lacks Code'] });
    expect(figure('lineageComplete', { models })).toMatchObject({ count: 1, n: 2, value: 0.5, gaps: ['ModelRisk lending/b lacks Code'] });
  });

  it('is unknown where no tier asks for it', () => {
    expect(figure('lineageCoverage', { models: models.slice(2) })).toMatchObject({ n: 0, value: null, gaps: [] });
  });
});
