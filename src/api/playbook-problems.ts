import type { RiskPolicySpec } from './risk-policy.ts';
import { stricterThreshold } from './stricter.ts';
import { riskTerms } from './terms.ts';

type Tiers = Pick<RiskPolicySpec, 'tiers'>;

/** Where a policy contradicts itself: what a playbook supplies and a floor of the same tier forbids. A sentence each. */
export function playbookProblems({ tiers }: Tiers): readonly string[] {
  return tiers.flatMap((tier) => {
    const { playbook, floors, name } = tier;
    if (playbook === undefined || floors === undefined) return [];
    const said = (what: string): string =>
      `Tier ${name} supplies ${what} by its playbook and forbids it by its floors: the floor is in force; make the two agree.`;
    const { evaluationIntervalSeconds } = riskTerms({ indicators: [] }, tier);
    const looser = (playbook.thresholds ?? []).filter(({ signal, threshold }) => {
      const limit = floors.limits?.find((each) => each.signal === signal);
      return limit !== undefined && stricterThreshold(threshold, limit) !== threshold;
    });
    return [
      ...(evaluationIntervalSeconds.from === 'Floor' && playbook.evaluationIntervalSeconds !== undefined
        ? [said('evaluationIntervalSeconds')]
        : []),
      ...(isMilder(playbook.onNoData, floors.onNoData) ? [said('onNoData')] : []),
      ...(playbook.onNoEvidence === 'Hold' && floors.onNoEvidence !== undefined ? [said('onNoEvidence')] : []),
      ...looser.map(({ signal }) => said(`a threshold of signal ${signal}`)),
    ];
  });
}

function isMilder(supplied: string | undefined, floor: string | undefined): boolean {
  const order = ['Ignore', 'Hold', 'Breach'];
  return supplied !== undefined && floor !== undefined && order.indexOf(supplied) < order.indexOf(floor);
}
