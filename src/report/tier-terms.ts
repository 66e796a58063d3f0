import type { TierSpec } from '../api/risk-tier.ts';
import type { Ladder } from '../api/playbook.ts';

interface TierTerm {
  readonly field: string;
  readonly value: string;
}

const seconds = (value: number | undefined): string | undefined => (value === undefined ? undefined : `${String(value)} s`);

/** What a tier says beside what `askedBy` lists: who belongs to it, ladder, limits and floors. */
export function tierTerms({ when, playbook, floors }: TierSpec): readonly TierTerm[] {
  const said: readonly (readonly [string, string | undefined])[] = [
    ['when', whenText(when)],
    ['playbook.evaluationIntervalSeconds', seconds(playbook?.evaluationIntervalSeconds)],
    ['playbook.onNoData', playbook?.onNoData],
    ['playbook.onNoEvidence', playbook?.onNoEvidence],
    ['playbook.ladder', playbook?.ladder === undefined ? undefined : ladderText(playbook.ladder)],
    ['floors.onNoData', floors?.onNoData],
    ['floors.onNoEvidence', floors?.onNoEvidence],
    ['floors.evaluationIntervalSeconds', seconds(floors?.evaluationIntervalSeconds)],
  ];
  return [
    ...said.flatMap(([field, value]) => (value === undefined ? [] : [{ field, value }])),
    ...(playbook?.thresholds ?? []).map(({ signal, threshold }) => ({
      field: `playbook.thresholds[${signal}]`,
      value: `${threshold.direction} breach ${String(threshold.breach)}`,
    })),
    ...(floors?.limits ?? []).map(({ signal, direction, breach }) => ({
      field: `floors.limits[${signal}]`,
      value: `${direction} breach ${String(breach)}`,
    })),
  ];
}

function whenText(when: TierSpec['when']): string {
  if (when === undefined) return 'every model that no tier above took';
  const { expectedAnnualLossAtLeast, singleEventP95AtLeast, criticality } = when;
  return [
    ...(expectedAnnualLossAtLeast === undefined ? [] : [`expected annual loss at least ${String(expectedAnnualLossAtLeast)}`]),
    ...(singleEventP95AtLeast === undefined ? [] : [`1 incident of 20 costs at least ${String(singleEventP95AtLeast)}`]),
    ...(criticality === undefined ? [] : [`declared ${criticality.join(' or ')}`]),
  ].join(', or ');
}

function ladderText(ladder: Ladder): string {
  return ladder
    .map(({ name, escalateAfterSeconds, actions }) => {
      const next = escalateAfterSeconds === undefined ? '' : `, next after ${String(escalateAfterSeconds)} s`;
      return `${name}: ${actions.map(actionText).join(' + ')}${next}`;
    })
    .join('; ');
}

function actionText(action: Ladder[number]['actions'][number]): string {
  if ('canaryLimit' in action) return `${action.targetKind} at most ${String(action.canaryLimit.maxPercent)} %`;
  return `${action.targetKind} ${'shadow' in action ? 'shadow' : 'rolled back'}`;
}
