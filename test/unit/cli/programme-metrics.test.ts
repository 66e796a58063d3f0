import process from 'node:process';
import { expect, it, jest } from '@jest/globals';
import { printMetrics } from '../../../src/cli/incident-commands.ts';
import { metricsSentences, readMetrics } from '../../../src/cli/programme-metrics.ts';
import type { UntypedObject } from '../../../src/kube/kube-object.ts';
import { failure, success } from '../../../src/shared/result.ts';

const nowMs = Date.parse('2026-06-30T00:00:00Z');
const lister = (...items: readonly object[]) => ({
  listPage: () => Promise.resolve(success({ items: items as readonly UntypedObject[], continueToken: null, resourceVersion: '1' })),
});
const denied = { listPage: () => Promise.resolve(failure({ kind: 'Forbidden', message: 'not allowed' } as never)) } as never;

const incident = {
  metadata: { namespace: 'lending', name: 'ri-1' },
  spec: { openedAt: '2026-06-20T12:00:00Z', severity: 'High' },
  status: { entries: [{ type: 'Verified', at: '2026-06-20T12:00:03Z', actor: 'operator' }] },
};
const hold = {
  metadata: { creationTimestamp: '2026-06-21T00:00:00Z' },
  spec: { action: 'Hold' },
  status: { conditions: [{ type: 'Valid', status: 'True' }] },
};
const model = { status: { review: { last: '2026-01-01T00:00:00Z', next: '2026-12-01T00:00:00Z' } } };
const clients = { incidents: lister(incident), decisions: lister(hold), risks: lister(model, {}) };

it('says each figure with its window, population and n', async () => {
  const report = await readMetrics(clients, { namespace: null, periodDays: 30, nowMs });
  if (!report.ok) throw new Error(report.failure);
  const sentences = metricsSentences(report.value);
  expect(sentences[0]).toBe('From 2026-05-31T00:00:00.000Z to 2026-06-30T00:00:00.000Z, by when incidents were detected:');
  expect(sentences).toContainEqual(expect.stringContaining('timeToMitigate: median 3 s, 90 % within 3 s (n 1, of these 0 not over;'));
  expect(sentences).toContainEqual(expect.stringContaining('escapedHighRisk: unknown (n 1;'));
  expect(sentences).toContainEqual(expect.stringContaining('reviewCoverage: 100 %'));
  expect(sentences).toContainEqual('overridesHold: 1 (n 1; decisions Hold that counted, beside n incidents of the operator)');
  for (const sentence of sentences.slice(1)) expect(sentence).toMatch(/\((n \d+|\d+ of \d+)/);
  expect(new Set(report.value.figures.map(({ name }) => name)).size).toBe(report.value.figures.length);
});

it('leaves out what is older than the period', async () => {
  const report = await readMetrics(clients, { namespace: null, periodDays: 5, nowMs });
  expect(report).toMatchObject({
    ok: true,
    value: { figures: expect.arrayContaining([expect.objectContaining({ name: 'timeToMitigate', n: 0 })]) },
  });
});

it.each(['incidents', 'decisions', 'risks'])('says that %s can’t be listed', async (which) => {
  const report = await readMetrics({ ...clients, [which]: denied }, { namespace: null, periodDays: 5, nowMs });
  expect(report.ok ? '' : report.failure).toMatch(/^(RiskIncidents|RiskDecisions|ModelRisks) can't be listed: not allowed$/);
});

it('regression: JSON wrote the ratio to a window without incidents as if it were not known', async () => {
  const many = Array.from({ length: 12 }, (_, index) => ({ ...incident, metadata: { namespace: 'lending', name: `ri-${String(index)}` } }));
  const write = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  await printMetrics({ ...clients, incidents: lister(...many) }, { namespace: null, periodDays: 30, nowMs, json: true });
  const told = JSON.parse(String(write.mock.calls[0]?.[0])) as { readonly figures: readonly { readonly name: string }[] };
  write.mockRestore();
  expect(told.figures.find(({ name }) => name === 'incidentsHigh')).toMatchObject({ ratio: 'Infinity', interval: { high: 'Infinity' } });
  expect(told.figures.find(({ name }) => name === 'incidentsLow')).toMatchObject({ ratio: null, interval: null });
});

it('lists what is short of the whole under its figure, and no more than twenty', async () => {
  const short = (index: number): object => ({
    metadata: { namespace: 'lending', name: `ri-${String(index)}` },
    spec: { openedAt: '2026-06-20T12:00:00Z', trigger: [] },
    status: { entries: [{ seq: 0, type: 'Engaged', at: '2026-06-20T12:00:00Z', actor: 'operator', before: 'none', after: 'limit' }] },
  });
  const spec = { lineage: [{ kind: 'Code', digest: 'sha256:1' }] };
  const papers = {
    metadata: { namespace: 'lending', name: 'credit' },
    spec,
    status: { documentation: { lineageRequired: ['Code', 'Artifact'] } },
  };
  const all = { ...clients, incidents: lister(...Array.from({ length: 22 }, (_, index) => short(index))), risks: lister(papers) };
  const report = await readMetrics(all, { namespace: null, periodDays: 30, nowMs });
  if (!report.ok) throw new Error(report.failure);
  const sentences = metricsSentences(report.value);
  const at = sentences.findIndex((each) => each.startsWith('auditCompleteness: 0 % (0 of 22;'));
  expect(sentences[at + 1]).toBe('  RiskIncident lending/ri-0 entry 0 (Engaged) lacks evidence, digest, outcome, intact chain');
  expect(sentences.slice(at + 1, at + 21).every((each) => each.startsWith('  RiskIncident'))).toBe(true);
  expect(sentences[at + 21]).toBe('  and 2 more: --json lists them');
  expect(sentences).toContainEqual(expect.stringMatching(/^lineageCoverage: 50 % \(1 of 2; kinds of source/));
  expect(sentences).toContainEqual('  ModelRisk lending/credit lacks Artifact');
});
