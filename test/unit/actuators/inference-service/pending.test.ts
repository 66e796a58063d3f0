import { describe, expect, it } from '@jest/globals';

import type { FieldChange, InferenceServiceChanges } from '../../../../src/actuators/inference-service/changes.ts';
import { landsNoMore, pendingSince } from '../../../../src/actuators/inference-service/pending.ts';

const sentMs = 1_000_000;
const pending = { generation: 4, sinceMs: sentMs };
const field = (changes: Partial<FieldChange> = {}): FieldChange => ({ canary: null, intent: null, applied: 10, was: [null], ...changes });
const journal = (changes: Partial<InferenceServiceChanges> = {}): InferenceServiceChanges => ({ fields: [field()], pending, ...changes });

describe('whether a patch on its way can still land', () => {
  it.each([
    ['in the generation it tests, until half a minute has gone by', { generation: 4, nowMs: sentMs + 29_999 }, false],
    ['no more after half a minute: the server has given up on it', { generation: 4, nowMs: sentMs + 30_000 }, true],
    ['no more once the object has another generation: its test fails', { generation: 5, nowMs: sentMs }, true],
    ['where our cache is behind what was tested', { generation: 3, nowMs: sentMs + 1 }, false],
  ])('%s', (_when, now, isOver) => {
    expect(landsNoMore(pending, now)).toBe(isOver);
  });

  it('never where none is on its way', () => {
    expect(landsNoMore(null, { generation: 1, nowMs: 0 })).toBe(true);
  });
});

describe('since when a patch is on its way', () => {
  const later = { generation: 4, nowMs: sentMs + 10_000 };
  const anew = { generation: 4, sinceMs: later.nowMs };

  it('is nothing to say where every field stands as it was applied', () => {
    expect(pendingSince([field({ was: [] })], journal(), { ...later, isSending: true })).toBeNull();
    expect(pendingSince([], journal(), { ...later, isSending: false })).toBeNull();
    expect(pendingSince([field({ was: [] }), field({ canary: 'v2' })], null, { ...later, isSending: false })).toEqual(anew);
  });

  it('stays what it was while there is only to wait: else each look would write the journal again', () => {
    expect(pendingSince([field()], journal(), { ...later, isSending: false })).toEqual(pending);
  });

  it('begins anew with each patch that is sent', () => {
    expect(pendingSince([field()], journal(), { ...later, isSending: true })).toEqual(anew);
  });

  it.each([
    ['of another generation', [field()], { ...later, generation: 5 }, journal()],
    ['of other values', [field({ applied: 5 })], later, journal()],
    ['nobody wrote down', [field()], later, null],
    ['that stood already', [field()], later, journal({ pending: null })],
  ])('begins anew with one %s', (_which, fields, now, journaled) => {
    expect(pendingSince(fields, journaled, { ...now, isSending: false })).toEqual({ generation: now.generation, sinceMs: now.nowMs });
  });
});
