import { describe, expect, it } from '@jest/globals';
import { readBacklog } from '../../../src/cli/backlog.ts';
import { explainModelRisk } from '../../../src/cli/explain.ts';
import { listIncidents } from '../../../src/cli/incidents.ts';
import { readInventory } from '../../../src/cli/inventory.ts';
import { readPlaybook } from '../../../src/cli/playbook.ts';
import { readMetrics } from '../../../src/cli/programme-metrics.ts';
import { listReviews } from '../../../src/cli/reviews.ts';
import { budgetLeftText } from '../../../src/core/budget/explain-budget.ts';
import { money } from '../../../src/core/risk/money.ts';
import type { UntypedObject } from '../../../src/kube/kube-object.ts';
import { success } from '../../../src/shared/result.ts';
import type { Result } from '../../../src/shared/result.ts';
import { withValue } from '../../builders/api.ts';
import { reportedMs, reportedObjects, reportedPolicy, creditModel } from '../../builders/reported.ts';
import { cellsIn, figureIn, ofCredit, reportOn, textsIn } from '../../builders/report-reading.ts';

const objects = reportedObjects();
const lister = (items: readonly object[]) => ({
  listPage: () => Promise.resolve(success({ items: items as readonly UntypedObject[], continueToken: null, resourceVersion: '1' })),
});
const getter = (object: object) => ({ get: () => Promise.resolve(success(object as UntypedObject)) });

async function said<Value>(read: Promise<Result<Value, string>>): Promise<Value> {
  const result = await read;
  if (!result.ok) throw new Error(result.failure);
  return result.value;
}

const page = reportOn();
const file = reportOn(ofCredit);
const at = { namespace: 'lending', name: 'credit-default' };
const clients = { risks: getter(creditModel()), policies: getter(reportedPolicy()) };

describe('a report shows what the command shows', () => {
  it('list', async () => {
    const { models } = await said(
      readInventory({ risks: lister(objects.modelRisks), plans: lister(objects.plans), kinds: [] }, { namespace: null, nowMs: reportedMs }),
    );
    expect(figureIn(page, 'Models').number).toBe(models.length);
    expect(figureIn(page, 'Lack something').number).toBe(models.filter(({ missing }) => missing.length > 0).length);
    for (const tier of ['High', 'Medium'])
      expect(figureIn(page, `Models of tier ${tier}`).number).toBe(models.filter((each) => each.tier === tier).length);
    expect(figureIn(file, 'Kinds of lineage').number).toBe(models.find(({ name }) => name === at.name)?.lineageCoveragePercent);
  });

  it('reviews', async () => {
    const { models } = await said(listReviews({ risks: lister(objects.modelRisks), policies: lister([]) }, null));
    const overdue = models.filter(({ standing }) => standing === 'Overdue');
    expect(overdue).toHaveLength(1);
    expect(figureIn(page, 'Reviews overdue').number).toBe(overdue.length);
    const asked = cellsIn(page, 'What waits').filter(([what]) => what === 'Review is overdue');
    expect(asked.map(([, object, due]) => [object, due])).toEqual(
      overdue.map(({ namespace, name, next }) => [`ModelRisk ${namespace}/${name}`, next]),
    );
  });

  it('incidents', async () => {
    const { incidents, overdue } = await said(listIncidents(lister(objects.incidents), { namespace: null, nowMs: reportedMs }));
    for (const severity of ['Critical', 'High', 'Medium', 'Low'])
      expect(figureIn(page, `Open incidents of severity ${severity}`).number).toBe(
        incidents.filter((each) => each.isOpen && each.severity === severity).length,
      );
    expect(overdue).toBe(1);
    expect(figureIn(page, 'Reports to authorities overdue').number).toBe(overdue);
    expect(figureIn(page, 'Findings that became').number).toBe(incidents.flatMap(({ openFindings }) => openFindings).length);
  });

  it('metrics', async () => {
    const read = { incidents: lister(objects.incidents), decisions: lister(objects.decisions), risks: lister(objects.modelRisks) };
    const { figures, from, to } = await said(readMetrics(read, { namespace: null, periodDays: 90, nowMs: reportedMs }));
    expect(page.period).toEqual({ from, to });
    for (const figure of figures) {
      const shown = page.sections
        .flatMap(({ blocks }) => blocks.flatMap((block) => (block.kind === 'Figures' ? block.figures : [])))
        .filter(({ source }) => source.endsWith(`docs/programme-metrics.md ${figure.name}`));
      switch (figure.kind) {
        case 'Time': {
          const inSeconds = [figure.medianMs, figure.p90Ms].map((ms) => (ms === null ? null : ms / 1000));
          expect(shown.map(({ number, n }) => [number, n])).toEqual(inSeconds.map((seconds) => [seconds, figure.n]));
          break;
        }
        case 'Share':
          expect(shown).toEqual([expect.objectContaining({ number: figure.value, n: figure.n })]);
          break;
        case 'Count':
          expect(shown).toEqual([expect.objectContaining({ number: figure.count })]);
          break;
        case 'Trend':
          expect(shown).toEqual([
            expect.objectContaining({ number: figure.now, value: expect.stringContaining(`before ${String(figure.before)}`) }),
          ]);
      }
    }
    expect(figures).toHaveLength(19);
  });

  it('backlog', async () => {
    const read = { risks: lister(objects.modelRisks), plans: lister(objects.plans), policies: getter(reportedPolicy()) };
    const { mandatory, ranked, sentences } = await said(readBacklog(read, { policy: 'default', namespace: null }));
    interface Item {
      readonly id: string;
      readonly band: number;
      readonly netPerWeek: number;
      readonly benefit: number;
    }
    const lines = ([...mandatory, ...ranked] as readonly Item[]).map(({ id, band, netPerWeek, benefit }) => [
      ...[band === 0 ? 'mandatory' : String(band), id],
      ...[money(netPerWeek, 'USD'), money(benefit, 'USD')],
    ]);
    expect(lines).toHaveLength(3);
    const shown = cellsIn(page, 'Remediations under RiskPolicy default').map(([band = '', id = '', , net = '', benefit = '']) => [
      band,
      id,
      net,
      benefit,
    ]);
    expect(shown).toEqual(lines);
    const order = textsIn(page, 'What to fix first');
    expect(order).toHaveLength(1);
    expect(sentences.map((each) => each.trim())).toEqual(expect.arrayContaining([...order]));
  });

  it('explain', async () => {
    const { loss, sentences } = await said(explainModelRisk(clients, { ...at, nowMs: reportedMs }));
    expect(figureIn(file, 'Expected annual loss').number).toBe(loss?.loss.expected.value);
    expect(figureIn(file, '19 of 20 years').number).toBe(loss?.loss.p95);
    expect(figureIn(file, 'What remains').number).toBe(loss?.loss.residual);
    const arithmetic = textsIn(file, 'Risk file');
    expect(arithmetic.length).toBeGreaterThan(5);
    expect(sentences).toEqual(expect.arrayContaining([...arithmetic]));
  });

  it('list and explain of budgets', async () => {
    const objective = { targetPercent: 99, windowSeconds: 2_592_000 };
    const at = (daysAgo: number): string => new Date(reportedMs - daysAgo * 86_400_000).toISOString();
    const changes = [
      { at: at(40), standing: 'Good' },
      { at: at(3), standing: 'Bad' },
      { at: at(2), standing: 'Good' },
    ];
    const declared = withValue(creditModel(), 'spec.indicators[0].objective', objective);
    const model = withValue(declared, 'status.indicators[0].objective', { ...objective, changes, folded: [] });
    const { models } = await said(
      readInventory({ risks: lister([model]), plans: lister([]), kinds: [] }, { namespace: null, nowMs: reportedMs }),
    );
    const { budgets } = await said(
      explainModelRisk({ ...clients, risks: getter(model) }, { namespace: 'lending', name: 'credit-default', nowMs: reportedMs }),
    );
    const page = reportOn(undefined, reportedObjects({ modelRisks: [model] }));
    expect(budgets).toHaveLength(1);
    expect(models[0]?.budgetLeft).toBe(budgets[0]?.left);
    expect(cellsIn(page, 'Error budgets that are spent')[0]?.[3]).toBe(budgetLeftText(budgets[0]?.left ?? null));
  });

  it('playbook', async () => {
    const { lines, tier } = await said(readPlaybook({ ...clients, plans: lister(objects.plans) }, at));
    expect(tier).toBe('High');
    const shown = cellsIn(file, 'What the model and its plans are held to').map(([object, field, value]) => [object, field, value]);
    expect(shown).toEqual(lines.map(({ object, field, value }) => [object, field, value]));
  });
});
