import * as z from 'zod';
import { cel } from './cel.ts';
import type { DeepReadonly } from './deep-readonly.ts';
import { mapList, name, requiredText, seconds, setList } from './fields.ts';
import { linkTemplate } from './link-template.ts';
import { atLeastAsTight } from './mitigation-plan-rules.ts';
import { canaryLimit, flagRollback, shadow } from './stage-action.ts';
import { threshold } from './threshold.ts';

/** What an owner may leave to the playbook has no default in the schema: a default would be stored as if somebody had chosen it. */
export const evaluationInterval = z.int().min(1).max(86_400).meta({
  description: 'Seconds between two looks at the indicators. Left out: as the playbook of the tier says, else 5.',
});

export const onNoData = z.enum(['Hold', 'Breach', 'Ignore']).meta({
  description:
    'What missing, stale or ambiguous data means. Hold: nothing changes. Breach: it counts as a breach. Ignore: it neither engages nor counts as Ok. Left out: as the playbook of the tier says, else Hold.',
});

export const onNoEvidence = z.enum(['Hold', 'Escalate']).meta({
  description:
    'What the time of a stage (escalateAfterSeconds) does while a trigger indicator that fires has no usable verdict (Insufficient, NoData or Error). Hold: it stands still. Escalate: it goes on, and when it is over the next stage follows as on a breach. Left out: as the playbook of the tier says, else Hold.',
});

const targetKind = z.enum(['Route', 'Flag']).meta({
  description:
    'Every target of the plan of that kind: Route splits requests between candidate and safe backend, Flag decides at the caller.',
});

const ladderAction = z
  .union([z.object({ targetKind, canaryLimit }), z.object({ targetKind, shadow }), z.object({ targetKind, flagRollback })])
  .meta({ description: 'One constraint on all targets of a kind.' })
  .meta(
    cel({
      rule: "has(self.flagRollback) == (self.targetKind == 'Flag')",
      message: 'canaryLimit and shadow are for targetKind Route, flagRollback for Flag: write the action that fits',
    }),
  );

const rung = z
  .object({
    name: name('Name of the stage, shown in status and events.'),
    escalateAfterSeconds: seconds(1, 'As in the stages of a MitigationPlan. Left out: this stage never escalates by time.').exactOptional(),
    mode: z
      .enum(['Approve', 'Enforce'])
      .meta({ description: 'As in the stages of a MitigationPlan. Left out: as mode of the plan.' })
      .exactOptional(),
    actions: mapList(ladderAction, 'targetKind', { min: 1, max: 2, description: 'What holds while the stage is engaged.' }),
  })
  .meta({ description: 'One rung of the ladder.' });

const ladder = mapList(rung, 'name', {
  min: 1,
  max: 8,
  description: 'Stages of every plan for a model of this tier that writes none, mildest first.',
}).meta(
  cel({
    rule: `[0, 1, 2, 3, 4, 5, 6].all(k, self.size() <= k + 1 || self[k].actions.all(a, self[k + 1].actions.exists(b, b.targetKind == a.targetKind && (${atLeastAsTight(['flagRollback', 'canaryLimit', 'shadow'])}))))`,
    message:
      'a stage must hold at least what the stage before holds: repeat each targetKind with the same or a tighter action (shadow, a lower maxPercent)',
  }),
);

const suppliedThreshold = z
  .object({ signal: name('Entry of signals.'), threshold })
  .meta({ description: 'Limits of indicators that read this signal and write none.' });

const escalation = z
  .object({
    afterSeconds: seconds(0, 'Seconds without an Acknowledge since the plan last went up, latched or asked. 0: at once.'),
    receivers: setList(name('Entry of receivers.'), { min: 1, max: 8, description: 'Receivers, by name.' }),
  })
  .meta({ description: 'Who is told, and when.' });

export const playbook = z
  .object({
    evaluationIntervalSeconds: evaluationInterval.exactOptional(),
    onNoData: onNoData.exactOptional(),
    onNoEvidence: onNoEvidence.exactOptional(),
    thresholds: mapList(suppliedThreshold, 'signal', { min: 1, max: 32, description: 'Limits by signal.' }).exactOptional(),
    ladder: ladder.exactOptional(),
    escalation: mapList(escalation, 'afterSeconds', {
      min: 1,
      max: 4,
      description:
        'Who is told what plans do that name nobody (notify), and of incidents people report; and who else while nobody acknowledges.',
    })
      .meta(
        cel({
          rule: 'self.exists(e, e.afterSeconds == 0)',
          message: 'somebody must be told at once: write an entry with afterSeconds: 0',
        }),
      )
      .exactOptional(),
    remediation: requiredText(1024, 'What to do when a limit is broken, for people; shown in condition Breached.').exactOptional(),
    runbookURL: linkTemplate(
      'Where it says more: condition Breached, notices, incidents and alerts link to it, unless the category has one.',
    ).exactOptional(),
    dashboardURL: linkTemplate('Page that shows how a model of this tier stands; linked as runbookURL is.').exactOptional(),
  })
  .meta({ description: 'What a model of this tier, and its plans, get unless they say otherwise. Edits reach no engagement in progress.' });

export type Playbook = DeepReadonly<z.output<typeof playbook>>;
export type Ladder = NonNullable<Playbook['ladder']>;
