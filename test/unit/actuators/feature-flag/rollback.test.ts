import { describe, expect, it } from '@jest/globals';

import * as flag from '../../../builders/feature-flag.ts';
import { aFlag, editFlag, evaluate, flags, rollback, targetingEU } from '../../../builders/feature-flag.ts';
import * as given from '../../../builders/http-route.ts';
import { holdsFor } from '../../../builders/json-patch.ts';

const { actuator } = flag;
const settled = (live = flags(), claims = [rollback()]) => given.settled(live, claims, { actuator });
const released = (live: ReturnType<typeof flags>) => given.released(live, { actuator });
const pass = (live: ReturnType<typeof flags>, claims = [rollback()]) => given.pass(live, claims, { actuator });
const targeted = flags({ 'use-v2': aFlag({ targeting: targetingEU }) });

it('regression: a journal of a build that knew no settleSeconds is obeyed, and released from as written', () => {
  const journal = JSON.stringify(given.journalOf(settled())).replaceAll('"settleSeconds":0,', '').replaceAll(',"settleSeconds":0', '');
  expect(journal).not.toContain('settleSeconds');
  const older = given.withAnnotations(settled(), { 'modelrisk.dev/journal': journal });
  expect(actuator.readJournal(older)).toMatchObject({ kind: 'Engaged', claims: [{ target: { settleSeconds: 0 } }] });
  expect(released(older)).toEqual(flags());
});

describe('a rollback, as flagd’s own evaluator sees it', () => {
  it('gives everybody the safe variant', () => {
    expect(evaluate(flags(), 'use-v2')).toBe(true);
    expect(evaluate(settled(), 'use-v2')).toBe(false);
  });

  it('also those a targeting rule had picked', () => {
    const byDefaultOff = flags({ 'use-v2': aFlag({ defaultVariant: 'off', targeting: targetingEU }) });
    expect(evaluate(byDefaultOff, 'use-v2', { context: { region: 'EU' } })).toBe(true);
    const rolledBack = settled(byDefaultOff);
    expect(evaluate(rolledBack, 'use-v2', { context: { region: 'EU' } })).toBe(false);
    expect(flag.definitionsOf(rolledBack)['use-v2']).toEqual(aFlag({ defaultVariant: 'off', targeting: {} }));
    expect(evaluate(released(rolledBack), 'use-v2', { context: { region: 'EU' } })).toBe(true);
  });

  it('whatever the default in the caller’s code: state stays ENABLED', () => {
    expect([true, false].map((code) => evaluate(settled(targeted), 'use-v2', { context: { region: 'EU' }, code }))).toEqual([false, false]);
    expect(flag.definitionsOf(settled(targeted))['use-v2']).toMatchObject({ state: 'ENABLED' });
  });

  it('does not touch the other flags', () => {
    const two = flags({ 'use-v2': aFlag(), 'a/b~c': aFlag({ targeting: targetingEU }) });
    expect(evaluate(settled(two), 'a/b~c', { context: { region: 'EU' } })).toBe(true);
    const odd = settled(two, [rollback({ target: { flag: 'a/b~c' } })]);
    expect(evaluate(odd, 'a/b~c', { context: { region: 'EU' } })).toBe(false);
    expect(released(odd)).toEqual(two);
  });
});

describe('a release gives the user’s latest intent back', () => {
  it.each([
    ['without targeting', aFlag()],
    ['with rules', aFlag({ targeting: targetingEU })],
    ['with empty targeting', aFlag({ targeting: {} })],
    ['already safe', aFlag({ defaultVariant: 'off' })],
    ['disabled', aFlag({ state: 'DISABLED' })],
  ])('to the byte: %s', (_name, definition) => {
    const before = flags({ 'use-v2': definition });
    expect(released(settled(before))).toEqual(before);
  });

  it.each([
    ['another default', { defaultVariant: 'third' }],
    ['other rules', { targeting: { if: [true, 'on'] } }],
    ['no rules any more', { targeting: undefined }],
  ])('with what someone wrote meanwhile: %s', (_name, changes) => {
    const variants = { on: true, off: false, third: true };
    const edited = editFlag(settled(flags({ 'use-v2': aFlag({ variants, targeting: targetingEU }) })), 'use-v2', changes);
    const { live, actuation } = pass(edited);
    expect(actuation).toMatchObject({ kind: 'Patch', foreignEdit: true });
    expect(evaluate(live, 'use-v2', { context: { region: 'EU' } })).toBe(false);
    const wanted = editFlag(flags({ 'use-v2': aFlag({ variants, targeting: targetingEU }) }), 'use-v2', changes);
    expect(released(live)).toEqual(wanted);
  });

  it('with rules someone added where there were none', () => {
    const { live, actuation } = pass(editFlag(settled(), 'use-v2', { targeting: targetingEU }));
    expect(actuation.kind).toBe('Patch');
    expect(evaluate(live, 'use-v2', { context: { region: 'EU' } })).toBe(false);
    expect(released(live)).toEqual(editFlag(flags(), 'use-v2', { targeting: targetingEU }));
  });

  it('an edit of what we did not touch is no quarrel', () => {
    const edited = editFlag(settled(), 'use-v2', { metadata: { owner: 'ann' } });
    expect(pass(edited).actuation.kind).toBe('Unchanged');
    expect(released(edited)).toEqual(editFlag(flags(), 'use-v2', { metadata: { owner: 'ann' } }));
  });
});

describe('refusals', () => {
  it.each([
    ['FlagMissing', rollback({ target: { flag: 'nope' } })],
    ['FlagMissing', rollback({ target: { flag: '__proto__' } })],
    ['VariantMissing', rollback({ target: { safeVariant: 'nope' } })],
    ['VariantMissing', rollback({ target: { safeVariant: 'constructor' } })],
  ])('%s', (reason, claim) => {
    expect(pass(flags(), [claim]).actuation).toMatchObject({ kind: 'Refused', rejected: [{ reason, target: 'flag' }] });
  });

  it('GeneratedTarget', () => {
    const ownerReferences = [{ apiVersion: 'v1', kind: 'Flagd', name: 'x', uid: 'u', controller: true }];
    expect(pass(flags(undefined, { ownerReferences })).actuation).toMatchObject({
      kind: 'Refused',
      rejected: [{ reason: 'GeneratedTarget' }],
    });
  });

  // As the server sends it: 64 bits.
  const large = JSON.parse('{"if": [{"in": [{"var": "account"}, [9007199254740993]]}, "on"]}') as typeof targetingEU;

  it('is targeting that would not come back as it was: it would be rounded', () => {
    const { actuation } = pass(flags({ 'use-v2': aFlag({ targeting: large }) }));
    expect(actuation).toMatchObject({ kind: 'Refused', rejected: [{ reason: 'FlagsUnreadable' }] });
  });

  it('leaves such targeting where somebody writes it meanwhile, and gives back all the same', () => {
    const edited = editFlag(settled(), 'use-v2', { targeting: large });
    const { live, actuation } = pass(edited);
    expect(actuation.rejected).toMatchObject([{ reason: 'FlagsUnreadable' }]);
    expect(flag.definitionsOf(live)['use-v2']).toMatchObject({ defaultVariant: 'off', targeting: large });
    expect(released(live)).toEqual(editFlag(flags(), 'use-v2', { targeting: large }));
  });

  it('is none for a variant of such a number: the patch rests on the generation in its place', () => {
    const { actuation } = pass(flags({ 'use-v2': aFlag({ variants: { on: 2 ** 53 + 2, off: 1 } }) }));
    const tests = actuation.kind === 'Patch' ? actuation.operations.filter(({ op }) => op === 'test') : [];
    expect(tests.map(({ path }) => path)).toContain('/metadata/generation');
    expect(tests.filter(({ path }) => path.endsWith('/variants'))).toEqual([]);
  });

  it('keeps what is in force when the variant vanishes', () => {
    const edited = editFlag(settled(), 'use-v2', { variants: { on: true } });
    expect(pass(edited).actuation).toMatchObject({ kind: 'Unchanged', rejected: [{ reason: 'VariantMissing' }] });
  });

  it('keeps the engagement when the flag vanishes', () => {
    const gone = { ...settled(), spec: { flagSpec: { flags: {} } } };
    const { live, actuation } = pass(gone);
    expect(actuation).toMatchObject({ kind: 'Patch', foreignEdit: true, rejected: [{ reason: 'FlagMissing' }] });
    expect(actuator.readJournal(live)).toMatchObject({ kind: 'Engaged' });
  });
});

describe('several plans', () => {
  const definition = aFlag({ variants: { on: true, off: false, third: false } });
  const older = rollback({ holder: { plan: 'older', planCreatedAtMs: 1 } });
  const younger = rollback({ holder: { plan: 'younger', planCreatedAtMs: 2 }, target: { safeVariant: 'third' } });

  it.each([
    ['older first', [older, younger]],
    ['younger first', [younger, older]],
  ])('that disagree: the older wins (%s)', (_name, claims) => {
    const { live, actuation } = pass(flags({ 'use-v2': definition }), claims);
    expect(flag.definitionsOf(live)['use-v2']).toMatchObject({ defaultVariant: 'off' });
    expect(actuation.rejected).toMatchObject([{ planUID: 'younger-uid', reason: 'Conflicted' }]);
    expect(actuator.readJournal(live)).toMatchObject({ holders: [{ plan: 'older' }] });
  });

  it('that disagree: the loser takes over when the winner leaves', () => {
    const held = settled(settled(flags({ 'use-v2': definition }), [younger]), [older, younger]);
    expect(flag.definitionsOf(held)['use-v2']).toMatchObject({ defaultVariant: 'off' });
    expect(flag.definitionsOf(settled(held, [younger]))['use-v2']).toMatchObject({ defaultVariant: 'third' });
  });

  it('that agree hold it together, to the last', () => {
    const other = rollback({ holder: { plan: 'other' } });
    const both = settled(flags(), [rollback(), other]);
    expect(evaluate(settled(both, [other]), 'use-v2')).toBe(false);
    expect(released(settled(both, [other]))).toEqual(flags());
  });

  it('one plan may hold two flags of one object', () => {
    const two = flags({ 'use-v2': aFlag(), 'use-v3': aFlag() });
    const claims = [rollback(), rollback({ target: { name: 'second', flag: 'use-v3' } })];
    const live = settled(two, claims);
    expect(['use-v2', 'use-v3'].map((name) => evaluate(live, name))).toEqual([false, false]);
    const [first] = claims;
    expect(evaluate(settled(live, first === undefined ? [] : [first]), 'use-v3')).toBe(true);
    expect(released(live)).toEqual(two);
  });
});

describe('the patch', () => {
  it('tests what it replaces and the variant it relies on', () => {
    const { actuation } = pass(targeted);
    const operations = actuation.kind === 'Patch' ? actuation.operations : [];
    expect(holdsFor(targeted, operations)).toBe(true);
    for (const changes of [{ defaultVariant: 'off' }, { targeting: {} }, { targeting: undefined }, { variants: { on: true } }]) {
      expect(holdsFor(editFlag(targeted, 'use-v2', changes), operations)).toBe(false);
    }
  });

  it('tests the generation where a value has a null in a list, on which the API server crashes', () => {
    const { actuation } = pass(targeted);
    const tests = actuation.kind === 'Patch' ? actuation.operations.filter(({ op }) => op === 'test') : [];
    expect(tests.map(({ path }) => path)).toContain('/metadata/generation');
    expect(JSON.stringify(tests)).not.toContain('"targeting":');
    expect(JSON.stringify(tests.filter(({ path }) => !path.includes('journal')))).not.toContain(',null]');
    const without = pass(flags({ 'use-v2': aFlag({ targeting: { if: [true, 'on'] } }) })).actuation;
    expect(JSON.stringify(without)).not.toContain('/metadata/generation');
  });

  it('says in a line what callers get', () => {
    expect(pass(targeted).actuation).toMatchObject({
      before: 'use-v2 answers by its targeting, else on',
      after: 'use-v2 answers off',
      intent: 'use-v2 answers by its targeting, else on',
    });
  });

  it('is only about flags: a cap asks nothing here', () => {
    expect(pass(flags(), [rollback({ constraints: [{ kind: 'Cap', maxPercent: 0 }] })]).actuation).not.toMatchObject({
      after: 'use-v2 answers off',
    });
  });

  it('is not made when the rules are too large to keep', () => {
    const huge = flags({ 'use-v2': aFlag({ targeting: { if: ['x'.repeat(70_000)] } }) });
    expect(pass(huge).actuation).toMatchObject({ kind: 'Refused', rejected: [{ reason: 'JournalTooLarge' }] });
  });
});

describe('verification', () => {
  const verify = (live: ReturnType<typeof flags>) => actuator.verify(given.inputFor(live, [rollback()]));

  it('is what the object says, for there is no status', () => {
    expect(verify(settled())).toEqual({ kind: 'Verified', unmet: [] });
    expect(verify(flags())).toMatchObject({ kind: 'Waiting' });
  });

  it('fails on a disabled flag: callers use the default in their code', () => {
    const disabled = settled(flags({ 'use-v2': aFlag({ state: 'DISABLED' }) }));
    expect(evaluate(disabled, 'use-v2', { code: true })).toBe(true);
    expect(verify(disabled)).toMatchObject({ kind: 'Failed', reason: 'FlagDisabled' });
  });
});

it('a journal nested without end is reported, not obeyed', () => {
  const engaged = settled(targeted);
  const text = given.annotationsOf(engaged)?.['modelrisk.dev/journal'] ?? '';
  const deep = text.replace(/"targeting":\{.*?\]\}/, `"targeting":${'{"x":'.repeat(9000)}1${'}'.repeat(9000)}`);
  expect(deep.length).toBeGreaterThan(50_000);
  expect(actuator.readJournal(given.withAnnotations(engaged, { 'modelrisk.dev/journal': deep }))).toMatchObject({ kind: 'Foreign' });
});
