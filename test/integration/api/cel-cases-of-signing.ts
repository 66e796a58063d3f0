import { decisionManifest, riskPolicyManifest, withValue } from '../../builders/api.ts';
import { casesOf } from './cel-case.ts';
import type { CELCase } from './cel-case.ts';

/** Rules of sign-offs. */

const reviewed = withValue(withValue(riskPolicyManifest(), 'spec.roles', ['product', 'compliance', 'risk']), 'spec.reviewRoles', [
  'compliance',
]);

const tiered = withValue(withValue(riskPolicyManifest(), 'spec.roles', ['product', 'compliance']), 'spec.tiers', [
  { name: 'High', when: { criticality: ['High'] }, signOffRoles: ['product'], reviewRoles: ['compliance'] },
  { name: 'Low' },
]);

export const signingCases: readonly CELCase[] = [
  ...casesOf(tiered, [
    {
      field: 'spec.tiers',
      message: 'reviewRoles and signOffRoles must name entries of roles: add the role to roles or correct the name',
      accept: [['spec.tiers[0].signOffRoles', ['product', 'compliance']]],
      reject: [['spec.tiers[0].signOffRoles', ['security']]],
    },
  ]),
  ...casesOf(reviewed, [
    {
      field: 'spec.reviewRoles',
      message: 'reviewRoles must name entries of roles: add the role to roles or correct the name',
      accept: [['spec.reviewRoles', ['product', 'compliance']]],
      reject: [['spec.reviewRoles', ['security']]],
    },
  ]),
  ...casesOf(decisionManifest('Accept'), [
    {
      field: 'spec.indicators',
      message: 'write the indicators for Accept, and leave them out otherwise',
      accept: [['spec.indicators', ['approval-parity']]],
      reject: [['spec.indicators', undefined]],
    },
  ]),
  ...casesOf(decisionManifest('SignOff'), [
    {
      field: 'spec.signed',
      message: 'write signed (kubectl modelrisk sign-off makes it) for SignOff, and leave it out otherwise',
      accept: [['spec.signed', '{"signedVersion":1}']],
      reject: [['spec.signed', undefined]],
    },
  ]),
];
