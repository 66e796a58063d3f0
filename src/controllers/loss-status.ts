import { toLossStatus } from '../api/loss-status.ts';
import { unquantifiedRisks } from '../api/risk-register.ts';
import type { RiskPolicy } from '../api/risk-policy.ts';
import { toTierStatus } from '../api/tier-status.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { JSONValue } from '../shared/json.ts';
import type { LossBook } from './loss-book.ts';
import type { RiskState } from './risk-state.ts';

export interface LossStatusContext {
  readonly losses: LossBook;
  /** Null: it does not exist, or can't be read. */
  readonly policy: RiskPolicy | null;
  /** A review came just now: the tier may fall to what the numbers say. */
  readonly reviewed: boolean;
}

/** Loss and tier as the status shows them. `object` carries the tier it was in: the only memory there is of it. */
export function lossStatus(state: RiskState, object: UntypedObject, { losses, policy, reviewed }: LossStatusContext) {
  const booked = losses.of(state);
  const tier = tierNow(state, reviewed ? null : previousTier(object), { booked, policy });
  const { risk } = state;
  return {
    ...(tier === null ? {} : { tier }),
    ...(booked === null ? {} : toLossStatus(booked, policy?.spec.currency ?? null)),
    unquantifiedRisks: [...unquantifiedRisks(risk.spec)],
  };
}

type StoredTier = { readonly inherent: string } & { readonly [field: string]: JSONValue };

function tierNow(
  { risk }: RiskState,
  before: StoredTier | null,
  { booked, policy }: { readonly booked: ReturnType<LossBook['of']>; readonly policy: RiskPolicy | null },
) {
  // Without its policy nobody can say which tier is the higher one.
  if (policy === null) return before;
  return toTierStatus({ spec: risk.spec, policy: policy.spec, loss: booked?.loss ?? null, before: before?.inherent ?? null });
}

function previousTier(object: UntypedObject): StoredTier | null {
  const { status } = object as { readonly status?: { readonly tier?: StoredTier } };
  return status?.tier ?? null;
}
