import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { TargetObject } from '../../../src/actuators/port.ts';
import type { JSONPatchOperation, JSONValue } from '../../../src/shared/json.ts';
import { annotationsOf, inputFor, nowMs as startMs } from '../../builders/http-route.ts';
import {
  actuator,
  anInferenceService,
  cap,
  editPercent,
  givenBack,
  percentOf,
  served,
  specOf,
  standing,
  twoWrites,
} from '../../builders/inference-service.ts';
import { applyPatch, holdsFor } from '../../builders/json-patch.ts';

const anyPercent = fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined });
const anyCaps = fc.array(fc.constantFrom(0, 5, 10, 50, 100), { minLength: 1, maxLength: 3 });
const claimsOf = (caps: readonly number[]) =>
  caps.map((maxPercent, index) => cap(maxPercent, { holder: { plan: `plan-${String(index)}` } }));

interface Sent {
  readonly operations: readonly JSONPatchOperation[];
  readonly atMs: number;
}

interface World {
  readonly live: TargetObject;
  /** The object as its users want it. */
  readonly wanted: TargetObject;
  readonly caps: readonly number[];
  /** Patches whose process died before it heard of them: each may land within half a minute, or never. */
  readonly inFlight: readonly Sent[];
  readonly nowMs: number;
}

type Step =
  | { readonly kind: 'Ask'; readonly caps: readonly number[] }
  | { readonly kind: 'Pass' }
  | { readonly kind: 'DieAfterJournal' }
  | { readonly kind: 'Land'; readonly which: number }
  | { readonly kind: 'Edit'; readonly percent: number | undefined }
  | { readonly kind: 'Wait'; readonly seconds: number };

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.oneof(anyCaps, fc.constant([])).map((caps): Step => ({ kind: 'Ask', caps })),
  fc.constant<Step>({ kind: 'Pass' }),
  fc.constant<Step>({ kind: 'DieAfterJournal' }),
  fc.nat(3).map((which): Step => ({ kind: 'Land', which })),
  anyPercent.map((percent): Step => ({ kind: 'Edit', percent })),
  fc.integer({ min: 1, max: 20 }).map((seconds): Step => ({ kind: 'Wait', seconds })),
);

/** Values somebody can't write without being taken for us: what we laid, and what stood there before it. */
function takenForOurs(live: TargetObject): readonly JSONValue[] {
  const journal = JSON.parse(annotationsOf(live)?.['modelrisk.dev/journal'] ?? 'null') as {
    readonly changes?: { readonly fields: readonly { readonly applied: JSONValue; readonly was: readonly JSONValue[] }[] };
  } | null;
  return (journal?.changes?.fields ?? []).flatMap(({ applied, was }) => [applied, ...was]);
}

function take(world: World, step: Step): World {
  const { live, nowMs, inFlight } = world;
  switch (step.kind) {
    case 'Ask':
      return { ...world, caps: step.caps };
    case 'Pass':
      return { ...world, live: standing(live, claimsOf(world.caps), { nowMs }) };
    case 'DieAfterJournal': {
      const actuation = actuator.plan(inputFor(live, claimsOf(world.caps), { nowMs }));
      if (actuation.kind !== 'Patch') return world;
      const { journal, object } = twoWrites(actuation.operations);
      return { ...world, live: applyPatch(live, journal), inFlight: [...inFlight, { operations: object, atMs: nowMs }] };
    }
    case 'Land': {
      const sent = inFlight[step.which];
      if (sent === undefined || !holdsFor(live, sent.operations)) return world;
      return { ...world, live: served(live, sent.operations) };
    }
    case 'Edit': {
      if ([percentOf(live) ?? null, ...takenForOurs(live)].includes(step.percent ?? null)) return world;
      return { ...world, live: editPercent(live, step.percent), wanted: editPercent(world.wanted, step.percent) };
    }
    case 'Wait': {
      const later = nowMs + step.seconds * 1000;
      return { ...world, nowMs: later, inFlight: inFlight.filter(({ atMs }) => later - atMs < 30_000) };
    }
  }
}

describe('laws of the InferenceService actuator, whose journal is written before the change', () => {
  it('whatever dies between the two writes, and whatever lands late, users get back exactly what they want', () => {
    fc.assert(
      fc.property(anyPercent, fc.array(anyStep, { maxLength: 14 }), (percent, steps) => {
        const object = anInferenceService(percent === undefined ? {} : { percent });
        const start: World = { live: object, wanted: object, caps: [10], inFlight: [], nowMs: startMs };
        const end = steps.reduce(take, start);
        // Time enough for what was sent to land or not; then everybody lets go.
        const free = [0, 31].reduce((live, seconds) => givenBack(live, { nowMs: end.nowMs + seconds * 1000 }), end.live);
        expect(specOf(free)).toEqual(specOf(end.wanted));
        expect(annotationsOf(free)).toEqual({ team: 'lending' });
      }),
      { numRuns: 3000 },
    );
  });

  it('once the journal is gone nothing of ours can land any more', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 14 }), (steps) => {
        const object = anInferenceService();
        const end = steps.reduce(take, { live: object, wanted: object, caps: [10], inFlight: [], nowMs: startMs });
        const free = givenBack(end.live, { nowMs: end.nowMs });
        fc.pre(annotationsOf(free)?.['modelrisk.dev/journal'] === undefined);
        for (const { operations } of end.inFlight.filter((sent) => sent.operations.some(({ op }) => op !== 'test')))
          expect(holdsFor(free, operations)).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  it('after a pass the candidate has no more than the strictest plan allows, nor than its users gave it', () => {
    fc.assert(
      fc.property(anyPercent, anyCaps, fc.array(anyPercent, { maxLength: 4 }), (percent, caps, edits) => {
        const object = anInferenceService(percent === undefined ? {} : { percent });
        const laid = edits.reduce(
          (live: TargetObject, edit) => standing(editPercent(live, edit), claimsOf(caps)),
          standing(object, claimsOf(caps)),
        );
        expect(Number(percentOf(laid) ?? 100)).toBeLessThanOrEqual(Math.min(...caps));
      }),
    );
  });

  it('the order of claims leaves no trace, and a second pass has nothing to do', () => {
    fc.assert(
      fc.property(anyPercent, anyCaps, (percent, caps) => {
        const object = anInferenceService(percent === undefined ? {} : { percent });
        const laid = standing(object, claimsOf(caps));
        expect(standing(object, claimsOf(caps).toReversed())).toEqual(laid);
        expect(actuator.plan(inputFor(laid, claimsOf(caps))).kind).toBe('Unchanged');
      }),
    );
  });
});
