import { describe, expect, it } from '@jest/globals';
import type { MitigationPlanSpec, StageSpec } from '../../../src/api/mitigation-plan.ts';
import { planTermLines, riskTermLines, toSuppliedStatus } from '../../../src/api/term-lines.ts';
import { riskTerms } from '../../../src/api/terms.ts';
import type { PlanTerms } from '../../../src/api/terms.ts';
import type { ThresholdSpec } from '../../../src/api/threshold.ts';

const declared = {
  ...{ name: 'parity', risk: 'unfair', signal: { template: { name: 'parity' } } },
  ...{ forSeconds: 30, clearForSeconds: 600, staleAfterSeconds: 300, onError: 'Hold' as const },
};
const lines = (threshold?: ThresholdSpec, floors = {}) =>
  riskTermLines(riskTerms({ indicators: [{ ...declared, ...(threshold === undefined ? {} : { threshold }) }] }, { name: 'High', floors }));
const valueOf = (all: ReturnType<typeof lines>, field: string) => all.find((line) => line.field.endsWith(field))?.value;

const recovery = { stepSeconds: 120, probeAfterSeconds: 3600, probeAttempts: 3, flap: { maxEngagements: 3, windowSeconds: 86_400 } };
const plan = (stages: readonly StageSpec[], notify?: MitigationPlanSpec['notify']): PlanTerms => ({
  ...{ mode: { value: 'Enforce', from: 'Plan' }, stages: { value: stages, from: 'Plan' }, unfit: [] },
  notify: { value: notify, from: 'Plan' },
  recovery: { value: recovery, from: 'Plan' },
  onNoEvidence: { value: 'Hold', from: 'Default' },
  tier: null,
});

describe('the lines of an indicator', () => {
  it('say each limit that is there, mildest first, in words', () => {
    const all = { direction: 'Below' as const, severe: 0.5, clear: 0.86, breach: 0.8, warn: 0.85 };
    expect(valueOf(lines(all), '.threshold')).toBe('Below warn 0.85, breach 0.8, clear 0.86, severe 0.5');
    expect(valueOf(lines({ direction: 'Above', breach: 0 }), '.threshold')).toBe('Above breach 0');
    expect(valueOf(lines(), '.threshold')).toBe('none');
  });

  it('say how many rows it takes where nobody wrote it', () => {
    expect(valueOf(lines(), '.minSamples')).toBe('by the noise of the signal');
  });

  it('say what a floor stands in the place of, and of nothing else', () => {
    const bounded = lines(undefined, { onNoData: 'Breach' });
    expect(bounded.find(({ field }) => field.endsWith('onNoData'))).toMatchObject({ value: 'Breach', instead: 'Hold', from: 'Floor' });
    expect(bounded.filter(({ instead }) => instead !== null)).toHaveLength(1);
  });
});

describe('the lines of a plan', () => {
  it('say what each stage does, whom it asks and when the next comes', () => {
    const stages = [
      { name: 'limit', enterOn: [], escalateAfterSeconds: 900, actions: [{ target: 'traffic', canaryLimit: { maxPercent: 10 } }] },
      {
        ...{ name: 'off', enterOn: [], mode: 'Approve' as const },
        actions: [
          { target: 'traffic', shadow: { percent: 100 } },
          { target: 'flag', flagRollback: {} },
        ],
      },
    ];
    expect(valueOf(planTermLines(plan(stages)), 'stages')).toBe(
      'limit: traffic at most 10 %, next after 900 s; off (Approve): traffic shadow + flag flagRollback',
    );
    expect(valueOf(planTermLines(plan([])), 'stages')).toBe('none');
  });

  it('say how it comes down again', () => {
    expect(valueOf(planTermLines(plan([])), 'recovery')).toBe(
      'a step after 120 s, 3 probes after 3600 s each, 3 engagements within 86400 s',
    );
  });

  it('say who is told at once and who later', () => {
    const notify = { receivers: ['oncall', 'team'], repeatSeconds: 60, escalation: [{ afterSeconds: 1800, receivers: ['committee'] }] };
    expect(valueOf(planTermLines(plan([], notify)), 'notify')).toBe('at once oncall, team; after 1800 s committee');
    expect(valueOf(planTermLines(plan([])), 'notify')).toBe('nobody');
  });
});

describe('what a status shows as supplied', () => {
  const line = (from: 'Floor' | 'Playbook' | 'Model' | 'Default', value = 'x') => ({ field: 'mode', value, from, instead: null });

  it('is what came from playbook or floor, and no more', () => {
    const shown = toSuppliedStatus([line('Floor'), line('Playbook'), line('Model'), line('Default')], { name: 'High' });
    expect(shown.supplied?.map(({ from, tier }) => [from, tier])).toEqual([
      ['Floor', 'High'],
      ['Playbook', 'High'],
    ]);
  });

  it('is cut to what the status has room for', () => {
    expect(toSuppliedStatus([line('Floor', 'x'.repeat(5000))], { name: 'High' }).supplied?.[0]?.value).toHaveLength(1024);
  });

  it('is nothing outside of all tiers', () => {
    expect(toSuppliedStatus([line('Floor')], null)).toEqual({});
  });
});
