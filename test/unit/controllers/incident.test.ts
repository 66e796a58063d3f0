import { describe, expect, it } from '@jest/globals';
import { handledRisk, incidentsNow, report, reportedIn, startHandling, take } from '../../builders/handling.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { memoryPolicy } from '../../builders/memory-operator.ts';
import { tellStory } from '../../builders/memory-story.ts';

async function reported(changes: object = {}): Promise<MemoryOperator> {
  const world = await startHandling();
  take(world, { name: 'told', action: 'ReportIncident', report: { ...report, ...changes } });
  await world.pass(3);
  return world;
}

const reportEvents = (world: MemoryOperator): readonly string[] =>
  world.events.filter(({ reason }) => reason.startsWith('Report')).map(({ type, reason }) => `${type} ${reason}`);

const deadlines = (world: MemoryOperator): object =>
  Object.fromEntries(reportedIn(world).status.deadlines.map(({ name, due, state }) => [name, `${state} ${due}`]));

describe('duties to report', () => {
  /** Known for two days but 80 seconds: people are warned in 20. */
  const urgent = { severity: 'Critical', category: 'Security', awareAt: '2026-05-30T12:01:20Z' };

  it('run from when somebody knew, warn before, and say when a report is overdue', async () => {
    const world = await reported(urgent);
    expect(deadlines(world)).toEqual({ 'ai-act-critical': 'Open 2026-06-01T12:01:20.000Z' });
    const due = ['modelrisk_incident_report_due_timestamp_seconds', 'lending', reportedIn(world).metadata.name, 'ai-act-critical'] as const;
    expect(await world.sample(...due)).toBe(Date.parse('2026-06-01T12:01:20Z') / 1000);
    expect(reportEvents(world)).toEqual([]);
    await world.pass(20);
    expect(deadlines(world)).toEqual({ 'ai-act-critical': 'DueSoon 2026-06-01T12:01:20.000Z' });
    expect(reportEvents(world)).toEqual(['Warning ReportDueSoon']);
    expect(await world.sample('modelrisk_incident_reports_overdue', 'lending')).toBe(0);
    await world.pass(60);
    expect(deadlines(world)).toEqual({ 'ai-act-critical': 'Overdue 2026-06-01T12:01:20.000Z' });
    expect(reportEvents(world)).toEqual(['Warning ReportDueSoon', 'Warning ReportOverdue']);
    expect(await world.sample('modelrisk_incident_reports_overdue', 'lending')).toBe(1);
    const filed = { reporting: 'ai-act-critical', at: '2026-06-01T12:01:22Z', reference: 'MSA-17' };
    take(world, { name: 'sent', action: 'FileReport', on: reportedIn(world), filed });
    await world.pass(3);
    expect(reportedIn(world).status.deadlines).toEqual([
      expect.objectContaining({ state: 'FiledLate', filedAt: '2026-06-01T12:01:22.000Z' }),
    ]);
    expect(reportEvents(world).at(-1)).toBe('Normal ReportFiledLate');
    expect(await world.sample('modelrisk_incident_reports_overdue', 'lending')).toBe(0);
    expect(await world.sample(...due)).toBeNull();
    await world.stop();
  });

  it('are of the severities and categories they name', async () => {
    const critical = await reported(urgent);
    expect(Object.keys(deadlines(critical))).toEqual(['ai-act-critical']);
    await critical.stop();
    const low = await reported({ severity: 'Low' });
    expect(deadlines(low)).toEqual({});
    await low.stop();
  });

  it('once begun outlive a policy that asks for less, and a postmortem that says it was not so bad', async () => {
    const world = await reported();
    const due = deadlines(world);
    world.api.apply('riskpolicies', memoryPolicy());
    take(world, {
      name: 'back',
      action: 'Postmortem',
      on: reportedIn(world),
      postmortem: { verdict: 'TruePositive', harmConfirmed: 'RuledOut', severity: 'Low', findings: [] },
    });
    await world.pass(3);
    expect(reportedIn(world).status.severity).toBe('Low');
    expect(deadlines(world)).toEqual(due);
    await world.stop();
  });

  it('begin for an engagement when a postmortem confirms harm, and not before', async () => {
    const world = await startHandling();
    await tellStory(world);
    expect(incidentsNow(world)[0]?.status.deadlines).toEqual([]);
    const [incident] = incidentsNow(world);
    if (incident === undefined) throw new Error('no incident');
    take(world, {
      name: 'a',
      action: 'Postmortem',
      on: incident,
      postmortem: { verdict: 'TruePositive', harmConfirmed: 'Unknown', findings: [] },
    });
    await world.pass(3);
    expect(incidentsNow(world)[0]?.status.deadlines).toEqual([]);
    take(world, {
      name: 'b',
      action: 'Postmortem',
      on: incident,
      postmortem: { verdict: 'TruePositive', harmConfirmed: 'Confirmed', findings: [] },
    });
    await world.pass(3);
    expect(incidentsNow(world)[0]?.status).toMatchObject({ postmortem: { decision: 'b' }, deadlines: [{ name: 'ai-act', state: 'Open' }] });
    await world.stop();
  });

  it('keep their clock across a restart', async () => {
    const world = await reported(urgent);
    await world.restart();
    await world.pass(20);
    expect(reportEvents(world)).toEqual(['Warning ReportDueSoon']);
    await world.stop();
  });
});

it('findings are open until the model has what they name', async () => {
  const world = await reported();
  const findings = [
    { name: 'retrain', summary: 'Retrain each quarter.', remediation: 'retrain-quarterly' },
    { name: 'watch', summary: 'Watch parity.', indicator: 'approval-parity' },
    { name: 'seen', summary: 'Drift is watched.', indicator: 'score-drift' },
  ];
  take(world, {
    name: 'back',
    action: 'Postmortem',
    on: reportedIn(world),
    postmortem: { verdict: 'TruePositive', harmConfirmed: 'Confirmed', findings },
  });
  await world.pass(3);
  const states = (): object => Object.fromEntries(reportedIn(world).status.findings.map(({ name, state }) => [name, state]));
  expect(states()).toEqual({ retrain: 'Open', watch: 'Open', seen: 'Tracked' });
  expect(await world.sample('modelrisk_findings_open', 'lending')).toBe(2);
  const three = (value: number) => ({ min: value, mode: value, max: value });
  const assessments = [{ assessor: 'ana', cost: three(1), weeks: three(1), reducesLossPercent: three(10), successPercent: 90 }];
  const remediation = { name: 'retrain-quarterly', summary: 'Retrain.', owner: 'ml', risks: ['stale-population'], assessments };
  world.api.apply('modelrisks', handledRisk({ remediations: [remediation] }));
  await world.pass(3);
  expect(states()).toEqual({ retrain: 'Tracked', watch: 'Open', seen: 'Tracked' });
  expect(await world.sample('modelrisk_findings_open', 'lending')).toBe(1);
  await world.stop();
});

it('counts open incidents by origin and severity', async () => {
  const world = await reported();
  expect(await world.sample('modelrisk_incidents_open', 'lending', 'Reported', 'High')).toBe(1);
  take(world, {
    name: 'b',
    action: 'Postmortem',
    on: reportedIn(world),
    postmortem: { verdict: 'TruePositive', harmConfirmed: 'RuledOut', findings: [] },
  });
  await world.pass(3);
  expect(await world.sample('modelrisk_incidents_open', 'lending', 'Reported', 'High')).toBeNull();
  await world.stop();
});
