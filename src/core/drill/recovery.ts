import type { DrillOutcome } from './outcome.ts';
import type { DrillScope } from './schedule.ts';

/**
 * How a drill stands to the recovery time its model declares. NotMeasured: no stage came into effect, as in every dry drill, so it says
 * nothing of time, whatever it found.
 */
export const recoveryVerdicts = ['Within', 'Beyond', 'NotDeclared', 'NotMeasured'] as const;

export type RecoveryVerdict = (typeof recoveryVerdicts)[number];

/** What a drill measured, and what it is held to: as it was declared when the drill began, however it was changed since. */
export type DrillRecovery = Pick<DrillOutcome, 'timeToMitigateMs' | 'recoveryTimeSeconds'>;

/** As long as promised is kept. */
export function recoveryVerdict({ timeToMitigateMs, recoveryTimeSeconds }: DrillRecovery): RecoveryVerdict {
  if (timeToMitigateMs === null) return 'NotMeasured';
  if (recoveryTimeSeconds === null) return 'NotDeclared';
  return timeToMitigateMs <= recoveryTimeSeconds * 1000 ? 'Within' : 'Beyond';
}

const seconds = (ms: number): string => `${String(ms / 1000)} s`;

/** Sentences for people: what was measured, what was declared, and how the two stand. */
export function explainRecovery(drill: DrillRecovery & Pick<DrillOutcome, 'timeToRestoreMs'> & { readonly scope: DrillScope }): string {
  const { timeToMitigateMs, timeToRestoreMs, recoveryTimeSeconds } = drill;
  if (timeToMitigateMs === null) return unmeasured(drill);
  const back = timeToRestoreMs === null ? '' : `, all given back after ${seconds(timeToRestoreMs)}`;
  const took = `In effect ${seconds(timeToMitigateMs)} after the synthetic breach${back}`;
  const declared = `the recovery time of ${String(recoveryTimeSeconds)} s the model declares`;
  switch (recoveryVerdict(drill)) {
    case 'Within':
      return `${took}: within ${declared}.`;
    case 'Beyond':
      return `${took}: beyond ${declared}.`;
    case 'NotDeclared':
    case 'NotMeasured':
      return `${took}; no recovery time of the model (documentation.continuity) is on record with it.`;
  }
}

function unmeasured({ scope }: { readonly scope: DrillScope }): string {
  return scope === 'DryRun'
    ? 'No traffic was moved, so how long it takes was not measured: it says nothing of the recovery time.'
    : 'No stage came into effect on every target, so how long it takes was not measured.';
}
