import type { StageSpec } from './mitigation-plan.ts';
import type { Ladder } from './playbook.ts';
import { flagKeys, mirroringKeys, trafficKeys } from './targets/target.ts';
import type { TargetSpec } from './targets/target.ts';

export interface LaidLadder {
  readonly stages: readonly StageSpec[];
  /** A sentence each: what of it this plan can't do as it is written. */
  readonly unfit: readonly string[];
}

type RungAction = Ladder[number]['actions'][number];
type StageActionSpec = StageSpec['actions'][number];

/**
 * The ladder of a tier over the targets of one plan: each action on every target of its kind. What a plan has no target for is left
 * out; a route that can't mirror gets no live requests where others are shadowed, which protects as well and measures less.
 */
export function layLadder(ladder: Ladder, targets: readonly TargetSpec[]): LaidLadder {
  const unfit: string[] = [];
  const stages = ladder.flatMap((rung): readonly StageSpec[] => {
    const { name, escalateAfterSeconds, mode, actions } = rung;
    const laid = actions.flatMap((action) => targetsOf(action, targets).map((target) => actionOn(action, target)));
    if (laid.length === 0) {
      const kinds = actions.map(({ targetKind }) => targetKind).join(' and ');
      unfit.push(`Stage ${name} acts on ${kinds} and the plan has no such target, so it is left out: add the target, or write stages.`);
      return [];
    }
    const blind = actions.flatMap((action) =>
      'shadow' in action ? targetsOf(action, targets).filter((target) => !isOneOf(mirroringKeys, target)) : [],
    );
    if (blind.length > 0) {
      const names = blind.map((target) => target.name).join(', ');
      unfit.push(`Stage ${name} mirrors, and ${names} can't: it gets no live requests there and nothing can be measured. Write stages.`);
    }
    const escalation = escalateAfterSeconds === undefined ? {} : { escalateAfterSeconds };
    return [{ name, ...escalation, ...(mode === undefined ? {} : { mode }), enterOn: [], actions: laid }];
  });
  return { stages, unfit };
}

function targetsOf({ targetKind }: RungAction, targets: readonly TargetSpec[]): readonly TargetSpec[] {
  return targets.filter((target) => isOneOf(targetKind === 'Route' ? trafficKeys : flagKeys, target));
}

function actionOn(action: RungAction, { name: target, ...kind }: TargetSpec): StageActionSpec {
  if ('flagRollback' in action) return { target, flagRollback: {} };
  if ('canaryLimit' in action) return { target, canaryLimit: action.canaryLimit };
  return mirroringKeys.some((key) => key in kind) ? { target, shadow: action.shadow } : { target, canaryLimit: { maxPercent: 0 } };
}

function isOneOf(keys: readonly string[], target: TargetSpec): boolean {
  return keys.some((key) => key in target);
}
