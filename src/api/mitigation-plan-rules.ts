import type { CELRule } from './cel.ts';
import { behindKeys, flagKeys, jobKeys, mirroringKeys, patchKeys, trafficKeys, workloadKeys } from './targets/target.ts';

const hasOneOf = (keys: readonly string[], target: string): string => `(${keys.map((key) => `has(${target}.${key})`).join(' || ')})`;

/** A flag whose callers sit behind the traffic target of that name. */
const flagIsBehind = (flag: string, traffic: string): string =>
  `(${flagKeys.map((key) => `has(${flag}.${key}) && has(${flag}.${key}.behind) && ${flag}.${key}.behind == ${traffic}`).join(' || ')})`;

/** Traffic targets whose safe backend may name its version. */
const versionKeys = ['httpRoute', 'grpcRoute', 'virtualService', 'experiment', 'inferenceService', 'rollout'];

const tightness = {
  flagRollback: '(has(a.flagRollback) && has(b.flagRollback))',
  pin: '(has(a.pin) && has(b.pin))',
  patch: '(has(a.patch) && has(b.patch))',
  scale: '(has(a.scale) && has(b.scale) && b.scale.minReplicas >= a.scale.minReplicas)',
  canaryLimit: '(has(a.canaryLimit) && (has(b.shadow) || (has(b.canaryLimit) && b.canaryLimit.maxPercent <= a.canaryLimit.maxPercent)))',
  shadow: '(has(a.shadow) && (has(b.shadow) || (has(b.canaryLimit) && b.canaryLimit.maxPercent == 0)))',
} as const;

/** Live share may only shrink going up the ladder, and room only grow: `b` holds at least what `a` holds on the same target. Of these actions. */
export function atLeastAsTight(actions: readonly (keyof typeof tightness)[]): string {
  return actions.map((action) => tightness[action]).join(' || ');
}

/** Nothing of `a` is given up: it held nothing back, a Job holds nothing, or stage k + 1 takes its route away from callers whole, by a flag it is behind. */
const needsNoRepeating =
  'has(a.runJob) || (has(a.canaryLimit) && a.canaryLimit.maxPercent == 100)' +
  ` || (!has(a.flagRollback) && self.targets.exists(t, ${flagIsBehind('t', 'a.target')}` +
  ' && self.stages[k + 1].actions.exists(b, has(b.flagRollback) && b.target == t.name)))';

/** By pairs of kinds: the estimator of costs knows no bound of a string a condition yields. */
const sameSafeVersion = versionKeys
  .flatMap((key, index) => versionKeys.slice(index).map((other) => [key, other] as const))
  .map(
    ([key, other]) =>
      `self.targets.all(t, !has(t.${key}) || !has(t.${key}.safe.version) || self.targets.all(u, !has(u.${other}) || !has(u.${other}.safe.version) || t.${key}.safe.version == u.${other}.safe.version))`,
  )
  .join(' && ');

/** An action is for targets that can do it. */
function actionNeeds(action: string, keys: readonly string[]): CELRule {
  return {
    rule: `!has(self.stages) || self.stages.all(s, s.actions.all(a, !has(a.${action}) || self.targets.all(t, t.name != a.target || ${hasOneOf(keys, 't')})))`,
    fieldPath: '.stages',
    message: `${action} needs a target of the kind ${keys.join(', ')}: name one, or write an action this target can do`,
  };
}

/** Rules over the whole spec of a MitigationPlan. */
export const planRules: readonly CELRule[] = [
  {
    rule: '!has(self.stages) || self.stages.all(s, s.actions.all(a, self.targets.exists(t, t.name == a.target)))',
    fieldPath: '.stages',
    message: 'every actions[].target must name an entry of targets: add the target or correct the name',
  },
  actionNeeds('canaryLimit', trafficKeys),
  actionNeeds('shadow', mirroringKeys),
  actionNeeds('flagRollback', flagKeys),
  actionNeeds('pin', workloadKeys),
  actionNeeds('scale', workloadKeys),
  actionNeeds('patch', patchKeys),
  actionNeeds('runJob', jobKeys),
  {
    rule: 'self.targets.all(t, !has(t.deployment) || (!has(t.deployment.revision) && !has(t.deployment.behind)) || !has(self.stages) || self.stages.all(s, s.actions.all(a, a.target != t.name || !has(a.scale))))',
    fieldPath: '.targets',
    message: 'revision and behind say how a Deployment is pinned: leave them out of a target that is scaled',
  },
  {
    rule: `!has(self.stages) || [0, 1, 2, 3, 4, 5, 6].all(k, self.stages.size() <= k + 1 || self.stages[k].actions.all(a, self.stages[k + 1].actions.exists(b, b.target == a.target && (${atLeastAsTight(['flagRollback', 'pin', 'patch', 'scale', 'canaryLimit', 'shadow'])})) || ${needsNoRepeating}))`,
    fieldPath: '.stages',
    message:
      'a stage must hold at least what the stage before holds: repeat each target with the same or a tighter action (shadow, a lower maxPercent, more minReplicas), or roll back a flag that is behind the route',
  },
  {
    rule: '!has(self.stages) || !has(self.stages[self.stages.size() - 1].escalateAfterSeconds)',
    fieldPath: '.stages',
    message: 'the last stage has nowhere to escalate to: leave escalateAfterSeconds out of it',
  },
  {
    rule: '!has(self.stages) || self.stages.all(s, s.enterOn.all(i, i in self.trigger.indicators))',
    fieldPath: '.stages',
    message: 'enterOn may name indicators of trigger.indicators only: add the indicator to the trigger or leave it out',
  },
  {
    rule: behindKeys
      .map(
        (key) =>
          `self.targets.all(t, !has(t.${key}) || !has(t.${key}.behind) || self.targets.exists(r, r.name == t.${key}.behind && ${hasOneOf(trafficKeys, 'r')}))`,
      )
      .join(' && '),
    fieldPath: '.targets',
    message: 'behind must name a route among targets: add the route or leave behind out',
  },
  {
    rule: sameSafeVersion,
    fieldPath: '.targets',
    message: 'safe.version is judged once for the plan: write the same version in every route, or use two plans',
  },
  {
    rule: '!has(self.stages) || self.stages.all(s, !has(s.enterOnSevere) || s.enterOnSevere.all(i, i in self.trigger.indicators))',
    fieldPath: '.stages',
    message: 'enterOnSevere may name indicators of trigger.indicators only: add the indicator to the trigger or leave it out',
  },
  {
    rule: "has(self.approval) || (self.mode != 'Approve' && (!has(self.stages) || self.stages.all(s, !has(s.mode) || s.mode != 'Approve')))",
    fieldPath: '.approval',
    message: 'mode Approve, of the plan or of a stage, asks people: write approval.roles, or choose another mode',
  },
];
