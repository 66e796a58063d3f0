import { describe, expect, it } from '@jest/globals';
import type { Floors } from '../../../src/api/floors.ts';
import type { Playbook } from '../../../src/api/playbook.ts';
import { playbookProblems } from '../../../src/api/playbook-problems.ts';

const of = (playbook: Playbook | undefined, floors: Floors | undefined) =>
  playbookProblems({
    tiers: [{ name: 'High', ...(playbook === undefined ? {} : { playbook }), ...(floors === undefined ? {} : { floors }) }],
  });
const parity = (breach: number): Playbook => ({ thresholds: [{ signal: 'parity', threshold: { direction: 'Below', breach } }] });
const limit = (signal: string): Floors => ({ limits: [{ signal, direction: 'Below', breach: 0.8 }] });

describe('a playbook that contradicts the floors of its tier', () => {
  it.each<[string, Playbook, Floors]>([
    ['evaluationIntervalSeconds', { evaluationIntervalSeconds: 60 }, { evaluationIntervalSeconds: 30 }],
    ['onNoData', { onNoData: 'Ignore' }, { onNoData: 'Hold' }],
    ['onNoData', { onNoData: 'Hold' }, { onNoData: 'Breach' }],
    ['onNoEvidence', { onNoEvidence: 'Hold' }, { onNoEvidence: 'Escalate' }],
    ['a threshold of signal parity', parity(0.7), limit('parity')],
  ])('is told by %s, with the tier and what to do', (what, playbook, floors) => {
    expect(of(playbook, floors)).toEqual([
      `Tier High supplies ${what} by its playbook and forbids it by its floors: the floor is in force; make the two agree.`,
    ]);
  });

  it.each<[string, Playbook, Floors]>([
    ['looks as often', { evaluationIntervalSeconds: 30 }, { evaluationIntervalSeconds: 30 }],
    ['looks more often', { evaluationIntervalSeconds: 10 }, { evaluationIntervalSeconds: 30 }],
    ['is as strict', { onNoData: 'Hold' }, { onNoData: 'Hold' }],
    ['goes on without evidence as the floor wants', { onNoEvidence: 'Escalate' }, { onNoEvidence: 'Escalate' }],
    ['holds without evidence where no floor forbids it', { onNoEvidence: 'Hold' }, { onNoData: 'Hold' }],
    ['is stricter', { onNoData: 'Breach' }, { onNoData: 'Hold' }],
    ['has the tighter limit', parity(0.9), limit('parity')],
    ['has the same limit', parity(0.8), limit('parity')],
    ['limits another signal', parity(0.7), limit('drift')],
    ['supplies nothing the floor bounds', { remediation: 'Retrain it.' }, { ...limit('parity'), onNoData: 'Breach' }],
  ])('is none where it %s', (_, playbook, floors) => {
    expect(of(playbook, floors)).toEqual([]);
  });

  it('is no contradiction of the default: a floor below 5 s bounds nobody who supplied nothing', () => {
    expect(of({ onNoData: 'Breach' }, { evaluationIntervalSeconds: 1 })).toEqual([]);
  });

  it('takes both: a playbook alone and floors alone contradict nothing', () => {
    expect(of({ onNoData: 'Ignore' }, undefined)).toEqual([]);
    expect(of(undefined, { onNoData: 'Breach' })).toEqual([]);
  });

  it('is told of each tier by itself: floors of one bind no playbook of another', () => {
    const tiers = [
      { name: 'High', floors: { onNoData: 'Breach' as const } },
      { name: 'Low', playbook: { onNoData: 'Ignore' as const } },
    ];
    expect(playbookProblems({ tiers })).toEqual([]);
  });

  it('tells all of them, a sentence each', () => {
    const playbook = { ...parity(0.7), onNoData: 'Ignore' as const, evaluationIntervalSeconds: 60 };
    expect(of(playbook, { ...limit('parity'), onNoData: 'Hold', evaluationIntervalSeconds: 30 })).toHaveLength(3);
  });
});
