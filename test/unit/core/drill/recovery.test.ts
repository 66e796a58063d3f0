import { describe, expect, it } from '@jest/globals';
import { explainRecovery, recoveryVerdict } from '../../../../src/core/drill/recovery.ts';

const live = { scope: 'Sandbox' as const, timeToMitigateMs: 1500, timeToRestoreMs: 4250, recoveryTimeSeconds: 600 };

describe('how a drill stands to the recovery time its model declares', () => {
  it.each([
    ['one as long as promised is within', 600_000, 600, 'Within'],
    ['a millisecond more is beyond', 600_001, 600, 'Beyond'],
    ['in effect at once is within the shortest promise', 0, 1, 'Within'],
    ['what was measured where nothing is promised is judged by nobody', 600_001, null, 'NotDeclared'],
    ['what nobody measured keeps no promise, however long', null, 31_536_000, 'NotMeasured'],
    ['nor does it where there is none', null, null, 'NotMeasured'],
  ])('%s', (_, timeToMitigateMs, recoveryTimeSeconds, verdict) => {
    expect(recoveryVerdict({ timeToMitigateMs, recoveryTimeSeconds })).toBe(verdict);
  });
});

describe('what people read of it', () => {
  it('both times, the promise, and how they stand', () => {
    const took = 'In effect 1.5 s after the synthetic breach, all given back after 4.25 s';
    expect(explainRecovery(live)).toBe(`${took}: within the recovery time of 600 s the model declares.`);
    expect(explainRecovery({ ...live, recoveryTimeSeconds: 1 })).toBe(`${took}: beyond the recovery time of 1 s the model declares.`);
    expect(explainRecovery({ ...live, recoveryTimeSeconds: null })).toBe(
      `${took}; no recovery time of the model (documentation.continuity) is on record with it.`,
    );
  });

  it('no time of giving back where it was not given back, or nobody can tell', () => {
    expect(explainRecovery({ ...live, timeToRestoreMs: null })).toBe(
      'In effect 1.5 s after the synthetic breach: within the recovery time of 600 s the model declares.',
    );
  });

  it('of a dry drill that it claims nothing of time, whatever the model declares', () => {
    const dry = { ...live, scope: 'DryRun' as const, timeToMitigateMs: null, timeToRestoreMs: null };
    const said = 'No traffic was moved, so how long it takes was not measured: it says nothing of the recovery time.';
    expect(explainRecovery(dry)).toBe(said);
    expect(explainRecovery({ ...dry, recoveryTimeSeconds: null })).toBe(said);
  });

  it('of a live one that never came into effect that nothing was measured', () => {
    expect(explainRecovery({ ...live, timeToMitigateMs: null, timeToRestoreMs: null })).toBe(
      'No stage came into effect on every target, so how long it takes was not measured.',
    );
  });
});
