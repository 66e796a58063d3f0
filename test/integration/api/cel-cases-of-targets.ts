import { planManifest } from '../../builders/api.ts';
import { flagKeys, mirroringKeys, targetKeys, workloadKeys } from '../../../src/api/targets/target.ts';
import { casesOf } from './cel-case.ts';

const ends = { candidate: { service: 'credit-v2', port: 8080 }, safe: { service: 'credit-v1', port: 8080, version: '2.2.0' } };
const further = [
  { key: 'grpcRoute', target: { name: 'third', grpcRoute: { name: 'calls', ...ends } } },
  {
    key: 'virtualService',
    target: {
      name: 'third',
      virtualService: { name: 'mesh', candidate: { host: 'credit-v2' }, safe: { host: 'credit-v1', version: '2.2.0' } },
    },
  },
  { key: 'inferenceService', target: { name: 'third', inferenceService: { name: 'served', safe: { version: '2.2.0' } } } },
] as const;

/** What is said of an action on a target that can't do it. */
export const needs = (action: string, keys: readonly string[]): string =>
  `${action} needs a target of the kind ${keys.join(', ')}: name one, or write an action this target can do`;

/** What the rules of a plan say of each kind of route beside HTTPRoute. */
const routeCases = further.flatMap(({ key, target }) =>
  casesOf(planManifest(), [
    {
      field: 'spec.targets[2]',
      message: `write exactly one of ${targetKeys.join(', ')}`,
      accept: [['spec.targets[2]', target]],
      reject: [['spec.targets[2]', { ...target, featureFlag: { name: 'flags', flag: 'f', safeVariant: 'off' } }]],
    },
    {
      field: 'spec.stages',
      message: needs('flagRollback', flagKeys),
      accept: [
        ['spec.targets[2]', target],
        ['spec.stages[2].actions[2]', { target: 'third', canaryLimit: { maxPercent: 5 } }],
      ],
      reject: [
        ['spec.targets[2]', target],
        ['spec.stages[2].actions[2]', { target: 'third', flagRollback: {} }],
      ],
    },
    {
      field: 'spec.targets',
      message: 'behind must name a route among targets: add the route or leave behind out',
      accept: [
        ['spec.targets[2]', target],
        ['spec.targets[1].featureFlag.behind', 'third'],
      ],
      reject: [
        ['spec.targets[2]', target],
        ['spec.targets[1].featureFlag.behind', 'fourth'],
      ],
    },
    {
      field: 'spec.targets',
      message: 'safe.version is judged once for the plan: write the same version in every route, or use two plans',
      accept: [['spec.targets[2]', target]],
      reject: [
        ['spec.targets[2]', target],
        [`spec.targets[2].${key}.safe.version`, '2.1.0'],
      ],
    },
  ]),
);

const pods = { name: 'pods', deployment: { name: 'credit-v2', behind: 'traffic' } };
const room = { name: 'room', deployment: { name: 'credit-v1' } };
const scale = (minReplicas: number) => ({ target: 'room', scale: { minReplicas } });

/** The rules of their own that Deployments have. */
export const workloadCases = casesOf(planManifest(), [
  {
    field: 'spec.stages',
    message: needs('pin', workloadKeys),
    accept: [
      ['spec.targets[2]', pods],
      ['spec.stages[2].actions[2]', { target: 'pods', pin: {} }],
    ],
    reject: [['spec.stages[2].actions[1]', { target: 'flag', pin: {} }]],
  },
  {
    field: 'spec.stages',
    message: needs('scale', workloadKeys),
    accept: [
      ['spec.targets[2]', room],
      ['spec.stages[2].actions[2]', scale(3)],
    ],
    reject: [['spec.stages[2].actions[1]', { target: 'flag', scale: { minReplicas: 3 } }]],
  },
  {
    field: 'spec.targets',
    message: 'revision and behind say how a Deployment is pinned: leave them out of a target that is scaled',
    accept: [
      ['spec.targets[2]', room],
      ['spec.stages[2].actions[2]', scale(3)],
    ],
    reject: [
      ['spec.targets[2]', { ...room, deployment: { name: 'credit-v1', revision: 2 } }],
      ['spec.stages[2].actions[2]', scale(3)],
    ],
  },
]);

/** What others say of them. */
const furtherWorkloadCases = casesOf(planManifest(), [
  {
    field: 'spec.targets',
    message: 'behind must name a route among targets: add the route or leave behind out',
    accept: [
      ['spec.targets[2]', pods],
      ['spec.stages[2].actions[2]', { target: 'pods', pin: {} }],
    ],
    reject: [
      ['spec.targets[2]', { ...pods, deployment: { name: 'credit-v2', behind: 'flag' } }],
      ['spec.stages[2].actions[2]', { target: 'pods', pin: {} }],
    ],
  },
  {
    field: 'spec.stages',
    message:
      'a stage must hold at least what the stage before holds: repeat each target with the same or a tighter action (shadow, a lower maxPercent, more minReplicas), or roll back a flag that is behind the route',
    accept: [
      ['spec.targets[2]', room],
      ['spec.stages[1].actions[1]', scale(3)],
      ['spec.stages[2].actions[2]', scale(4)],
    ],
    reject: [
      ['spec.targets[2]', room],
      ['spec.stages[1].actions[1]', scale(3)],
      ['spec.stages[2].actions[2]', scale(2)],
    ],
  },
]);

const served = { name: 'third', inferenceService: { name: 'served', candidate: { canary: 'v2' } } };

/** KServe can't mirror. */
const unmirrored = casesOf(planManifest(), [
  {
    field: 'spec.stages',
    message: needs('shadow', mirroringKeys),
    accept: [
      ['spec.targets[2]', served],
      ['spec.stages[2].actions[2]', { target: 'third', canaryLimit: { maxPercent: 0 } }],
    ],
    reject: [
      ['spec.targets[2]', served],
      ['spec.stages[2].actions[2]', { target: 'third', shadow: {} }],
    ],
  },
]);

export const targetCases = [...routeCases, ...furtherWorkloadCases, ...unmirrored];
