import type { APIClient } from '../../testbed/api-client.ts';
import type { Cast, Reading } from '../../testbed/crash/case-bed.ts';
import { flagIs, stageHolds } from '../../testbed/crash/end-state.ts';
import { publishBackend } from '../../testbed/backend.ts';
import type { StandInSeries } from '../../testbed/prometheus-answer.ts';
import { wallClockMs } from '../../testbed/wall-clock.ts';
import {
  aModelRisk,
  aPolicy,
  applyGuardedModel,
  featureFlags,
  httpRoutes,
  mitigationPlans,
  modelRisks,
  riskPolicies,
} from './guarded-model.ts';
import type { StoryTarget } from './story-target.ts';
import { planOver } from './target-stories.ts';

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
  targets: [
    { resource: httpRoutes, name: 'credit' },
    { resource: featureFlags, name: 'credit-flags' },
  ],
  climbed: { what: 'the flag on its safe variant', isSo: (timeline) => flagIs(timeline, 'use-v2', 'off') },
  flag: { key: 'use-v2', safeVariant: 'off', movesLiveTraffic: false },
  stageMaxPercent: [10, 0, 0],
  untouched: [],
};

type Actions = StoryTarget['engage'][number];

function stagesOf({ engage, escalate }: StoryTarget): StoryTarget['engage'] {
  return 'refused' in escalate ? engage : [...engage, escalate];
}

/** Null for a stage whose actions bound no share. */
function mostOf(actions: Actions): number | null {
  const bounds = (actions as readonly { readonly canaryLimit?: { readonly maxPercent: number }; readonly shadow?: object }[]).flatMap(
    ({ canaryLimit, shadow }) => (shadow === undefined ? (canaryLimit?.maxPercent ?? []) : 0),
  );
  return bounds.length === 0 ? null : Math.min(...bounds);
}

async function applyStory(
  client: APIClient,
  target: StoryTarget,
  at: { readonly namespace: string; readonly providerURL: string },
): Promise<void> {
  const { namespace } = at;
  for (const name of ['credit-v1', 'credit-v2']) await publishBackend(client, { name, namespace, port: 8080 });
  for (const { resource, manifest } of [...target.alongside, target])
    await client.apply(resource, manifest(namespace), { fieldManager: 'kubectl' });
  await client.create(riskPolicies, aPolicy(at));
  await client.create(modelRisks, aModelRisk(at));
  await client.create(mitigationPlans, planOver({ namespace }, target, stagesOf(target)));
}

/** The same of one kind of target, by its row among the stories: up all its stages and down again. */
export function castOf(target: StoryTarget): Cast {
  const stages = stagesOf(target);
  const most = stages.map(mostOf).filter((percent) => percent !== null);
  const namesOf = ({ resource, manifest }: Pick<StoryTarget, 'resource' | 'manifest'>) => ({
    resource,
    name: manifest('any').metadata.name ?? '',
  });
  return {
    apply: (client, at) => applyStory(client, target, at),
    series,
    targets: [...target.alongside, target].map(namesOf),
    climbed: { what: 'the last stage in force', isSo: (timeline) => stageHolds(timeline, stages.length - 1) },
    flag: null,
    stageMaxPercent: most.length === stages.length ? most : null,
    untouched: target.untouched,
  };
}
