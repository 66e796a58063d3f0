import { storyTargets } from './story-target.ts';
import type { StoryTarget } from './story-target.ts';

/**
 * Kinds whose stories the bed of crashes can tell. The others need what it does not have: somebody in the place of KServe's, Seldon's or
 * Rollouts' controllers, revisions of a Deployment, or a namespace that opted in. What a crash does to them is tried in memory
 * (`test/property/controllers/target-crash.test.ts`).
 */
const told: ReadonlySet<StoryTarget['kind']> = new Set(['GRPCRoute', 'VirtualService', 'FeatureFlag']);

export const crashKinds: readonly StoryTarget[] = storyTargets.filter(({ kind }) => told.has(kind));
