import { planManifest } from '../../builders/api.ts';
import { casesOf } from './cel-case.ts';

const flagOnly = [{ target: 'flag', flagRollback: {} }];

// Further kinds of targets have theirs in cel-cases-of-targets.ts.
export const furtherPlanCases = casesOf(planManifest(), [
  {
    field: 'spec.approval',
    message: 'mode Approve, of the plan or of a stage, asks people: write approval.roles, or choose another mode',
    accept: [
      ['spec.stages[1].mode', 'Approve'],
      ['spec.approval', { roles: ['risk'] }],
    ],
    reject: [['spec.stages[1].mode', 'Approve']],
  },
  {
    field: 'spec.stages',
    message:
      'a stage must hold at least what the stage before holds: repeat each target with the same or a tighter action (shadow, a lower maxPercent, more minReplicas), or roll back a flag that is behind the route',
    accept: [['spec.stages[2].actions', flagOnly]],
    reject: [
      ['spec.stages[2].actions', flagOnly],
      ['spec.targets[1].featureFlag.behind', undefined],
    ],
  },
]);
