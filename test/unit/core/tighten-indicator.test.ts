import { describe, expect, it } from '@jest/globals';
import { tightenIndicator } from '../../../src/core/tighten-indicator.ts';
import { anIndicator } from '../../builders/core.ts';

const inForce = anIndicator();

describe('tightenIndicator', () => {
  it('keeps a limit that was loosened', () => {
    const loosened = anIndicator({ threshold: { breach: 0.5, clear: 0.4, warn: null } });
    expect(tightenIndicator(inForce, loosened).threshold).toEqual(inForce.threshold);
  });

  it('takes a limit that was lowered', () => {
    expect(tightenIndicator(inForce, anIndicator({ threshold: { breach: 0.2 } })).threshold).toEqual({ ...inForce.threshold, breach: 0.2 });
  });

  it('reads Below the other way round', () => {
    const parity = anIndicator({ threshold: { direction: 'Below', warn: 0.85, breach: 0.8, clear: 0.85 } });
    const edited = anIndicator({ threshold: { direction: 'Below', warn: 0.9, breach: 0.7, clear: 0.9 } });
    expect(tightenIndicator(parity, edited).threshold).toEqual({
      direction: 'Below',
      warn: 0.9,
      breach: 0.8,
      clear: 0.9,
      severe: null,
    });
  });

  it('takes a severe limit that was added or moved nearer to breach, and keeps one that was moved away or taken out', () => {
    const severe = (limit: number | null) => anIndicator({ scalesWith: 'None', threshold: { severe: limit } });
    const after = (before: number | null, edit: number | null) => tightenIndicator(severe(before), severe(edit)).threshold.severe;
    expect([after(null, 0.6), after(0.6, 0.5), after(0.6, 0.9), after(0.6, null), after(null, null)]).toEqual([0.6, 0.5, 0.6, 0.6, null]);
  });

  it('keeps that only people release it, and takes it where it was added', () => {
    const slow = anIndicator({ releaseBy: 'Decision' });
    expect(tightenIndicator(slow, inForce).releaseBy).toBe('Decision');
    expect(tightenIndicator(inForce, slow).releaseBy).toBe('Decision');
    expect(tightenIndicator(inForce, inForce)).not.toHaveProperty('releaseBy');
  });

  it('keeps what its signal scales with, for the signal stays too', () => {
    const [share, none] = [anIndicator(), anIndicator({ scalesWith: 'None' })];
    expect(tightenIndicator(none, share).scalesWith).toBe('None');
    expect(tightenIndicator(share, none).scalesWith).toBe('Share');
  });

  it('lets a limit that was turned the other way wait whole', () => {
    const turned = anIndicator({ threshold: { direction: 'Below', warn: null, breach: 0.01, clear: 0.02 } });
    expect(tightenIndicator(inForce, turned).threshold).toEqual(inForce.threshold);
  });

  it('keeps the window, where it can be measured and the sample size: they belong to the signal, which stays too', () => {
    const begun = anIndicator({ windowSeconds: 60, measurableIn: ['Live'], minSamples: 500 });
    const edited = anIndicator({ windowSeconds: 1, measurableIn: ['Live', 'Shadow'], minSamples: 0 });
    expect(tightenIndicator(begun, edited)).toMatchObject({ windowSeconds: 60, measurableIn: ['Live'], minSamples: 500 });
  });

  it('takes the more protective word on missing data and errors', () => {
    const edited = anIndicator({ onNoData: 'Ignore', onError: 'Breach' });
    expect(tightenIndicator(anIndicator({ onNoData: 'Hold' }), edited)).toMatchObject({ onNoData: 'Hold', onError: 'Breach' });
  });
});
