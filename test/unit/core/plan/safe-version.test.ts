import { describe, expect, it } from '@jest/globals';
import { breachReason, compareWithSafe, sharedCauseNote } from '../../../../src/core/plan/safe-version.ts';
import type { Assessment } from '../../../../src/core/model/assessment.ts';
import {
  aSnapshot,
  aStep,
  anAssessment,
  anIndicator,
  breachValue,
  failedReading,
  intervalMs,
  noReading,
  okValue,
  startMs,
  warnValue,
} from '../../../builders/core.ts';

const parity = anIndicator({ name: 'parity' });
const breaching = [anAssessment(breachValue)];
const two = [...breaching, anAssessment(breachValue, { indicator: parity })];

function step(safeAssessments: Readonly<Record<string, Assessment>>, changes: Parameters<typeof aSnapshot>[0] = {}, nowMs = startMs) {
  return aStep({ snapshot: aSnapshot({ safeVersion: '2.2.0', ...changes }), safeAssessments, nowMs });
}

describe('what the safe version says to a breach of the candidate', () => {
  it.each([
    ['breaches too', anAssessment(breachValue), 'Shared'],
    ['only warns', anAssessment(warnValue), 'Better'],
    ['is Ok', anAssessment(okValue), 'Better'],
    ['has no data', anAssessment(noReading), 'NotAssessed'],
    ['could not be read', anAssessment(failedReading), 'NotAssessed'],
    ['has too few rows', anAssessment(okValue, { indicator: anIndicator({ minSamples: 5 }) }), 'NotAssessed'],
  ])('that it %s: %#', (_what, safe, said) => {
    expect(compareWithSafe(step({ 'score-drift': safe }), breaching)).toBe(said);
  });

  it('is nothing where there is no safe version, or none of its readings', () => {
    expect(compareWithSafe(step({ 'score-drift': anAssessment(breachValue) }, { safeVersion: null }), breaching)).toBe('NotAssessed');
    expect(compareWithSafe(step({}), breaching)).toBe('NotAssessed');
    expect(compareWithSafe(step({ parity: anAssessment(breachValue, { indicator: parity }) }), breaching)).toBe('NotAssessed');
  });

  it('is nothing that is not fresh', () => {
    const safe = { 'score-drift': anAssessment(breachValue) };
    expect(compareWithSafe(step(safe, {}, startMs + 2 * intervalMs), breaching)).toBe('Shared');
    expect(compareWithSafe(step(safe, {}, startMs + 2 * intervalMs + 1), breaching)).toBe('NotAssessed');
  });

  it('is a shared cause only if each indicator that breaches does on the safe version', () => {
    const drift = { 'score-drift': anAssessment(breachValue) };
    expect(compareWithSafe(step(drift), two)).toBe('NotAssessed');
    expect(compareWithSafe(step({ ...drift, parity: anAssessment(okValue, { indicator: parity }) }), two)).toBe('Better');
    expect(compareWithSafe(step({ ...drift, parity: anAssessment(breachValue, { indicator: parity }) }), two)).toBe('Shared');
  });

  it('to no breach at all is no shared cause', () => {
    expect(compareWithSafe(step({ 'score-drift': anAssessment(breachValue) }), [])).toBe('Better');
  });

  it('is the reason on record', () => {
    const reasons = [anAssessment(breachValue), anAssessment(okValue), anAssessment(noReading)].map((safe) =>
      breachReason(step({ 'score-drift': safe }), breaching),
    );
    expect(reasons).toEqual(['BreachSharedCause', 'Breach', 'BreachSafeNotAssessed']);
  });
});

describe('the note that nothing moves for a shared cause', () => {
  const safe = { 'score-drift': anAssessment(breachValue, { version: '2.2.0' }) };

  it('holds both sides', () => {
    expect(sharedCauseNote(step(safe), breaching)).toEqual({
      kind: 'SharedCause',
      assessments: breaching,
      safeAssessments: [safe['score-drift']],
    });
  });

  it('is not there where the plan moves all the same, or the cause is not shared', () => {
    expect(sharedCauseNote(step(safe, { onSharedCause: 'Engage' }), breaching)).toBeNull();
    expect(sharedCauseNote(step({ 'score-drift': anAssessment(okValue) }), breaching)).toBeNull();
    expect(sharedCauseNote(step({}), breaching)).toBeNull();
  });
});
