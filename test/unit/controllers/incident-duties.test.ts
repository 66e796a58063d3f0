import { describe, expect, it } from '@jest/globals';
import { appendEntry } from '../../../src/core/audit-chain.ts';
import { sha256 } from '../../builders/audit-lines.ts';
import { incidentsNow, report, startHandling, take, withSpec } from '../../builders/handling.ts';
import type { ActToTake } from '../../builders/handling.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { validityOf } from '../../builders/memory-decisions.ts';
import { liveIn } from '../../builders/memory-story.ts';

async function reported(changes: object = {}): Promise<MemoryOperator> {
  const world = await startHandling();
  take(world, { name: 'told', action: 'ReportIncident', report: { ...report, ...changes } });
  await world.pass(3);
  return world;
}

const parts = (world: MemoryOperator) => incidentsNow(world).filter(({ spec }) => spec.report !== undefined);

function part(world: MemoryOperator, index: number): ReturnType<typeof parts>[number] {
  const found = parts(world).toSorted((a, b) => a.metadata.name.length - b.metadata.name.length)[index];
  if (found === undefined) throw new Error(`the record has no part ${String(index)}`);
  return found;
}

const statesOf = (world: MemoryOperator, index: number): object =>
  Object.fromEntries(part(world, index).status.deadlines.map(({ name, state }) => [name, state]));

const looked = (name: string, changes: object = {}): Pick<ActToTake, 'name' | 'action'> & { readonly postmortem: object } => ({
  ...{ name, action: 'Postmortem' },
  postmortem: { verdict: 'TruePositive', harmConfirmed: 'Confirmed', findings: [], ...changes },
});

function tailOf(entries: ReturnType<typeof part>['status']['entries']): { readonly seq: number; readonly hash: string } {
  const last = entries.at(-1);
  if (last === undefined) throw new Error('nothing is on record');
  return last;
}

function policyAsks(world: MemoryOperator, reporting: readonly object[]): void {
  world.api.apply('riskpolicies', withSpec(liveIn(world, 'riskpolicies', 'default'), { reporting }));
}

const duty = (name: string, changes: object = {}): object => ({
  name,
  severities: ['High', 'Critical'],
  withinSeconds: 864_000,
  ...changes,
});

describe('a record that fills several objects', () => {
  /** One act short of full: the next one goes on in a second object. */
  async function overflown(): Promise<MemoryOperator> {
    const world = await reported({ severity: 'Critical', awareAt: '2026-05-30T12:01:00Z' });
    const { metadata, status } = part(world, 0);
    let entries = status.entries;
    while (entries.length < 255) {
      const draft = {
        at: metadata.creationTimestamp,
        type: 'Acknowledged',
        actor: 'ana',
        target: '',
        before: '',
        after: '',
        reason: 'seen',
      } as const;
      entries = [...entries, appendEntry(tailOf(entries), draft, sha256)];
    }
    world.api.setStatus('riskincidents', metadata.name, { ...(status as object), entries: entries.map((each) => ({ ...each })) });
    take(world, { name: 'mine', action: 'Acknowledge', on: part(world, 0) });
    await world.pass(10);
    expect(parts(world)).toHaveLength(2);
    return world;
  }

  it.each([0, 1])('regression: a report that was filed counts whichever part it names: %i', async (named) => {
    const world = await overflown();
    await world.pass(60);
    expect([statesOf(world, 0), statesOf(world, 1)]).toEqual(Array(2).fill({ 'ai-act': 'Open', 'ai-act-critical': 'Overdue' }));
    const filed = { reporting: 'ai-act-critical', at: '2026-06-01T12:01:02Z', reference: 'MSA-17' };
    take(world, { name: 'sent', action: 'FileReport', on: part(world, named), filed });
    await world.pass(3);
    expect(validityOf(world, 'sent')).toEqual({ status: 'True', reason: 'Used' });
    expect([statesOf(world, 0), statesOf(world, 1)]).toEqual(Array(2).fill({ 'ai-act': 'Open', 'ai-act-critical': 'FiledLate' }));
    await world.stop();
  });

  it('is counted, and told of, once', async () => {
    const world = await overflown();
    await world.pass(60);
    expect(world.events.filter(({ reason }) => reason === 'ReportOverdue')).toHaveLength(1);
    expect(await world.sample('modelrisk_incident_reports_overdue', 'lending')).toBe(1);
    const due = (index: number) =>
      world.sample('modelrisk_incident_report_due_timestamp_seconds', 'lending', part(world, index).metadata.name, 'ai-act-critical');
    expect([await due(0), await due(1)]).toEqual([null, expect.any(Number)]);
    const finding = { name: 'retrain', summary: 'Retrain.', remediation: 'retrain' };
    take(world, { ...looked('back', { findings: [finding] }), on: part(world, 0) });
    await world.pass(3);
    expect(await world.sample('modelrisk_findings_open', 'lending')).toBe(1);
    expect(part(world, 0).status.postmortem).toEqual(part(world, 1).status.postmortem);
    await world.stop();
  });
});

describe('a duty that is added later', () => {
  it('begins the clock of an incident that is open, at the time somebody knew', async () => {
    const world = await reported();
    policyAsks(world, [duty('late')]);
    await world.pass(2);
    expect(part(world, 0).status.deadlines.find(({ name }) => name === 'late')).toMatchObject({ due: '2026-06-11T12:00:00.000Z' });
    await world.stop();
  });

  it('regression: begins none of an incident that was closed before, and takes none off', async () => {
    const world = await reported();
    take(world, { ...looked('back'), on: part(world, 0) });
    await world.pass(3);
    const before = part(world, 0).status.deadlines;
    policyAsks(world, [duty('late')]);
    await world.pass(2);
    await world.restart();
    await world.pass(2);
    expect(part(world, 0).status.deadlines).toEqual(before);
    expect(before.map(({ name }) => name)).toEqual(['ai-act']);
    await world.stop();
  });

  it('is asked of what is over again where a postmortem that is new says more', async () => {
    const world = await reported({ severity: 'Low' });
    take(world, { ...looked('first', { severity: 'High' }), on: part(world, 0) });
    await world.pass(3);
    expect(statesOf(world, 0)).toEqual({ 'ai-act': 'Open' });
    policyAsks(world, [duty('late', { severities: ['Critical'] })]);
    await world.pass(2);
    expect(statesOf(world, 0)).toEqual({ 'ai-act': 'Open' });
    take(world, { ...looked('second', { severity: 'Critical' }), on: part(world, 0) });
    await world.pass(3);
    expect(statesOf(world, 0)).toEqual({ 'ai-act': 'Open', late: 'Open' });
    await world.stop();
  });

  it('is asked once the policy can be read, where the postmortem came while it could not', async () => {
    const world = await reported({ severity: 'Low' });
    const policy = liveIn(world, 'riskpolicies', 'default');
    world.api.remove('riskpolicies', 'default');
    await world.pass(2);
    take(world, { ...looked('back', { severity: 'High' }), on: part(world, 0) });
    await world.pass(3);
    expect(part(world, 0).status).toMatchObject({ severity: 'High', postmortem: { decision: 'back' }, deadlines: [] });
    world.api.apply('riskpolicies', policy);
    await world.pass(3);
    expect(statesOf(world, 0)).toEqual({ 'ai-act': 'Open' });
    await world.stop();
  });
});
