import fc from 'fast-check';
import type { Stage } from '../../src/core/model/plan.ts';
import type { PlanSnapshot } from '../../src/core/model/plan.ts';
import {
  aSnapshot,
  anIndicator,
  breachValue,
  failedReading,
  flag,
  flagStage,
  limitStage,
  noReading,
  okValue,
  rollbackStage,
  route,
  shadowStage,
  warnValue,
} from './core.ts';
import type { Reading, Story } from './core-story.ts';

/** Of the second one: a breach of it leads further up only beyond this. */
export const severeLimit = 0.6;
const severeValue = 0.9;

/** Two indicators with short times, so that random stories reach every corner. */
export const hastyIndicators = [
  anIndicator({ forSeconds: 30, clearForSeconds: 30, windowSeconds: 30 }),
  anIndicator({
    name: 'approval-parity',
    forSeconds: 0,
    clearForSeconds: 15,
    windowSeconds: 45,
    onNoData: 'Breach',
    onError: 'Breach',
    scalesWith: 'None',
    threshold: { severe: severeLimit },
  }),
];
const names = hastyIndicators.map(({ name }) => name);

const ladders: readonly (readonly Stage[])[] = [
  [limitStage, shadowStage, rollbackStage],
  [limitStage, { ...shadowStage, enterOn: ['approval-parity'] }, { ...rollbackStage, enterOn: ['score-drift'] }],
  [shadowStage, rollbackStage],
  [limitStage],
  [limitStage, shadowStage, flagStage],
  [
    { ...limitStage, mode: 'Enforce' },
    { ...shadowStage, mode: 'Approve' },
    { ...rollbackStage, enterOnSevere: ['approval-parity'] },
  ],
  [
    { ...limitStage, mode: 'Approve' },
    { ...rollbackStage, mode: 'Enforce', enterOnSevere: ['score-drift', 'approval-parity'] },
  ],
];

export const anySnapshot: fc.Arbitrary<PlanSnapshot> = fc
  .record({
    mode: fc.constantFrom('Enforce', 'Approve'),
    match: fc.constantFrom('Any', 'Any', 'All'),
    stages: fc.constantFrom(...ladders),
    behind: fc.constantFrom('traffic', null),
    settleSeconds: fc.constantFrom(0, 40),
    onTimeout: fc.constantFrom('Hold', 'Engage'),
    maxEngagements: fc.constantFrom(0, 1, 100),
    safeVersion: fc.constantFrom(null, '2.2.0'),
    onNoEvidence: fc.constantFrom('Hold', 'Escalate'),
  })
  .map(({ mode, match, stages, behind, settleSeconds, onTimeout, maxEngagements, safeVersion, onNoEvidence }) =>
    aSnapshot({
      mode,
      stages: stages.map((stage) => ({ ...stage, escalateAfterSeconds: stage.escalateAfterSeconds === null ? null : 75 })),
      targets: [route, { ...flag, behind, settleSeconds } as typeof flag],
      trigger: { indicators: names, match },
      recovery: { stepSeconds: 30, probeAfterSeconds: 60, probeAttempts: 2, flap: { maxEngagements, windowSeconds: 86_400 } },
      approval: { roles: [], timeoutSeconds: 60, onTimeout },
      safeVersion,
      onNoEvidence,
    }),
  );

const anyReading: fc.Arbitrary<Reading> = fc.constantFrom<Reading[]>(
  breachValue,
  breachValue,
  severeValue,
  okValue,
  okValue,
  okValue,
  warnValue,
  noReading,
  failedReading,
  null,
);
export const anyReadings = fc.oneof(
  { weight: 3, arbitrary: anyReading.map((reading) => ({ 'score-drift': reading, 'approval-parity': reading })) },
  { weight: 1, arbitrary: fc.record({ 'score-drift': anyReading, 'approval-parity': anyReading }) },
);

/** One thing that happens; it prints as what it does. */
export interface Happening {
  readonly run: (story: Story) => void;
  readonly toString: () => string;
}

function happening(text: string, run: (story: Story) => void): Happening {
  return { run, toString: () => text };
}

const polls = fc
  .record({ readings: anyReadings, safe: anyReadings, times: fc.integer({ min: 1, max: 10 }) })
  .map(({ readings, safe, times }) =>
    happening(`poll ${JSON.stringify(readings)} safe ${JSON.stringify(safe)} x ${String(times)}`, (story) =>
      story.poll(readings, times, safe),
    ),
  );
const verifications = fc.constant(
  happening('verify', (story) => {
    story.verify();
  }),
);
const pauses = fc.integer({ min: 1, max: 90 }).map((seconds) =>
  happening(`${String(seconds)} s without a poll`, (story) => {
    story.skip(seconds * 1000);
  }),
);
const setbacks = fc.integer({ min: 1, max: 7200 }).map((seconds) =>
  happening(`clock goes back ${String(seconds)} s`, (story) => {
    story.clockBack(seconds * 1000);
  }),
);
const restarts = fc.constantFrom(
  happening('restart', (story) => {
    story.restart();
  }),
  happening('status is lost from here', (story) => {
    story.loseStatus();
  }),
);
const refusals = fc.constantFrom<string[][]>([], [], ['traffic'], ['flag'], ['traffic', 'flag']).map((targets) =>
  happening(`no safe backend for ${targets.join(' and ') || 'no target'}`, (story) => {
    story.refuse(...targets);
  }),
);
const suspensions = fc.constantFrom('None', 'None', 'Hold', 'Release').map((value) =>
  happening(`suspend: ${value}`, (story) => {
    story.suspend(value);
  }),
);
const decisions = fc
  .record({ action: fc.constantFrom('Release', 'Hold', 'Approve', 'Approve', 'Reject', 'Accept', 'nothing'), name: fc.uuid() })
  .map(({ action, name }) =>
    happening(`decide ${action}`, (story) => {
      const memory = story.memory();
      const engagement = memory.phase === 'Idle' ? memory.lastEngagement : memory.engagement;
      const stage =
        memory.phase === 'Proposed' ? memory.stage : memory.phase === 'Engaged' ? (memory.proposal?.stage ?? memory.stage + 1) : 0;
      if (action === 'nothing') story.decide();
      else if (action === 'Accept')
        story.decide({ action, name, author: 'ana', indicators: [hastyIndicators[0]?.name ?? ''], expiresAtMs: story.nowMs() + 120_000 });
      else if (action === 'Hold') story.decide({ action, name, author: 'ana', expiresAtMs: story.nowMs() + 120_000 });
      else if (action === 'Release') story.decide({ action, name, author: 'ana', engagement, expiresAtMs: null });
      else story.decide({ action, name, author: 'ana', engagement, stage });
    }),
  );

/** Anything a plan can live through, in any order. */
export const anyHappenings: fc.Arbitrary<Happening[]> = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: polls },
    { weight: 4, arbitrary: verifications },
    { weight: 1, arbitrary: pauses },
    { weight: 1, arbitrary: setbacks },
    { weight: 1, arbitrary: restarts },
    { weight: 2, arbitrary: refusals },
    { weight: 1, arbitrary: suspensions },
    { weight: 3, arbitrary: decisions },
  ),
  { minLength: 6, maxLength: 30, size: 'max' },
);
