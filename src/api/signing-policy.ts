import { cel } from './cel.ts';
import { count, name, seconds, setList } from './fields.ts';

/** What a RiskPolicy says of who signs models off, and for how long. */

export const signOffRoles = setList(name('Role (riskroles.modelrisk.dev).'), {
  min: 1,
  max: 16,
  description:
    'Roles that each have to sign a model of this tier off (a RiskDecision with action SignOff), each another person, none of whom wrote the model. Left out: none has to.',
}).exactOptional();

export const signingPolicyFields = {
  roles: setList(name('Role (riskroles.modelrisk.dev).'), {
    min: 1,
    max: 32,
    description: 'Roles of the programme: with it reviewRoles and signOffRoles may name no others. Left out: they may name any.',
  }).exactOptional(),
  maxAcceptanceSeconds: seconds(
    60,
    'Longest time a broken limit may be accepted at once (a RiskDecision with action Accept). Default 7776000: 90 days.',
  ).default(7_776_000),
  maxRenewals: count(100, 'How often one may be accepted again before as much time as that went by without. Default 1.').default(1),
  maxSignOffSeconds: seconds(
    60,
    'Seconds after which a sign-off ends, whatever expiresAt of it says. Left out: it ends at its expiresAt, or not at all.',
  ).exactOptional(),
};

const known = (field: string): string => `(!has(t.${field}) || t.${field}.all(r, r in self.roles))`;

export const signingPolicyRules = cel({
  rule: `!has(self.roles) || self.tiers.all(t, ${known('reviewRoles')} && ${known('signOffRoles')})`,
  fieldPath: '.tiers',
  message: 'reviewRoles and signOffRoles must name entries of roles: add the role to roles or correct the name',
})['x-kubernetes-validations'];
