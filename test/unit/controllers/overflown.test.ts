import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { isOpenIncident } from '../../../src/api/open-incident.ts';
import { report, startHandling, take, withSpec } from '../../builders/handling.ts';
import type { ActToTake } from '../../builders/handling.ts';
import { validityOf } from '../../builders/memory-decisions.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { liveIn } from '../../builders/memory-story.ts';
import { fillLastPart, partsIn } from '../../builders/overflow.ts';

const receivers = [
  { name: 'chat', webhook: { url: 'https://chat.example/hook' } },
  { name: 'boss', webhook: { url: 'https://boss.example/hook' } },
];
const escalation = [
  { afterSeconds: 0, receivers: ['chat'] },
  { afterSeconds: 30, receivers: ['boss'] },
];
const filed = { reporting: 'ai-act', at: '2026-06-01T12:00:01Z', reference: 'MSA-17' };
const looked: Pick<ActToTake, 'action'> & { readonly postmortem: object } = {
  action: 'Postmortem',
  postmortem: { verdict: 'TruePositive', harmConfirmed: 'Confirmed', findings: [] },
};

let world: MemoryOperator;

const said = (name: string): readonly string[] =>
  world.notices
    .filter(({ url }) => url.startsWith(`https://${name}.`))
    .map(({ message }) => (JSON.parse(message.body) as { readonly text: string }).text.split('\n')[0] ?? '');

/** Reported as critical: due within two days, which is a minute from now. */
beforeEach(async () => {
  world = await startHandling();
  const tiers = [{ name: 'All', playbook: { escalation } }];
  world.api.apply('riskpolicies', withSpec(liveIn(world, 'riskpolicies', 'default'), { tiers, receivers }));
  await world.pass(2);
  take(world, { name: 'told', action: 'ReportIncident', report: { ...report, severity: 'Critical', awareAt: '2026-05-30T12:01:00Z' } });
  await world.pass(5);
});
afterEach(() => world.stop());

async function overflow(act: ActToTake): Promise<void> {
  const before = partsIn(world).length;
  fillLastPart(world);
  await world.pass(1);
  take(world, act);
  await world.pass(10);
  expect(partsIn(world)).toHaveLength(before + 1);
}

const named = (name: string): ActToTake => {
  const [first] = partsIn(world);
  if (first === undefined) throw new Error('nothing was reported');
  return { name, action: 'FileReport', filed, on: first };
};

describe('regression: a record that went on in another object', () => {
  it('told of a report that is due a second time', async () => {
    expect(said('chat').filter((each) => each.includes('ai-act-critical'))).toHaveLength(1);
    await overflow(named('sent'));
    expect(said('chat').filter((each) => each.includes('ai-act-critical'))).toHaveLength(1);
    await world.pass(60);
    // Once due soon, once overdue.
    expect(said('chat').filter((each) => each.includes('ai-act-critical'))).toHaveLength(2);
    await world.restart();
    await world.pass(60);
    expect(said('chat').filter((each) => each.includes('ai-act-critical'))).toHaveLength(2);
  });

  it('called the next of the path though somebody had taken it up in the part before', async () => {
    take(world, { ...named('mine'), action: 'Acknowledge' });
    await world.pass(3);
    await overflow(named('sent'));
    await world.pass(120);
    expect(said('boss')).toEqual([]);
  });

  it('kept who was called later from hearing of what they were told before, and called them no second time', async () => {
    await world.pass(40);
    expect(said('boss').filter((each) => each.includes('due soon'))).toHaveLength(1);
    await overflow(named('sent'));
    await world.pass(90);
    expect(said('boss').filter((each) => each.startsWith('*Not acknowledged'))).toHaveLength(1);
    expect(said('boss').filter((each) => each.includes('due soon'))).toHaveLength(1);
    expect(said('boss').filter((each) => each.includes('overdue'))).toHaveLength(1);
  });

  it('was open beside its continuation, or again once it was over', async () => {
    const open = (): number => world.api.list('riskincidents').filter(isOpenIncident).length;
    await overflow(named('sent'));
    expect(open()).toBe(1);
    expect(await world.sample('modelrisk_incidents_open', 'lending', 'Reported', 'Critical')).toBe(1);
    take(world, { ...named('back'), ...looked });
    await world.pass(5);
    expect(open()).toBe(0);
    // The third part: what closed it stands in the second.
    await overflow({ ...named('again'), filed: { ...filed, reference: 'MSA-18' } });
    expect(open()).toBe(0);
    // And a fourth, from a process that remembers only the third.
    await overflow({ ...named('once more'), filed: { ...filed, reference: 'MSA-19' } });
    expect([open(), partsIn(world).length]).toEqual([0, 4]);
    expect(await world.sample('modelrisk_incidents_open', 'lending', 'Reported', 'Critical')).toBeNull();
  });

  it('was closed a second time by a second postmortem that named its first part', async () => {
    await overflow(named('sent'));
    take(world, { ...named('back'), ...looked });
    await world.pass(5);
    take(world, { ...named('later'), ...looked });
    await world.pass(5);
    expect(validityOf(world, 'later')).toEqual({ status: 'True', reason: 'Used' });
    const closings = partsIn(world).flatMap(({ status }) => status.entries.filter(({ type }) => type === 'Closed'));
    expect(closings).toHaveLength(1);
  });
});
