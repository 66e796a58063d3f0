import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Floors } from '../../../src/api/floors.ts';
import type { Playbook } from '../../../src/api/playbook.ts';
import { stricterThreshold } from '../../../src/api/stricter.ts';
import { indicatorInForce, planTerms, riskTerms } from '../../../src/api/terms.ts';
import type { ThresholdSpec } from '../../../src/api/threshold.ts';
import type { MitigationPlanSpec } from '../../../src/api/mitigation-plan.ts';

/** Optional and absent are one thing here. */
const perhaps = <Key extends string, Value>(key: Key, value: fc.Arbitrary<Value>) =>
  fc.option(value, { nil: null }).map((drawn) => (drawn === null ? {} : { [key]: drawn })) as fc.Arbitrary<Partial<Record<Key, Value>>>;
const several = <A extends object, B extends object>(a: fc.Arbitrary<A>, b: fc.Arbitrary<B>): fc.Arbitrary<A & B> =>
  fc.tuple(a, b).map(([left, right]) => ({ ...left, ...right }));

const direction = fc.constantFrom('Above' as const, 'Below' as const);
const onNoData = fc.constantFrom('Hold' as const, 'Breach' as const, 'Ignore' as const);
const number = fc.integer({ min: -100, max: 100 });

/** As the API server lets it pass: warn and clear before breach, severe beyond. */
const threshold: fc.Arbitrary<ThresholdSpec> = fc
  .record({ direction, breach: number, warn: fc.nat(50), clear: fc.nat(50), severe: fc.integer({ min: 1, max: 50 }), has: fc.nat(7) })
  .map(({ direction: side, breach, warn, clear, severe, has }) => {
    const sign = side === 'Above' ? 1 : -1;
    return {
      direction: side,
      breach,
      ...((has & 1) === 0 ? {} : { warn: breach - sign * warn }),
      ...((has & 2) === 0 ? {} : { clear: breach - sign * clear }),
      ...((has & 4) === 0 ? {} : { severe: breach + sign * severe }),
    };
  });

const indicator = several(
  several(perhaps('threshold', threshold), perhaps('onNoData', onNoData)),
  several(
    perhaps('minSamples', fc.nat(10_000)),
    fc.record({ forSeconds: fc.nat(10_000), staleAfterSeconds: fc.integer({ min: 1, max: 10_000 }) }),
  ),
).map((drawn) => ({
  ...{ name: 'parity', risk: 'unfair', signal: { template: { name: 'parity' } }, clearForSeconds: 600, onError: 'Hold' as const },
  ...drawn,
}));

const limit = fc
  .record({
    direction,
    breach: number,
    forSeconds: fc.nat(1000),
    minSamples: fc.nat(1000),
    staleAfterSeconds: fc.integer({ min: 1, max: 1000 }),
    clearForSeconds: fc.nat(2000),
  })
  .map((drawn) => ({ signal: 'parity', ...drawn }));
const floors: fc.Arbitrary<Floors> = several(
  several(
    perhaps('onNoData', fc.constantFrom('Hold' as const, 'Breach' as const)),
    perhaps('mode', fc.constantFrom('Approve' as const, 'Enforce' as const)),
  ),
  several(
    perhaps(
      'limits',
      limit.map((only) => [only]),
    ),
    perhaps('evaluationIntervalSeconds', fc.integer({ min: 1, max: 3600 })),
  ),
);
const playbook: fc.Arbitrary<Playbook> = several(
  several(perhaps('onNoData', onNoData), perhaps('evaluationIntervalSeconds', fc.integer({ min: 1, max: 86_400 }))),
  perhaps(
    'thresholds',
    threshold.map((only) => [{ signal: 'parity', threshold: only }]),
  ),
);

const strictness = ['Ignore', 'Hold', 'Breach'];
/** Positive: `a` is further on the good side than `b`. */
const tightness = (side: 'Above' | 'Below', a: number, b: number): number => (side === 'Above' ? b - a : a - b);

it('floors never loosen, whatever is declared and whatever the playbook says', () => {
  fc.assert(
    fc.property(
      indicator,
      playbook,
      floors,
      fc.option(fc.integer({ min: 1, max: 86_400 }), { nil: null }),
      (declared, book, bounds, interval) => {
        const spec = { indicators: [declared], ...(interval === null ? {} : { evaluationIntervalSeconds: interval }) };
        const bound = riskTerms(spec, { name: 'High', playbook: book, floors: bounds });
        const free = riskTerms(spec, { name: 'High', playbook: book });
        const [terms, written] = [bound.indicators[0], free.indicators[0]];
        if (terms === undefined || written === undefined) throw new Error('an indicator was lost');
        const rank = (value: string): number => strictness.indexOf(value);
        expect(rank(terms.onNoData.value)).toBe(Math.max(rank(written.onNoData.value), rank(bounds.onNoData ?? 'Ignore')));
        expect(bound.evaluationIntervalSeconds.value).toBe(
          Math.min(free.evaluationIntervalSeconds.value, bounds.evaluationIntervalSeconds ?? Infinity),
        );
        const [floor] = bounds.limits ?? [];
        if (floor === undefined) {
          expect(indicatorInForce(terms)).toEqual({ ...indicatorInForce(written), onNoData: terms.onNoData.value });
          return;
        }
        const { threshold: inForce } = indicatorInForce(terms);
        expect(inForce?.direction).toBe(floor.direction);
        expect(tightness(floor.direction, inForce?.breach ?? NaN, floor.breach)).toBeGreaterThanOrEqual(0);
        if (written.threshold.value?.direction === floor.direction)
          expect(tightness(floor.direction, inForce?.breach ?? NaN, written.threshold.value.breach)).toBeGreaterThanOrEqual(0);
        for (const field of ['forSeconds', 'staleAfterSeconds'] as const)
          expect(terms[field].value).toBe(Math.min(written[field].value, floor[field] ?? Infinity));
        expect(terms.clearForSeconds.value).toBe(Math.max(written.clearForSeconds.value, floor.clearForSeconds ?? 0));
        expect(terms.minSamples.value ?? -1).toBeLessThanOrEqual(floor.minSamples ?? Infinity);
      },
    ),
  );
});

it('a threshold under a floor is one the API server would take: warn and clear not beyond breach, severe beyond it', () => {
  fc.assert(
    fc.property(fc.option(threshold, { nil: undefined }), limit, (written, floor) => {
      const { direction: side, breach, warn, clear, severe } = stricterThreshold(written, floor);
      expect(tightness(side, warn ?? breach, breach)).toBeGreaterThanOrEqual(0);
      expect(tightness(side, clear ?? breach, breach)).toBeGreaterThanOrEqual(0);
      if (severe !== undefined) expect(tightness(side, breach, severe)).toBeGreaterThan(0);
    }),
  );
});

it('a second time under the same floor changes nothing, and says that nobody was bounded', () => {
  fc.assert(
    fc.property(indicator, floors, (declared, bounds) => {
      const tier = { name: 'High', floors: bounds };
      const [once] = riskTerms({ indicators: [declared] }, tier).indicators;
      if (once === undefined) throw new Error('an indicator was lost');
      const [twice] = riskTerms({ indicators: [indicatorInForce(once)] }, tier).indicators;
      expect(twice === undefined ? null : indicatorInForce(twice)).toEqual(indicatorInForce(once));
      expect([twice?.threshold.from, twice?.onNoData.from, twice?.forSeconds.from]).not.toContain('Floor');
    }),
  );
});

it('a plan comes down no sooner than its floor lets it, nor sooner than it was written', () => {
  const seconds = fc.integer({ min: 1, max: 10_000 });
  const recovery = fc.record({
    ...{ stepSeconds: seconds, probeAfterSeconds: seconds, probeAttempts: fc.nat(100) },
    flap: fc.record({ maxEngagements: fc.integer({ min: 1, max: 16 }), windowSeconds: seconds }),
  });
  const floor = several(
    several(perhaps('stepSeconds', seconds), perhaps('probeAfterSeconds', seconds)),
    several(perhaps('probeAttempts', fc.nat(100)), perhaps('flapWindowSeconds', seconds)),
  );
  fc.assert(
    fc.property(recovery, floor, (written, least) => {
      const spec = { mode: 'Enforce', stages: [], targets: [], recovery: written } as unknown as MitigationPlanSpec;
      const { value, from } = planTerms(spec, { name: 'High', floors: { recovery: least } }).recovery;
      expect(value).toEqual({
        stepSeconds: Math.max(written.stepSeconds, least.stepSeconds ?? 0),
        probeAfterSeconds: Math.max(written.probeAfterSeconds, least.probeAfterSeconds ?? 0),
        probeAttempts: Math.min(written.probeAttempts, least.probeAttempts ?? 100),
        flap: { ...written.flap, windowSeconds: Math.max(written.flap.windowSeconds, least.flapWindowSeconds ?? 0) },
      });
      expect(from === 'Plan').toBe(value === written);
    }),
  );
});

it('a plan is never milder than its floor, nor any stage of it, and never milder than it was written', () => {
  const mode = fc.constantFrom('Observe' as const, 'Approve' as const, 'Enforce' as const);
  const stages = fc.array(
    perhaps('mode', fc.constantFrom('Approve' as const, 'Enforce' as const)).map((drawn) => ({
      name: 'stage',
      enterOn: [],
      actions: [],
      ...drawn,
    })),
    { minLength: 1, maxLength: 4 },
  );
  const modes = ['Observe', 'Approve', 'Enforce'];
  fc.assert(
    fc.property(mode, stages, fc.constantFrom('Approve' as const, 'Enforce' as const), (written, rungs, floor) => {
      const spec = { mode: written, stages: rungs, targets: [], recovery: {} } as unknown as MitigationPlanSpec;
      const terms = planTerms(spec, { name: 'High', floors: { mode: floor } });
      const rank = (each: string): number => modes.indexOf(each);
      expect(rank(terms.mode.value)).toBe(Math.max(rank(written), rank(floor)));
      for (const [index, stage] of terms.stages.value.entries()) {
        expect(rank(stage.mode ?? terms.mode.value)).toBeGreaterThanOrEqual(rank(floor));
        expect(rank(stage.mode ?? terms.mode.value)).toBeGreaterThanOrEqual(rank(rungs[index]?.mode ?? written));
      }
    }),
  );
});
