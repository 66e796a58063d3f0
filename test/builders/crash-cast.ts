import type { Cast, Reading } from '../../testbed/crash/case-bed.ts';
import type { StandInSeries } from '../../testbed/prometheus-answer.ts';
import { wallClockMs } from '../../testbed/wall-clock.ts';
import { applyGuardedModel } from './guarded-model.ts';

const candidateDrift: Readonly<Record<Reading, number>> = { Ok: 0.01, Breach: 0.9 };

function series(namespace: string, reading: Reading): readonly StandInSeries[] {
  const values = { '2.3.0': candidateDrift[reading], '2.2.0': candidateDrift.Ok };
  return Object.entries(values).flatMap(([version, value]) => {
    const labels = { namespace, model: 'credit', version };
    return [
      { labels: { ...labels, __modelrisk_part__: 'value' }, value },
      { labels: { ...labels, __modelrisk_part__: 'time0' }, value: wallClockMs() / 1000 },
    ];
  });
}

/** The main story with the shortest timers its kinds allow. */
export const crashCast: Cast = {
  apply: (client, at) =>
    applyGuardedModel(client, {
      ...at,
      plan: {
        stages: [
          { name: 'limit', escalateAfterSeconds: 1, actions: [{ target: 'traffic', canaryLimit: { maxPercent: 10 } }] },
          { name: 'shadow', escalateAfterSeconds: 1, actions: [{ target: 'traffic', shadow: { percent: 100 } }] },
          {
            name: 'rollback',
            actions: [
              { target: 'traffic', canaryLimit: { maxPercent: 0 } },
              { target: 'flag', flagRollback: {} },
            ],
          },
        ],
        recovery: { stepSeconds: 1, probeAfterSeconds: 1 },
      },
    }),
  series,
  flag: { key: 'use-v2', safeVariant: 'off' },
  stageMaxPercent: [10, 0, 0],
};
