import type { ModelRisk } from '../api/model-risk.ts';
import type { Cluster } from './cluster.ts';
import type { RiskState } from './risk-state.ts';

/**
 * Whether a version may be what callers are sent to in the place of the one under guard: one with all sign-offs, where the tier asks for some. Of a model
 * nobody has looked at yet none is: what is not compared engages.
 */
export function isApprovedVersion({ own }: { readonly own: Pick<Cluster['own'], 'risks'> }, risk: RiskState, version: string): boolean {
  const { status } = (own.risks.store.get(risk.key) ?? {}) as { readonly status?: Partial<ModelRisk['status']> };
  const { conditions = [], approvedVersions = [] } = status ?? {};
  const isFree = conditions.some(({ type, reason }) => type === 'SignedOff' && reason === 'NotRequired');
  return isFree || approvedVersions.some((each) => each.version === version);
}
