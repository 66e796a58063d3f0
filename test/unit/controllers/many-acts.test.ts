import { describe, expect, it } from '@jest/globals';
import { createRecordController } from '../../../src/controllers/record.ts';
import type { RecordRequest } from '../../../src/governance/incident-log.ts';
import { failure } from '../../../src/shared/result.ts';
import { report, reportedIn, startHandling, take } from '../../builders/handling.ts';
import { validityOf } from '../../builders/memory-decisions.ts';
import { memoryIncidentStore } from '../../builders/memory-incident-store.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { auditIn } from '../../builders/memory-record.ts';
import { partsIn } from '../../builders/overflow.ts';

async function reported(): Promise<MemoryOperator> {
  const world = await startHandling();
  take(world, { name: 'told', action: 'ReportIncident', report });
  await world.pass(3);
  return world;
}

const postmortem = { verdict: 'TruePositive', harmConfirmed: 'Confirmed', findings: [] };

describe('many acts on one incident at once', () => {
  it('regression: each was a write of its own, at which each of the others was judged again by all entries', async () => {
    const world = await reported();
    const incident = reportedIn(world);
    const names = Array.from({ length: 300 }, (_, index) => `act-${String(index)}`);
    const before = world.api.writes.length;
    for (const name of names) take(world, { name, action: 'Acknowledge', on: incident });
    await world.pass(10);
    for (const name of names) expect(validityOf(world, name)).toEqual({ status: 'True', reason: 'Used' });
    const targets = partsIn(world).flatMap(({ status }) =>
      status.entries.flatMap(({ type, target }) => (type === 'Acknowledged' ? [target] : [])),
    );
    expect(targets.toSorted()).toEqual(names.map((name) => `RiskDecision/${name}`).toSorted());
    expect(partsIn(world).map(({ status }) => status.entries.length)).toEqual([256, 46]);
    expect(auditIn(world)).toEqual([]);
    const writes = world.api.writes.slice(before).filter(({ resource }) => resource === 'riskincidents' || resource === 'riskchainheads');
    // Two an act, and two more for the head, it was.
    expect(writes.length).toBeLessThan(150);
    await world.stop();
  });

  it('goes on after a restart in the middle, each on record once', async () => {
    const world = await reported();
    const incident = reportedIn(world);
    let left = 1;
    world.api.onWrite(({ resource, verb }) => {
      if (resource !== 'riskincidents' || verb !== 'patch') return 'Pass';
      left -= 1;
      return left < 0 ? 'Lose' : 'LoseAnswer';
    });
    for (let index = 0; index < 150; index += 1) take(world, { name: `act-${String(index)}`, action: 'Acknowledge', on: incident });
    await world.pass(3);
    world.api.onWrite(() => 'Pass');
    await world.restart();
    await world.pass(10);
    const targets = partsIn(world).flatMap(({ status }) =>
      status.entries.flatMap(({ type, target }) => (type === 'Acknowledged' ? [target] : [])),
    );
    expect([targets.length, new Set(targets).size]).toEqual([150, 150]);
    expect(auditIn(world)).toEqual([]);
    await world.stop();
  });

  it('is closed once by two postmortems that came together', async () => {
    const world = await reported();
    const incident = reportedIn(world);
    for (const name of ['one', 'two']) take(world, { name, action: 'Postmortem', on: incident, postmortem });
    await world.pass(5);
    const types = partsIn(world).flatMap(({ status }) => status.entries.map(({ type }) => type));
    expect(types.filter((type) => type !== 'Acknowledged')).toEqual(['Reported', 'Postmortem', 'Closed', 'Postmortem']);
    expect(partsIn(world)[0]?.status.closedAt).toBeDefined();
    await world.stop();
  });

  it('regression: it was closed a second time by a postmortem among those that went in another request', async () => {
    const world = await reported();
    const incident = reportedIn(world);
    world.api.onWrite(({ resource }) => (resource === 'riskincidents' ? 'Lose' : 'Pass'));
    for (let index = 0; index < 70; index += 1) {
      const name = `act-${String(index).padStart(2, '0')}`;
      if (index === 69) await world.pass(5);
      if (index === 0 || index === 69) take(world, { name, action: 'Postmortem', on: incident, postmortem });
      else take(world, { name, action: 'Acknowledge', on: incident });
    }
    await world.pass(1);
    world.api.onWrite(() => 'Pass');
    await world.pass(60);
    const types = partsIn(world).flatMap(({ status }) => status.entries.map(({ type }) => type));
    expect(types.filter((type) => type !== 'Acknowledged')).toEqual(['Reported', 'Postmortem', 'Closed', 'Postmortem']);
    await world.stop();
  });
});

it('what can not be written holds up no other act on the same incident', async () => {
  const at = '2026-06-01T12:00:00.000Z';
  const request = (target: string, name = 'ri-1'): RecordRequest => ({
    ...{ namespace: 'lending', name, opening: {} },
    drafts: [{ at, type: 'Acknowledged', actor: 'ana', target, before: '', after: '', reason: 'seen' }],
  });
  const store = memoryIncidentStore();
  const refusing: typeof store = {
    ...store,
    writeEntries: (namespace, incident, change) =>
      change.entries.some(({ target }) => target === 'poison')
        ? Promise.resolve(failure({ message: 'too long', isFinal: false }))
        : store.writeEntries(namespace, incident, change),
  };
  const logged: object[] = [];
  const reconcile = createRecordController({
    programme: { plans: new Map() } as never,
    store: refusing,
    incidentsIn: () => [],
    actsIn: () => ['one', 'poison', 'two'].map((target) => request(target)).concat(request('three', 'ri-2')),
    clock: { nowMs: () => Date.parse(at) } as never,
    log: { debug: () => undefined, info: () => undefined, warn: (fields) => void logged.push(fields), error: () => undefined },
    metrics: { recordsLost: { inc: () => undefined } } as never,
    onRecorded: () => undefined,
  });
  expect(await reconcile('lending')).toEqual({ kind: 'Retry' });
  const targetsOf = (name: string) => store.incidents.get(name)?.entries.map(({ target }) => target);
  expect([targetsOf('ri-1'), targetsOf('ri-2')]).toEqual([['one', 'two'], ['three']]);
  expect(logged).toEqual([expect.objectContaining({ incident: 'ri-1', message: 'too long' })]);
});
