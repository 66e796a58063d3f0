import { describe, expect, it } from '@jest/globals';

import type { TargetObject } from '../../../../src/actuators/port.ts';
import { inputFor, journalOf } from '../../../builders/http-route.ts';
import {
  actuator,
  anInferenceService,
  canary,
  cap,
  edited,
  givenBack,
  modeAnnotation,
  specOf,
  standing,
} from '../../../builders/inference-service.ts';

const ofV2 = (maxPercent: number, plan = 'credit') => cap(maxPercent, { target: { canary: 'v2' }, holder: { plan } });
const withEntries = (...shares: readonly (readonly [string, number])[]): TargetObject =>
  anInferenceService({ canary: shares.map(([name, share]) => canary(name, share)), annotations: { [modeAnnotation]: 'Standard' } });
const sharesOf = (live: TargetObject): readonly number[] =>
  (specOf(live)['canary'] as readonly { readonly trafficPercent: number }[]).map(({ trafficPercent }) => trafficPercent);
/** Somebody adds a second entry of the name. */
const twinned = (live: TargetObject, share: number): TargetObject =>
  edited(live, { ...specOf(live), canary: [...(specOf(live)['canary'] as readonly ReturnType<typeof canary>[]), canary('v2', share)] });

describe('two entries of spec.canary with one name', () => {
  it('regression: are refused by name: which of them is meant nobody can tell', () => {
    const actuation = actuator.plan(inputFor(withEntries(['v2', 40], ['v3', 10], ['v2', 20]), [ofV2(10)]));
    expect(actuation).toMatchObject({
      kind: 'Refused',
      rejected: [
        {
          reason: 'CandidateAmbiguous',
          message:
            "InferenceService lending/credit has 2 entries of spec.canary with predictor.name v2, and which of them the plan means can't be told: give each a name of its own.",
        },
      ],
    });
  });

  it('refuse nothing of an entry beside them', () => {
    const live = withEntries(['v2', 20], ['v2', 20], ['v3', 40]);
    expect(sharesOf(standing(live, [cap(10, { target: { canary: 'v3' } })]))).toEqual([20, 20, 10]);
  });

  it('regression: that came to be while one was held have its limit together, and each gets back what its users wrote', () => {
    const held = standing(withEntries(['v2', 40]), [ofV2(10)]);
    expect(sharesOf(held)).toEqual([10]);
    const again = standing(twinned(held, 30), [ofV2(10)]);
    expect(sharesOf(again)).toEqual([10, 0]);
    expect(journalOf(again)).toMatchObject({
      changes: {
        fields: [
          { canary: 'v2', intent: 40, applied: 10 },
          { canary: 'v2#1', intent: 30, applied: 0 },
        ],
      },
    });
    expect(sharesOf(givenBack(again))).toEqual([40, 30]);
  });

  it('that came to be and want less than the limit between them are left as they are', () => {
    const held = standing(withEntries(['v2', 5]), [ofV2(10)]);
    expect(sharesOf(standing(twinned(held, 3), [ofV2(10)]))).toEqual([5, 3]);
    expect(sharesOf(standing(twinned(held, 8), [ofV2(10)]))).toEqual([5, 5]);
  });

  it('are told of while one is held, whose limit stays', () => {
    const again = standing(twinned(standing(withEntries(['v2', 40]), [ofV2(10)]), 30), [ofV2(10)]);
    const actuation = actuator.plan(inputFor(again, [ofV2(10)]));
    expect(actuation.rejected).toMatchObject([{ reason: 'CandidateAmbiguous' }]);
    expect(sharesOf(standing(again, [ofV2(2)]))).toEqual([10, 0]);
  });
});

it('a share beyond all is nobody’s to correct where no plan asks for anything', () => {
  const live = withEntries(['v2', 120], ['v3', 40]);
  expect(sharesOf(standing(live, [cap(10, { target: { canary: 'v3' } })]))).toEqual([120, 10]);
});
