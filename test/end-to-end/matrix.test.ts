import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { coordinatesOf } from '../../testbed/cluster-access.ts';
import { connectTo } from '../../testbed/connect.ts';
import type { ConnectedControlPlane } from '../../testbed/connect.ts';
import { startControlPlane } from '../../testbed/control-plane.ts';
import type { ControlPlane } from '../../testbed/control-plane.ts';
import { installProduct } from '../../testbed/install.ts';
import { openStoryBed } from '../builders/live-stories.ts';
import type { StoryBed } from '../builders/live-stories.ts';
import { storyTargets } from '../builders/story-target.ts';
import { matrixTable, summarize, tellAll } from '../builders/target-matrix.ts';

/** A control plane of its own: one operator over all namespaces would act in those of other tests. */
describe('every story of every kind of target, from the bundle on the real API server', () => {
  let plane: ControlPlane;
  let connected: ConnectedControlPlane;
  let bed: StoryBed;

  beforeAll(async () => {
    plane = await startControlPlane();
    await installProduct(plane);
    connected = connectTo(coordinatesOf(plane));
    bed = await openStoryBed(connected);
  }, 180_000);

  afterAll(async () => {
    await bed.close();
    await connected.close();
    await plane.stop();
  });

  it('is told to its end, or refused for the reason docs/targets.md gives', async () => {
    const cells = await tellAll(bed, 8);
    expect(cells.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    expect(summarize(cells)).toEqual({
      targets: storyTargets.length,
      cells: 8 * storyTargets.length,
      failed: 0,
      refused: [
        { target: 'InferenceService', story: 'escalate', reason: 'KServe has no mirror: shadow is refused at admission' },
        { target: 'FeatureFlag', story: 'escalate', reason: 'a flag is rolled back or it is not: there is no tighter action' },
        { target: 'ConfigMap', story: 'escalate', reason: 'a flag is rolled back or it is not: there is no tighter action' },
        { target: 'Deployment', story: 'escalate', reason: 'pods run an earlier revision or they do not: there is no tighter action' },
        { target: 'Patch.cronjobs.batch', story: 'escalate', reason: 'a patch is in force or it is not: there is no tighter action' },
      ],
    });
    expect(matrixTable(cells)).toHaveLength(14);
  }, 400_000);
});
