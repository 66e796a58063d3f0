import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { layLadder } from '../../../src/api/ladder.ts';
import type { Ladder } from '../../../src/api/playbook.ts';
import { flagKeys, mirroringKeys, trafficKeys } from '../../../src/api/targets/target.ts';
import type { TargetSpec } from '../../../src/api/targets/target.ts';

type Action = Ladder[number]['actions'][number];

const keys = [...trafficKeys, ...flagKeys, 'deployment', 'patch'] as const;
const targets = fc
  .array(fc.constantFrom(...keys), { maxLength: 5 })
  // What stands below the key of a kind is not the ladder's business.
  .map((drawn) => drawn.map((key, index) => ({ name: `target-${String(index)}`, [key]: {} }) as unknown as TargetSpec));

const route: fc.Arbitrary<Action> = fc.oneof(
  fc.nat(100).map((maxPercent): Action => ({ targetKind: 'Route', canaryLimit: { maxPercent } })),
  fc.integer({ min: 1, max: 100 }).map((percent): Action => ({ targetKind: 'Route', shadow: { percent } })),
);
const flag = fc.constant<Action>({ targetKind: 'Flag', flagRollback: {} });
const actions = fc.oneof(
  route.map((only) => [only]),
  flag.map((only) => [only]),
  fc.tuple(route, flag),
);
const ladders: fc.Arbitrary<Ladder> = fc
  .array(fc.record({ actions, asks: fc.boolean(), after: fc.option(fc.integer({ min: 1, max: 900 }), { nil: null }) }), {
    minLength: 1,
    maxLength: 5,
  })
  .map((rungs) =>
    rungs.map(({ actions: held, asks, after }, index) => ({
      ...{ name: `rung-${String(index)}`, actions: held },
      ...(asks ? { mode: 'Approve' as const } : {}),
      ...(after === null ? {} : { escalateAfterSeconds: after }),
    })),
  );

const has = (target: TargetSpec, among: readonly string[]): boolean => among.some((key) => key in target);
const fits = ({ targetKind }: Action, target: TargetSpec): boolean => has(target, targetKind === 'Route' ? trafficKeys : flagKeys);

describe('a ladder laid over the targets of a plan', () => {
  it('acts in each stage on every target of a kind it names, once, and on no other', () => {
    fc.assert(
      fc.property(ladders, targets, (ladder, over) => {
        const { stages } = layLadder(ladder, over);
        for (const stage of stages) {
          const rung = ladder.find(({ name }) => name === stage.name);
          const wanted = over.filter((target) => rung?.actions.some((action) => fits(action, target)));
          expect(stage.actions.map(({ target }) => target).toSorted()).toEqual(wanted.map(({ name }) => name).toSorted());
        }
      }),
    );
  });

  it('keeps the order of its rungs, their waits and whom they ask, and leaves out those without a target only', () => {
    fc.assert(
      fc.property(ladders, targets, (ladder, over) => {
        const kept = ladder.filter(({ actions: held }) => held.some((action) => over.some((target) => fits(action, target))));
        const shape = ({ name, mode, escalateAfterSeconds }: Pick<Ladder[number], 'name' | 'mode' | 'escalateAfterSeconds'>) => [
          name,
          mode,
          escalateAfterSeconds,
        ];
        expect(layLadder(ladder, over).stages.map(shape)).toEqual(kept.map(shape));
      }),
    );
  });

  it('mirrors only what can mirror; in its place the candidate gets no live request, never more', () => {
    fc.assert(
      fc.property(ladders, targets, (ladder, over) => {
        for (const stage of layLadder(ladder, over).stages) {
          const shadow = ladder.find(({ name }) => name === stage.name)?.actions.find((action) => 'shadow' in action);
          for (const { target: name, ...action } of stage.actions) {
            const target = over.find((each) => each.name === name);
            if (target === undefined || shadow === undefined || !fits(shadow, target)) continue;
            expect(action).toEqual(has(target, mirroringKeys) ? { shadow: shadow.shadow } : { canaryLimit: { maxPercent: 0 } });
          }
        }
      }),
    );
  });

  it('says a sentence for each stage it had to change or leave out, and none for the others', () => {
    fc.assert(
      fc.property(ladders, targets, (ladder, over) => {
        const { unfit } = layLadder(ladder, over);
        for (const { name, actions: held } of ladder) {
          const isLeftOut = !held.some((action) => over.some((target) => fits(action, target)));
          const isBlind = held.some((action) => 'shadow' in action && over.some((each) => fits(action, each) && !has(each, mirroringKeys)));
          expect(unfit.filter((sentence) => sentence.startsWith(`Stage ${name} `))).toHaveLength(isLeftOut || isBlind ? 1 : 0);
        }
      }),
    );
  });
});
