import { modelRiskManifest } from '../../builders/api.ts';
import { casesOf, type CELCase, type Change, type Variation } from './cel-case.ts';

const quorum = (signal: object, rest: object = {}): Change => [
  'spec.indicators[3]',
  { name: 'two-of-two', risk: 'unfair-denials', signal: { quorum: { atLeast: 2, ...signal } }, ...rest },
];
const sound = quorum({ indicators: ['approval-parity', 'score-drift'] });

function namesMember(member: string): Variation {
  return {
    field: 'spec.indicators',
    message: 'signal.quorum.indicators names other entries of indicators that are no quorum themselves: correct the names',
    accept: [sound],
    reject: [quorum({ indicators: ['approval-parity', member] })],
  };
}

export const quorumCases: readonly CELCase[] = casesOf(modelRiskManifest(), [
  {
    field: 'spec.indicators[3].threshold',
    message:
      'beside signal.promQL write a threshold (that of a template the playbook of the tier may supply); beside signal.quorum leave it out, its limit is atLeast',
    accept: [sound],
    reject: [quorum({ indicators: ['approval-parity', 'score-drift'] }, { threshold: { direction: 'Above', breach: 1 } })],
  },
  {
    field: 'spec.indicators[3].signal.quorum.atLeast',
    message: 'so many indicators are not listed, and it could never breach: write an atLeast of at most their number',
    accept: [sound],
    reject: [quorum({ indicators: ['approval-parity', 'score-drift'], atLeast: 3 })],
  },
  {
    field: 'spec.indicators[3].signal.quorum',
    message: 'a quorum counts verdicts, not rows: leave minSamples and objective out',
    accept: [sound],
    reject: [quorum({ indicators: ['approval-parity', 'score-drift'] }, { minSamples: 5 })],
  },
  namesMember('two-of-two'),
]);

/** Further ways to break rules that have their case above. */
export const furtherQuorumCases: readonly CELCase[] = casesOf(modelRiskManifest(), [
  {
    field: 'spec.indicators[2].threshold',
    message:
      'beside signal.promQL write a threshold (that of a template the playbook of the tier may supply); beside signal.quorum leave it out, its limit is atLeast',
    accept: [['spec.indicators[0].threshold', undefined]],
    reject: [['spec.indicators[2].threshold', undefined]],
  },
  namesMember('drift'),
]);
