import { cel } from './cel.ts';
import { name, seconds, setList } from './fields.ts';
import { reviewCalendarFields, reviewCalendarRule } from './review-calendar.ts';

/** What a RiskPolicy says of its own reviews: the taxonomy, the tiers and the limits are looked at again like any model. */
export const policyReviewFields = {
  reviewEverySeconds: seconds(
    3600,
    'How often this policy itself, with its categories, tiers and signals, is to be looked at by people (a RiskDecision with action Review about it), in seconds, e.g. 31536000. Left out: nobody is asked to.',
  ).exactOptional(),
  ...reviewCalendarFields,
  reviewRoles: setList(name('Role (riskroles.modelrisk.dev).'), {
    min: 1,
    max: 16,
    description: 'Roles whose Review of this policy counts. Left out: every role the author may review in, in the whole cluster.',
  }).exactOptional(),
};

export const policyReviewRules = cel(reviewCalendarRule, {
  rule: '!has(self.roles) || !has(self.reviewRoles) || self.reviewRoles.all(r, r in self.roles)',
  fieldPath: '.reviewRoles',
  message: 'reviewRoles must name entries of roles: add the role to roles or correct the name',
})['x-kubernetes-validations'];
