import type { ModelRisk } from '../api/model-risk.ts';
import { toEvidence, toQuantifiedRisks } from '../api/risk-register.ts';
import { isSevere } from '../core/judge.ts';
import { hasPower, neutralRatio, nextRatio } from '../core/risk/evidence.ts';
import { lossWithoutFines, modelLoss } from '../core/risk/model-loss.ts';
import type { ModelLoss } from '../core/risk/model-loss.ts';
import { createScoreMesh } from '../core/risk/score-mesh.ts';
import { liveShareUnder } from './live-share.ts';
import { snapshotInForce } from './plan-state.ts';
import type { Programme } from './programme.ts';
import type { IndicatorState, RiskState } from './risk-state.ts';

/** What a model stands to lose, and what that was computed from beside its spec. */
export interface BookedLoss {
  readonly loss: ModelLoss;
  readonly liveShare: number;
  readonly safeLoss: number | null;
}

/** What every model stands to lose, from memory alone. */
export interface LossBook {
  /** Takes in the last readings of a risk; true when its figures may be others. Cheap: for every poll. */
  takeIn(risk: RiskState): boolean;
  /** The figures as they are now, computed where something changed since; null when no entry of the register has a price. */
  of(risk: RiskState): BookedLoss | null;
  /** The figures as they were last computed. */
  known(risk: RiskState): ModelLoss | null;
}

interface Page {
  readonly inputs: string;
  readonly booked: BookedLoss | null;
}

export function createLossBook(programme: Pick<Programme, 'plansOf' | 'risks'>): LossBook {
  const mesh = createScoreMesh();
  // By the object as it was read: an edit of the spec begins a new page, one of the policy, which no figure depends on, does not.
  const pages = new WeakMap<ModelRisk, Page>();
  const shareOf = (risk: RiskState): number => liveShareUnder(programme.plansOf(risk.key));
  const inputsOf = (risk: RiskState, liveShare: number): string => JSON.stringify([liveShare, ...risk.ratios]);

  function compute(risk: RiskState, liveShare: number): BookedLoss | null {
    const risks = toQuantifiedRisks(risk.risk.spec);
    if (risks.length === 0) return null;
    const safeLoss = liveShare < 1 ? safeLossOf(risk, programme) : null;
    const loss = modelLoss({ risks, evidence: toEvidence(risk.risk.spec, risk.ratios), liveShare, safeLoss }, mesh);
    return { loss, liveShare, safeLoss };
  }

  return {
    takeIn: (risk) => {
      const liveShare = shareOf(risk);
      for (const [name, state] of risk.indicators) {
        const ratio = ratioNow(state, risk.ratios.get(name), liveShare < 1);
        if (ratio !== null) risk.ratios.set(name, ratio);
      }
      const page = pages.get(risk.risk);
      return page !== undefined && page.inputs !== inputsOf(risk, liveShare);
    },
    of: (risk) => {
      const liveShare = shareOf(risk);
      const inputs = inputsOf(risk, liveShare);
      const known = pages.get(risk.risk);
      if (known?.inputs === inputs) return known.booked;
      const booked = compute(risk, liveShare);
      pages.set(risk.risk, { inputs, booked });
      return booked;
    },
    known: (risk) => pages.get(risk.risk)?.booked?.loss ?? null,
  };
}

/**
 * By the reading at the last change of verdict or state, and only whether it is severe by the last of all: an Ok that gains or loses
 * power as traffic comes and goes must not write a status each time. Null: nothing was read yet.
 */
function ratioNow({ readings }: IndicatorState, before: number | undefined, constrained: boolean): number | null {
  const ratios = [...readings.values()].flatMap(({ shown, assessment }) => {
    if (shown === null) return [];
    const { verdict } = shown;
    const severe = assessment?.observation.kind === 'Value' && isSevere(assessment.indicator.threshold, assessment.observation);
    return [nextRatio(before ?? neutralRatio, { verdict, severe, hasPower: hasPower(shown), constrained })];
  });
  return ratios.length === 0 ? null : Math.max(...ratios);
}

/** What the ModelRisk of the safe version says that version costs, by its history; null where there is none, or it has no price. */
function safeLossOf(risk: RiskState, programme: Pick<Programme, 'plansOf' | 'risks'>): number | null {
  const versions = new Set(programme.plansOf(risk.key).flatMap((plan) => snapshotInForce(plan).safeVersion ?? []));
  const priced = [...programme.risks.values()]
    .filter(({ key, identity }) => key !== risk.key && isSafeVersion(identity, risk.identity, versions))
    .map((safe) => toQuantifiedRisks(safe.risk.spec))
    .filter((risks) => risks.length > 0);
  return priced.length === 0 ? null : Math.max(...priced.map(lossWithoutFines));
}

function isSafeVersion(identity: RiskState['identity'], guarded: RiskState['identity'], versions: ReadonlySet<string>): boolean {
  return identity.namespace === guarded.namespace && identity.model === guarded.model && versions.has(identity.version);
}
