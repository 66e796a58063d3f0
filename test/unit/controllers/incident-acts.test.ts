import { describe, expect, it } from '@jest/globals';
import { auditNamespace } from '../../../src/governance/audit.ts';
import { sha256 } from '../../builders/audit-lines.ts';
import { handledRisk, incidentsNow, report, reportedIn, startHandling, take } from '../../builders/handling.ts';
import { validityOf } from '../../builders/memory-decisions.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { liveIn, shareIn, tellStory } from '../../builders/memory-story.ts';
import { phaseOf } from '../../builders/traffic-view.ts';

const typesIn = ({ status }: { readonly status: { readonly entries: readonly { readonly type: string }[] } }): readonly string[] =>
  status.entries.map(({ type }) => type);

const spread = { min: 1, mode: 2, max: 3 };
const estimate = { assessor: 'rita', role: 'risk', cost: spread, weeks: spread, reducesLossPercent: spread, successPercent: 90 };

const looked = { verdict: 'TruePositive', harmConfirmed: 'Confirmed', actualLoss: 1200, findings: [] };

function expectIntact(world: MemoryOperator): void {
  const incidents = incidentsNow(world).map(({ metadata, spec, status }) => ({
    name: metadata.name,
    firstPrevHash: spec.firstPrevHash,
    entries: status.entries,
  }));
  const { spec } = liveIn(world, 'riskchainheads', 'chain') as unknown as {
    readonly spec: { readonly last: never; readonly tails: never };
  };
  expect(auditNamespace(incidents, { resourceVersion: null, ...spec }, sha256)).toEqual([]);
}

async function reported(changes: object = {}): Promise<MemoryOperator> {
  const world = await startHandling();
  take(world, { name: 'told', action: 'ReportIncident', report: { ...report, ...changes } });
  await world.pass(2);
  return world;
}

describe('ReportIncident', () => {
  it('opens an incident with what was told, in the chain of the namespace, and moves nothing', async () => {
    const world = await reported();
    const incident = reportedIn(world);
    expect(incident.spec).toMatchObject({
      riskRef: { name: 'credit' },
      severity: 'High',
      categories: ['Fairness'],
      report: { knownFrom: 'Customer', decision: 'told', by: 'ana', harm: report.harm },
    });
    expect(incident.spec.planRef).toBeUndefined();
    expect(incident.status.entries).toEqual([
      expect.objectContaining({
        type: 'Reported',
        actor: 'ana',
        target: 'RiskDecision/told',
        reason: 'seen',
        after: expect.stringContaining('known from a customer'),
      }),
    ]);
    expect(validityOf(world, 'told')).toEqual({ status: 'True', reason: 'Used' });
    expect(phaseOf(liveIn(world, 'mitigationplans', 'credit'))).toBe('Idle');
    expect(shareIn(world)).toBe(50);
    await tellStory(world);
    expect(incidentsNow(world)).toHaveLength(2);
    expectIntact(world);
    await world.stop();
  });

  it('opens one incident a decision, whatever is lost on the way and across a restart', async () => {
    const world = await startHandling();
    const once = new Set<string>();
    world.api.onWrite(({ verb, resource, subresource }) => {
      const what = `${verb} ${resource} ${subresource ?? ''}`;
      if (!resource.startsWith('risk') || once.has(what)) return 'Pass';
      once.add(what);
      return 'LoseAnswer';
    });
    take(world, { name: 'told', action: 'ReportIncident', report });
    await world.pass(1);
    await world.restart();
    await world.pass(10);
    expect(incidentsNow(world)).toHaveLength(1);
    expect(typesIn(reportedIn(world))).toEqual(['Reported']);
    expect(validityOf(world, 'told')?.reason).toBe('Used');
    take(world, { name: 'told-again', action: 'ReportIncident', report });
    await world.pass(5);
    expect(incidentsNow(world)).toHaveLength(2);
    expectIntact(world);
    await world.stop();
  });

  it.each([
    ['of a model that is not there', { subjectRef: { kind: 'ModelRisk', name: 'credit', uid: 'another' } }, 'SubjectMissing'],
    ['of what somebody will know', { report: { ...report, awareAt: '2026-06-03T12:00:00Z' } }, 'InFuture'],
    ['that has ended', { expiresAt: '2026-06-01T12:00:01Z' }, 'Expired'],
  ])('is void %s', async (_, changes, reason) => {
    const world = await startHandling();
    take(world, { name: 'told', action: 'ReportIncident', report, ...changes });
    await world.pass(3);
    expect(validityOf(world, 'told')).toEqual({ status: 'False', reason });
    expect(incidentsNow(world)).toEqual([]);
    await world.stop();
  });
});

describe('an incident that was reported', () => {
  it('is acknowledged, its report is filed, it is looked back at, and that closes it', async () => {
    const world = await reported();
    take(world, { name: 'mine', action: 'Acknowledge', on: reportedIn(world) });
    await world.pass(2);
    take(world, {
      name: 'sent',
      action: 'FileReport',
      on: reportedIn(world),
      filed: { reporting: 'ai-act', at: '2026-06-01T12:00:02Z', reference: 'MSA-17' },
    });
    await world.pass(2);
    expect(reportedIn(world).status.closedAt).toBeUndefined();
    take(world, { name: 'back', action: 'Postmortem', on: reportedIn(world), postmortem: looked });
    await world.pass(2);
    const incident = reportedIn(world);
    expect(typesIn(incident)).toEqual(['Reported', 'Acknowledged', 'ReportFiled', 'Postmortem', 'Closed']);
    expect(incident.status.entries[3]).toMatchObject({ actor: 'ana', after: 'TruePositive; harm: Confirmed; loss 1200' });
    expect(incident.status.closedAt).toBeDefined();
    expect(incident.status.conditions).toEqual([expect.objectContaining({ type: 'Closed', status: 'True', reason: 'PostmortemRecorded' })]);
    for (const name of ['mine', 'sent', 'back']) expect(validityOf(world, name)?.reason).toBe('Used');
    expectIntact(world);
    await world.stop();
  });

  it('is decided on as it is: another digest or another uid is void', async () => {
    const world = await reported();
    const incident = reportedIn(world);
    take(world, { name: 'a', action: 'Postmortem', on: incident, postmortem: looked, digest: `sha256:${'0'.repeat(64)}` });
    take(world, {
      name: 'b',
      action: 'Postmortem',
      on: { ...incident, metadata: { ...incident.metadata, uid: 'other' } },
      postmortem: looked,
    });
    await world.pass(3);
    expect([validityOf(world, 'a')?.reason, validityOf(world, 'b')?.reason]).toEqual(['DigestChanged', 'SubjectMissing']);
    expect(typesIn(reportedIn(world))).toEqual(['Reported']);
    await world.stop();
  });

  it('brings the review of its model forward as an engagement does', async () => {
    const world = await startHandling();
    const { digest } = liveIn(world, 'modelrisks', 'credit')['status'] as { readonly digest: string };
    const { uid } = liveIn(world, 'modelrisks', 'credit').metadata;
    const subjectRef = { kind: 'ModelRisk', name: 'credit', uid };
    const spec = { action: 'Review', role: 'risk', author: 'ben', subjectRef, digest, minutesSpent: 5, reason: 'due' };
    world.api.apply('riskdecisions', {
      apiVersion: 'modelrisk.dev/v1alpha1',
      kind: 'RiskDecision',
      metadata: { name: 'r', namespace: 'lending' },
      spec,
    });
    await world.pass(3);
    take(world, { name: 'told', action: 'ReportIncident', report });
    await world.pass(3);
    expect(liveIn(world, 'modelrisks', 'credit')['status']).toMatchObject({ review: { revalidation: { reason: 'Incident' } } });
    await world.stop();
  });
});

it('a Postmortem of an engagement is appended after its end, also to a record that went on in another object', async () => {
  const world = await startHandling();
  await tellStory(world);
  const [incident] = incidentsNow(world);
  if (incident === undefined) throw new Error('no incident');
  take(world, { name: 'back', action: 'Postmortem', on: incident, postmortem: { ...looked, verdict: 'FalsePositive', severity: 'Low' } });
  await world.pass(3);
  const [after] = incidentsNow(world);
  expect(typesIn(after ?? incident).slice(-2)).toEqual(['Closed', 'Postmortem']);
  expect(after?.spec.severity).toBe('High');
  expect(after?.status).toMatchObject({ severity: 'Low', postmortem: { verdict: 'FalsePositive', by: 'ana', decision: 'back' } });
  expectIntact(world);
  await world.stop();
});

it('a model without a declared criticality has incidents of severity Medium', async () => {
  const world = await startHandling();
  world.api.apply('modelrisks', handledRisk({ criticality: undefined }));
  await tellStory(world);
  expect(incidentsNow(world)[0]?.spec.severity).toBe('Medium');
  await world.stop();
});

describe('what people know of an incident', () => {
  const again = { ...looked, findings: [{ name: 'again', summary: 'Retrain.', remediation: 'retrain' }] };
  const remediation = { ...{ name: 'retrain', summary: 'As found.', owner: 'olga', risks: ['stale-population'] }, assessments: [estimate] };
  const findingsIn = (world: MemoryOperator) => reportedIn(world).status.findings.map(({ name, state }) => `${name} ${state}`);

  it('regression: findings of a postmortem stayed when the last one has none', async () => {
    const world = await reported();
    take(world, { name: 'first', action: 'Postmortem', on: reportedIn(world), postmortem: again });
    await world.pass(3);
    expect(findingsIn(world)).toEqual(['again Open']);
    take(world, { name: 'second', action: 'Postmortem', on: reportedIn(world), postmortem: looked });
    await world.pass(3);
    expect(findingsIn(world)).toEqual([]);
    expect(await world.sample('modelrisk_findings_open', 'lending')).toBe(0);
    await world.stop();
  });

  it('regression: a finding stayed tracked by a model that was deleted', async () => {
    const world = await reported();
    world.api.apply('modelrisks', handledRisk({ remediations: [remediation] }));
    take(world, { name: 'back', action: 'Postmortem', on: reportedIn(world), postmortem: again });
    await world.pass(3);
    expect(findingsIn(world)).toEqual(['again Tracked']);
    world.api.remove('modelrisks', 'credit');
    await world.pass(2);
    expect(findingsIn(world)).toEqual(['again Open']);
    world.api.apply('modelrisks', handledRisk({ remediations: [remediation] }));
    await world.pass(2);
    expect(findingsIn(world)).toEqual(['again Tracked']);
    await world.stop();
  });

  it('regression: whoever deleted the model took the duty to report away that a postmortem would have begun', async () => {
    const world = await startHandling();
    world.read(0.9);
    await world.passUntil('recorded', () => incidentsNow(world).length === 1);
    world.api.remove('modelrisks', 'credit');
    await world.pass(2);
    const [engaged] = incidentsNow(world);
    take(world, { name: 'harm', action: 'Postmortem', on: engaged as never, postmortem: looked });
    await world.pass(5);
    expect(incidentsNow(world)[0]?.status.deadlines).toMatchObject([{ name: 'ai-act', state: 'Open' }]);
    await world.stop();
  });
});
