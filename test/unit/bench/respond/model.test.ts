import { describe, expect, it } from '@jest/globals';
import { isFree, isHeldBy, planOver } from '../../../../bench/respond/model.ts';
import { parseMitigationPlan } from '../../../../src/api/mitigation-plan.ts';
import { stored } from '../../../builders/api.ts';
import type { Manifest } from '../../../builders/api.ts';
import { storyTargets } from '../../../builders/story-target.ts';

describe('a model of the bench', () => {
  it.each(storyTargets)('has a plan that leads straight to the stage that holds $kind', (target) => {
    const parsed = parseMitigationPlan(stored(planOver(target, 'bench') as Manifest));
    if (!parsed.ok) throw new Error(parsed.failure.join());
    const { stages = [] } = parsed.value.spec;
    expect(stages.filter(({ enterOn }) => enterOn.length > 0)).toEqual([stages.at(-1)]);
    expect(stages.at(-1)?.actions.some(({ target: name }) => name === 'target')).toBe(true);
  });

  it.each(storyTargets)('is not held while $kind is as its users applied it', (target) => {
    const manifest = target.manifest('bench');
    expect(isHeldBy(target, manifest)).toBe(false);
    expect(isFree(manifest)).toBe(true);
  });

  it('is free only without journal and without an entry of ours among the managers', () => {
    const metadata = { name: 'credit' };
    expect(isFree(null)).toBe(false);
    expect(isFree({ metadata: { ...metadata, annotations: { 'modelrisk.dev/journal': '{}' } } })).toBe(false);
    expect(isFree({ metadata: { ...metadata, managedFields: [{ manager: 'modelrisk-operator' }] } })).toBe(false);
    expect(isFree({ metadata: { ...metadata, managedFields: [{ manager: 'kubectl' }] } })).toBe(true);
  });
});
