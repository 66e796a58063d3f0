import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { incidentsNow, report, reportedIn, startHandling, take, withSpec } from '../../builders/handling.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { memoryPlan } from '../../builders/memory-operator.ts';
import { liveIn, shareIn } from '../../builders/memory-story.ts';

const receivers = [
  { name: 'chat', webhook: { url: 'https://chat.example/hook' } },
  { name: 'pager', alertmanager: { url: 'http://alertmanager.monitoring:9093' } },
  { name: 'bus', cloudEvents: { url: 'http://events.example/in' } },
];
const escalation = [{ afterSeconds: 0, receivers: ['chat', 'pager', 'bus'] }];
const dashboardURL = 'https://grafana.example/d/model?var-model={model}&var-version={version}&incident={incident}&i={indicator}';
const playbook = { escalation, runbookURL: 'https://runbooks.example/high/{namespace}' };

let world: MemoryOperator;

function policySays(changes: object): void {
  world.api.apply('riskpolicies', withSpec(liveIn(world, 'riskpolicies', 'default'), changes));
}

const bodies = (url: string): readonly string[] => world.notices.filter((each) => each.url === url).map(({ message }) => message.body);

beforeEach(async () => {
  world = await startHandling();
  policySays({ receivers, dashboardURL, tiers: [{ name: 'All', playbook }] });
  await world.pass(2);
});
afterEach(() => world.stop());

describe('an incident', () => {
  it('that was reported links to the runbook of its tier and the dashboard of its policy, and so do all notices', async () => {
    take(world, { name: 'told', action: 'ReportIncident', report });
    await world.pass(5);
    const { metadata, status } = reportedIn(world);
    const dashboard = `https://grafana.example/d/model?var-model=credit&var-version=2.3.0&incident=${metadata.name}&i=`;
    const links = [
      { name: 'runbook', url: 'https://runbooks.example/high/lending' },
      { name: 'dashboard', url: dashboard },
    ];
    expect(status.links).toEqual(links);
    expect(bodies('https://chat.example/hook')[0]).toContain('runbook: https://runbooks.example/high/lending\\ndashboard: https://grafana');
    expect(JSON.parse(bodies('http://alertmanager.monitoring:9093')[0] ?? '')).toMatchObject([
      { annotations: { runbook_url: 'https://runbooks.example/high/lending', dashboard_url: dashboard } },
    ]);
    expect(JSON.parse(bodies('http://events.example/in')[0] ?? '')).toMatchObject({ data: { links } });
  });

  it('of a plan names the indicator that engaged it; the word of its category comes first', async () => {
    policySays({ categories: [{ name: 'DataQuality', runbookURL: 'https://runbooks.example/data/{indicator}' }] });
    world.api.apply(
      'mitigationplans',
      memoryPlan({ stages: [{ name: 'limit', actions: [{ target: 'traffic', canaryLimit: { maxPercent: 10 } }] }] }),
    );
    world.read(0.9);
    await world.passUntil('capped', () => shareIn(world) === 10);
    await world.pass(3);
    const [incident] = incidentsNow(world);
    expect(incident?.status.links).toMatchObject([
      { url: 'https://runbooks.example/data/score-drift' },
      { url: expect.stringMatching(/incident=ri-[0-9a-f]+&i=score-drift$/) },
    ]);
    expect(bodies('https://chat.example/hook')[0]).toContain('runbook: https://runbooks.example/data/score-drift');
  });

  it('follows its policy while it is open, and keeps what it linked to once it is over', async () => {
    take(world, { name: 'told', action: 'ReportIncident', report });
    await world.pass(3);
    policySays({ tiers: [{ name: 'All', playbook: { escalation } }], runbookURL: 'https://runbooks.example/all' });
    await world.pass(2);
    expect(reportedIn(world).status.links?.[0]).toEqual({ name: 'runbook', url: 'https://runbooks.example/all' });
    const postmortem = { verdict: 'TruePositive', harmConfirmed: 'RuledOut', findings: [] };
    take(world, { name: 'back', action: 'Postmortem', on: reportedIn(world), postmortem });
    await world.pass(3);
    policySays({ runbookURL: 'https://runbooks.example/new' });
    await world.pass(2);
    expect(reportedIn(world).status.links?.[0]?.url).toBe('https://runbooks.example/all');
  });

  it('has none where nobody wrote any', async () => {
    const { dashboardURL: _, ...bare } = (
      liveIn(world, 'riskpolicies', 'default') as unknown as { readonly spec: { readonly dashboardURL: string } }
    ).spec;
    world.api.apply('riskpolicies', { ...liveIn(world, 'riskpolicies', 'default'), spec: { ...bare, tiers: [] } });
    world.read(0.9);
    await world.passUntil('capped', () => shareIn(world) === 10);
    await world.pass(5);
    expect(incidentsNow(world)[0]?.status.links).toBeUndefined();
  });

  it('whose model is gone keeps them', async () => {
    take(world, { name: 'told', action: 'ReportIncident', report });
    await world.pass(3);
    world.api.remove('modelrisks', 'credit');
    await world.pass(2);
    expect(reportedIn(world).status.links).toHaveLength(2);
  });
});

it('condition Breached names the runbook with what is known', async () => {
  world.read(0.9);
  await world.pass(3);
  const { status } = liveIn(world, 'modelrisks', 'credit') as unknown as {
    readonly status: { readonly conditions: readonly { readonly type: string; readonly message: string }[] };
  };
  expect(status.conditions.find(({ type }) => type === 'Breached')?.message).toContain('See https://runbooks.example/high/lending.');
});
