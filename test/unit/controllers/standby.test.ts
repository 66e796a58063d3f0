import { expect, it } from '@jest/globals';
import { report, startHandling, take } from '../../builders/handling.ts';
import { shareIn } from '../../builders/memory-story.ts';
import { startStandby } from '../../builders/standby.ts';

const told = [
  ...[
    'modelrisk_incidents_open',
    'modelrisk_incident_reports_overdue',
    'modelrisk_findings_open',
    'modelrisk_audit_unanchored_age_seconds',
  ],
  ...['modelrisk_programme_share_population', 'modelrisk_programme_events', 'modelrisk_unregistered_models'],
  ...['modelrisk_constraint_in_force', 'modelrisk_engaged_stage'],
];

it('regression: a replica that stands by told of the state too, from its caches, and a sum over replicas counted all twice', async () => {
  const world = await startHandling();
  world.api.apply('inferenceservices', {
    apiVersion: 'serving.kserve.io/v1beta1',
    kind: 'InferenceService',
    metadata: { name: 'stray', namespace: 'lending' },
    spec: { predictor: {} },
  });
  take(world, { name: 'told', action: 'ReportIncident', report });
  world.read(0.9);
  await world.passUntil('capped', () => shareIn(world) === 10);
  await world.pass(3);
  const standby = await startStandby(world);
  expect(await standby.scrape()).toEqual([]);
  // The one that leads is gone.
  await world.stop();
  standby.lead();
  await world.clock.advance(1000);
  expect(await standby.scrape()).toEqual(expect.arrayContaining(told));
  await standby.stop();
});
