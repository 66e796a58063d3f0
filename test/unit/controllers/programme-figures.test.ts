import { expect, it } from '@jest/globals';
import { incidentsNow, report, startHandling, take } from '../../builders/handling.ts';
import { memoryPlan } from '../../builders/memory-operator.ts';
import { shareIn, tellStory } from '../../builders/memory-story.ts';

it('shows the figures of what happened, and no series for what is not known', async () => {
  const world = await startHandling();
  expect(await world.sample('modelrisk_programme_time_seconds', 'timeToMitigate', '0.5')).toBeNull();
  await tellStory(world);
  // At most once a minute.
  expect(await world.sample('modelrisk_programme_time_incidents', 'timeToMitigate', 'Over')).toBe(0);
  await world.pass(60);
  expect(await world.sample('modelrisk_programme_time_incidents', 'timeToMitigate', 'Over')).toBe(1);
  expect(await world.sample('modelrisk_programme_time_seconds', 'timeToMitigate', '0.5')).toBeLessThanOrEqual(1);
  expect(await world.sample('modelrisk_programme_time_incidents', 'timeToAcknowledge', 'Censored')).toBe(1);
  expect(await world.sample('modelrisk_programme_time_seconds', 'timeToAcknowledge', '0.5')).toBeNull();
  expect(await world.sample('modelrisk_programme_share', 'escapedHighRisk', 'Value')).toBeNull();
  expect(await world.sample('modelrisk_programme_share_population', 'escapedHighRisk')).toBe(1);
  expect(await world.sample('modelrisk_programme_events', 'incidentsHigh')).toBe(1);

  const [incident] = incidentsNow(world);
  if (incident === undefined) throw new Error('no incident');
  const postmortem = { verdict: 'TruePositive', harmConfirmed: 'RuledOut', onsetAt: '2026-06-01T11:59:00Z', findings: [] };
  take(world, { name: 'back', action: 'Postmortem', on: incident, postmortem });
  take(world, { name: 'told', action: 'ReportIncident', report });
  await world.pass(61);
  expect(await world.sample('modelrisk_programme_share', 'escapedHighRisk', 'Value')).toBe(0.5);
  expect(await world.sample('modelrisk_programme_share', 'alertPrecision', 'Value')).toBe(1);
  expect(await world.sample('modelrisk_programme_share', 'alertPrecision', 'Low')).toBeCloseTo(0.2065, 4);
  expect(await world.sample('modelrisk_programme_events', 'nearMisses')).toBe(1);
  expect(await world.sample('modelrisk_programme_time_incidents', 'timeToDetect', 'Over')).toBe(2);
  await world.stop();
});

it('regression: a plan that was suspended gave its targets back, and was counted as if the cause were gone', async () => {
  const world = await startHandling();
  world.read(0.9);
  await world.passUntil('capped', () => shareIn(world) === 10);
  await world.pass(3);
  world.api.apply('mitigationplans', memoryPlan({ suspend: 'Release' }));
  await world.passUntil('given back', () => shareIn(world) === 50);
  await world.pass(61);
  expect(incidentsNow(world)[0]?.status.entries.find(({ type }) => type === 'Released')?.actor).toBe('suspend');
  expect(incidentsNow(world)[0]?.status.closedAt).toBeDefined();
  expect(await world.sample('modelrisk_programme_time_incidents', 'timeToRemediate', 'Over')).toBe(0);
  expect(await world.sample('modelrisk_programme_time_incidents', 'timeToRemediate', 'Censored')).toBe(1);
  await world.restart();
  world.api.apply('mitigationplans', memoryPlan());
  await world.passUntil('capped again: nobody decided that the breach is none', () => shareIn(world) === 10);
  await world.stop();
});

it('proves every action of a whole engagement, and of one that ended with its plan', async () => {
  const world = await startHandling();
  await tellStory(world);
  world.read(0.9);
  await world.passUntil('capped', () => shareIn(world) === 10);
  await world.pass(3);
  world.api.remove('mitigationplans', 'credit');
  await world.passUntil('given back', () => shareIn(world) === 50);
  await world.pass(61);
  const types = incidentsNow(world).flatMap(({ status }) => status.entries.map(({ type }) => type));
  expect(types).toContain('ReleasedByDeletion');
  const steps = ['Engaged', 'Escalated', 'SteppedDown', 'Released', 'ReleasedByDeletion', 'Applied'];
  const actions = types.filter((type) => steps.includes(type)).length;
  expect(await world.sample('modelrisk_programme_share_population', 'auditCompleteness')).toBe(actions);
  expect(await world.sample('modelrisk_programme_share', 'auditCompleteness', 'Value')).toBe(1);
  expect(await world.sample('modelrisk_programme_share', 'auditCompleteness', 'Low')).toBeNull();
  await world.stop();
});

it('counts an action as short that was only found after a crash', async () => {
  const world = await startHandling();
  world.api.onWrite(({ resource }) => (resource === 'riskincidents' ? 'Lose' : 'Pass'));
  world.read(0.9);
  await world.passUntil('capped', () => shareIn(world) === 10);
  await world.restart();
  world.api.onWrite(() => 'Pass');
  await world.pass(61);
  const found = incidentsNow(world).flatMap(({ status }) =>
    status.entries.filter(({ before, type }) => type === 'Engaged' && before === ''),
  );
  if (found.length === 0) throw new Error('nothing was found after the crash');
  expect(await world.sample('modelrisk_programme_share', 'auditCompleteness', 'Value')).toBeLessThan(1);
  await world.stop();
});
