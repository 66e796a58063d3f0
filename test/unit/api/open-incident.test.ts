import { expect, it } from '@jest/globals';
import { isOpenIncident } from '../../../src/api/open-incident.ts';
import { incidentsIn } from '../../builders/memory-decisions.ts';
import { startMemoryOperator } from '../../builders/memory-operator.ts';
import { liveIn, shareIn } from '../../builders/memory-story.ts';

const entries = (...types: readonly string[]): object => ({ entries: types.map((type) => ({ type })) });

it.each([
  ['something goes on', {}, entries('Engaged', 'Verified'), true],
  ['it is over', {}, { ...entries('Engaged', 'Closed'), closedAt: '2026-06-01T12:00:00Z' }, false],
  ['it was a drill', { drill: { scope: 'DryRun' } }, entries('Engaged'), false],
  ['it goes on in another object', {}, entries('Engaged', 'Continued'), false],
  ['nothing was ever written in it', {}, {}, false],
])('%s: %j %j is open: %s', (_, spec, status, isOpen) => {
  expect(isOpenIncident({ spec, status })).toBe(isOpen);
});

it('regression: a record that had filled one object was an open incident of its model for ever, and no gate let it pass', async () => {
  const world = await startMemoryOperator();
  const open = () => (liveIn(world, 'modelrisks', 'credit')['status'] as { readonly openIncidents?: readonly string[] }).openIncidents;
  await world.pass(2);
  world.read(0.9);
  await world.passUntil('capped', () => shareIn(world) === 10);
  await world.pass(3);
  const [incident] = incidentsIn(world);
  if (incident === undefined) throw new Error('no incident');
  expect(open()).toEqual([incident.metadata.name]);
  const { status } = incident as unknown as { readonly status: { readonly entries: readonly object[] } };
  const full = { ...status, entries: [...status.entries.slice(0, -1), { ...status.entries.at(-1), type: 'Continued' }] };
  world.api.apply('riskincidents', { ...incident, metadata: { name: 'ri-full', namespace: 'lending' } });
  world.api.setStatus('riskincidents', 'ri-full', full as never);
  await world.pass(3);
  expect(open()).toEqual([incident.metadata.name]);
  await world.stop();
});
