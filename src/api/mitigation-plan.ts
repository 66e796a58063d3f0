import * as z from 'zod';
import { cel } from './cel.ts';
import type { DeepReadonly } from './deep-readonly.ts';
import { drillSchedule } from './drill.ts';
import { mapList, name, objectName, requiredText, seconds, setList } from './fields.ts';
import { readerOf } from './kind.ts';
import type { Kind, StoredObject } from './kind.ts';
import { planRules } from './mitigation-plan-rules.ts';
import { notify } from './notify.ts';
import { onNoEvidence } from './playbook.ts';
import { mitigationPlanStatus } from './mitigation-plan-status.ts';
import { stageAction } from './stage-action.ts';
import { target, targetKeys } from './targets/target.ts';

/** Keeps a deleted plan until what it holds is given back. */
export const restoreFinalizer = 'modelrisk.dev/restore';

export const stage = z
  .object({
    name: name('Name of the stage, shown in status and events.'),
    escalateAfterSeconds: seconds(
      1,
      'Seconds of evidence in this stage, gathered after it was verified, from which a fresh breach leads to the next. Must exceed the window plus forSeconds of a trigger indicator. Left out: this stage never escalates by time.',
    ).exactOptional(),
    enterOn: setList(name('Trigger indicator.'), {
      max: 32,
      description: 'Trigger indicators that lead straight to this stage when they fire.',
    }).default([]),
    enterOnSevere: setList(name('Trigger indicator.'), {
      min: 1,
      max: 32,
      description: 'Trigger indicators that lead straight to this stage when they fire beyond their threshold.severe. Left out: none.',
    }).exactOptional(),
    mode: z
      .enum(['Approve', 'Enforce'])
      .meta({
        description:
          'Approve: ask the roles of approval before this stage; meanwhile the highest stage below that needs no asking holds. Enforce: enter it without asking. Left out: as mode of the plan. A plan in mode Observe touches nothing, whatever its stages say.',
      })
      .exactOptional(),
    actions: mapList(stageAction, 'target', {
      min: 1,
      max: 8,
      description:
        'What holds while the stage is engaged; at most one action a target. Each stage names every target the stage before names.',
    }),
  })
  .meta({ description: 'One rung of the ladder.' });

export const trigger = z
  .object({
    indicators: setList(name('Indicator of the ModelRisk.'), {
      min: 1,
      max: 32,
      description: 'Indicators that engage the plan when they fire.',
    }),
    match: z.enum(['Any', 'All']).default('Any').meta({ description: 'How many of them must fire. Default Any.' }),
  })
  .meta({ description: 'What engages the plan.' });

export const recovery = z
  .object({
    stepSeconds: seconds(1, 'Seconds of fresh Ok, gathered after the stage was verified, before one step down. Default 120.').default(120),
    probeAfterSeconds: seconds(
      1,
      'Seconds after which a stage where nothing can be measured steps down to one that can (shadow), if that gives no live traffic. Default 3600.',
    ).default(3600),
    probeAttempts: z
      .int()
      .min(0)
      .max(100)
      .default(3)
      .meta({ description: 'Such steps in one engagement; afterwards it takes a RiskDecision. Default 3.' }),
    flap: z
      .object({
        maxEngagements: z
          .int()
          .min(1)
          .max(16)
          .default(3)
          .meta({ description: 'Engagements allowed in the window; one more latches the plan. Default 3.' }),
        windowSeconds: seconds(1, 'Length of that window. Default 86400.').default(86_400),
      })
      .prefault({})
      .meta({ description: 'When a plan that engages again and again is latched: it holds until a RiskDecision releases it.' }),
  })
  .meta({ description: 'How the plan comes down again.' });

export const approval = z
  .object({
    roles: setList(name('Role (riskroles.modelrisk.dev).'), { min: 1, max: 16, description: 'Roles whose Approve or Reject counts.' }),
    timeoutSeconds: seconds(1, 'Seconds to wait for an answer. Default 900.').default(900),
    onTimeout: z
      .enum(['Hold', 'Engage'])
      .default('Hold')
      .meta({ description: 'When nobody answers. Hold: keep asking. Engage: act. Default Hold.' }),
  })
  .meta({ description: 'Who is asked before stages in mode Approve.' });

export const onContest = z
  .object({
    action: z.enum(['Reassert', 'Yield']).default('Reassert').meta({
      description:
        'Reassert: lay the constraint again after each edit, at most 60 times a minute. Yield: after afterSeconds leave the target to the other writer, which gives the candidate what that writer wants, go on to a stage that protects without it, and tell people. Default Reassert.',
    }),
    afterSeconds: seconds(
      0,
      'Yield: seconds a target may be contested before it is left to the other writer. Left out: 60.',
    ).exactOptional(),
    retryAfterSeconds: seconds(
      60,
      'Yield: seconds after which a target left to another writer is laid once more; if that is undone, it is left alone as long again. Left out: 900.',
    ).exactOptional(),
  })
  .meta({
    description: 'What the plan does when another writer keeps undoing it on a target (more than 5 edits within 60 s). Left out: Reassert.',
  })
  .meta(
    cel({
      rule: "self.action == 'Yield' || (!has(self.afterSeconds) && !has(self.retryAfterSeconds))",
      message: 'afterSeconds and retryAfterSeconds belong to action Yield: write action: Yield, or leave them out',
    }),
  );

export const suspend = z.enum(['None', 'Hold', 'Release']).default('None').meta({
  description:
    'Hold: keep what is engaged, take no step. Release: give back all targets and engage no more. Of an engaged plan Release needs the verb release, of a signed one both do. Default None.',
});

export const onSharedCause = z.enum(['Notify', 'Engage']).default('Notify').meta({
  description: 'When the safe version is in breach too. Notify: tell people, move no traffic. Engage: act all the same. Default Notify.',
});

const spec = z
  .object({
    riskRef: z
      .object({ name: objectName('ModelRisk in the namespace of the plan.') })
      .meta({ description: 'The model this plan protects.' }),
    owner: requiredText(253, 'Team that answers for the plan; named in events and incidents.'),
    mode: z
      .enum(['Observe', 'Approve', 'Enforce'])
      .meta({ description: 'Observe: record what would be done, touch nothing. Approve: ask first. Enforce: act.' }),
    suspend,
    trigger,
    targets: mapList(target, 'name', {
      min: 1,
      max: 8,
      description: `Objects the plan may act on, each with exactly one of ${targetKeys.join(', ')}.`,
    }),
    stages: mapList(stage, 'name', {
      min: 1,
      max: 8,
      description: 'The ladder, mildest first. Left out: the ladder of the tier of the model (RiskPolicy tiers[].playbook).',
    }).exactOptional(),
    recovery: recovery.prefault({}),
    approval: approval.exactOptional(),
    notify: notify.exactOptional(),
    holdingCostPerWeek: z
      .number()
      .min(0)
      .max(1_000_000_000_000_000)
      .meta({
        description:
          'What a week costs in which the plan is engaged, e.g. by what the safe version earns less; in the currency of the policy. The backlog counts it among what a remediation saves. Left out: nothing.',
      })
      .exactOptional(),
    drill: drillSchedule.exactOptional(),
    onSharedCause,
    onContest: onContest.exactOptional(),
    onNoEvidence: onNoEvidence.exactOptional(),
  })
  .meta({ description: 'What to do, on what, how far.' })
  .meta(cel(...planRules));

export type MitigationPlanSpec = DeepReadonly<z.output<typeof spec>>;
export type StageSpec = NonNullable<MitigationPlanSpec['stages']>[number];
export type MitigationPlan = StoredObject<typeof spec, typeof mitigationPlanStatus>;

export const mitigationPlanKind = {
  kind: 'MitigationPlan',
  plural: 'mitigationplans',
  shortNames: ['mplan'],
  scope: 'Namespaced',
  description: 'What the operator does to live traffic and flags when a ModelRisk is in breach.',
  spec,
  status: mitigationPlanStatus,
  printerColumns: [
    { name: 'Risk', type: 'string', jsonPath: '.spec.riskRef.name', description: 'ModelRisk.' },
    { name: 'Mode', type: 'string', jsonPath: '.spec.mode', description: 'Observe, Approve or Enforce.' },
    { name: 'Phase', type: 'string', jsonPath: '.status.phase', description: 'Where the plan stands.' },
    { name: 'Stage', type: 'string', jsonPath: '.status.stage.name', description: 'Stage in force.' },
    {
      name: 'Ready',
      type: 'string',
      jsonPath: '.status.conditions[?(@.type=="Ready")].status',
      description: 'Reconciled at this generation.',
    },
    {
      name: 'Effective',
      type: 'string',
      jsonPath: '.status.conditions[?(@.type=="Effective")].status',
      description: 'All targets carry the stage.',
    },
    { name: 'Incident', type: 'string', jsonPath: '.status.incidentRef.name', description: 'Record of the engagement.', priority: 1 },
    {
      name: 'Reason',
      type: 'string',
      jsonPath: '.status.conditions[?(@.type=="Ready")].reason',
      description: 'Why it is ready or not.',
      priority: 1,
    },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', description: 'Time since creation.' },
  ],
  selectableFields: ['.spec.riskRef.name', '.spec.mode'],
  rules: [],
} as const satisfies Kind<typeof spec, typeof mitigationPlanStatus>;

export const parseMitigationPlan = readerOf(mitigationPlanKind);
