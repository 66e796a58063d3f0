import type { EpochMs } from '../../shared/clock.ts';
import type { Indicator } from './indicator.ts';
import type { ModelIdentity, Observation, Served } from './observation.ts';

/** Only a fresh, finite, single, sufficient value can be Ok. */
export type Verdict = 'Ok' | 'Warn' | 'Breach' | 'Insufficient' | 'NoData' | 'Error';

/** A verdict plus its evidence, for one indicator of one version. */
export interface Assessment {
  readonly indicator: Indicator;
  readonly identity: ModelIdentity;
  readonly served: Served;
  readonly observation: Observation;
  readonly verdict: Verdict;
  readonly assessedAtMs: EpochMs;
  /** Start of the data behind the value; null unless the observation is a value. */
  readonly windowStartMs: EpochMs | null;
  /** A missing reading that says more of the provider, or of the operator, than of the model: nothing may be concluded from it. */
  readonly excused?: true;
}
