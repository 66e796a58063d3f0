import type { Cancel, Clock } from '../shared/clock.ts';
import type { ClusterKind } from '../signals/cluster/port.ts';
import { kindsRead } from '../signals/cluster/source.ts';
import { readsConfigMap } from './config-map-references.ts';
import type { Programme } from './programme.ts';
import type { FrozenSource } from './risk-state.ts';
import type { ReferenceSight } from './reference-sight.ts';
import type { ClusterSight } from './sight.ts';
import { signalsOf } from './votes.ts';

/** A policy that is edited back and forth must not list every pod of the cluster each time. */
const tendEveryMs = 60_000;

/** Every kind some indicator reads: of a risk as it is written, or as a plan engaged on it. */
function neededKinds({ risks, plans }: Pick<Programme, 'risks' | 'plans'>): ReadonlySet<ClusterKind> {
  const kinds = new Set<ClusterKind>();
  const need = (source: FrozenSource['signal']): void => {
    for (const signal of signalsOf(source)) if (signal.kind === 'Cluster') for (const kind of kindsRead(signal)) kinds.add(kind);
  };
  for (const { indicators } of risks.values()) for (const { signal } of indicators.values()) need(signal);
  for (const { engaged, sources } of plans.values()) if (engaged !== null) for (const { signal } of sources.values()) need(signal);
  return kinds;
}

export interface Watches {
  readonly sight: Pick<ClusterSight, 'keepOnly'>;
  readonly references: Pick<ReferenceSight, 'close'>;
}

/** Closes watches nobody reads any more, from now on until the returned end. They are opened by whoever reads first. */
export function tendSight(programme: Pick<Programme, 'risks' | 'plans'>, { sight, references }: Watches, clock: Clock): Cancel {
  let cancel: Cancel = () => undefined;
  const again = (): void => {
    cancel = clock.after(tendEveryMs, () => {
      sight.keepOnly(neededKinds(programme));
      // Engagements hold the counts they began on.
      if (![...programme.risks.values()].some(({ risk }) => readsConfigMap(risk, null))) references.close();
      again();
    });
  };
  again();
  return () => {
    cancel();
  };
}
