import { describe, expect, it } from '@jest/globals';

import { aFlag, targetingEU } from '../../../builders/feature-flag.ts';
import {
  aConfigMap,
  actuator,
  edited,
  evaluate,
  fileName,
  handWritten,
  rollback,
  textOf,
  withFlag,
} from '../../../builders/flagd-config-map.ts';
import * as given from '../../../builders/http-route.ts';
import { holdsFor } from '../../../builders/json-patch.ts';

const settled = (live: ReturnType<typeof aConfigMap>, claims = [rollback()]) => given.settled(live, claims, { actuator });
const released = (live: ReturnType<typeof aConfigMap>) => given.released(live, { actuator });
const pass = (live: ReturnType<typeof aConfigMap>, claims = [rollback()]) => given.pass(live, claims, { actuator });
const byHand = aConfigMap(handWritten);
const eu = { context: { region: 'EU' } };

describe('a rollback, as flagd’s own evaluator sees the file', () => {
  it('gives everybody the safe variant, also those a rule had picked, and comes back to the byte', () => {
    expect([evaluate(handWritten), evaluate(handWritten, 'use-v2', eu)]).toEqual([true, true]);
    const rolledBack = settled(byHand);
    const text = textOf(rolledBack);
    expect([evaluate(text), evaluate(text, 'use-v2', eu), evaluate(text, 'use-v2', { ...eu, code: true })]).toEqual([false, false, false]);
    expect(released(rolledBack)).toEqual(byHand);
  });

  it('touches the two members alone: every other byte of the text stands', () => {
    const text = textOf(settled(byHand));
    const [head = '', tail = ''] = handWritten.split('{ "if"');
    expect(text.startsWith(head)).toBe(true);
    expect(text.endsWith(tail.slice(tail.indexOf('  ,\n      "metadata"')))).toBe(true);
    expect(text).toContain('"state": "ENABLED", "defaultVariant" :"off"  ,');
    expect((settled(byHand).data as { readonly README: string }).README).toBe('not JSON at all');
  });

  it('takes rules away that stand in $evaluators', () => {
    const text = `{"$evaluators": {"eu": ${JSON.stringify(targetingEU)}}, "flags": {"use-v2": ${JSON.stringify(aFlag({ defaultVariant: 'off', targeting: { $ref: 'eu' } }))}}}`;
    expect(evaluate(text, 'use-v2', eu)).toBe(true);
    const rolledBack = settled(aConfigMap(text));
    expect(evaluate(textOf(rolledBack), 'use-v2', eu)).toBe(false);
    expect(released(rolledBack)).toEqual(aConfigMap(text));
  });

  it.each([['on'], [['on']], [true], [1]])('takes targeting away that is no object of rules but answers all the same: %j', (targeting) => {
    const live = aConfigMap(withFlag(aFlag({ targeting })));
    const rolledBack = settled(live);
    expect(textOf(rolledBack)).toContain('"targeting": {}');
    expect(evaluate(textOf(rolledBack))).toBe(false);
    expect(released(rolledBack)).toEqual(live);
  });

  it('leaves targeting alone that says nothing', () => {
    const live = aConfigMap(withFlag(aFlag({ targeting: null })));
    expect(textOf(settled(live))).toContain('"targeting": null');
    expect(evaluate(textOf(settled(live)))).toBe(false);
    expect(released(settled(live))).toEqual(live);
  });

  it('gives a default to a flag that has none, and takes it away again', () => {
    const { defaultVariant: _, ...definition } = aFlag();
    const live = aConfigMap(withFlag(definition));
    const rolledBack = settled(live);
    expect(evaluate(textOf(rolledBack))).toBe(false);
    expect(released(rolledBack)).toEqual(live);
  });

  it.each([
    ['plain', aFlag()],
    ['targeted', aFlag({ targeting: targetingEU })],
    ['with empty targeting', aFlag({ targeting: {} })],
    ['already safe', aFlag({ defaultVariant: 'off' })],
    ['without a word on its default', aFlag({ defaultVariant: null })],
    ['disabled', aFlag({ state: 'DISABLED' })],
  ])('comes back to the byte, however it is indented: %s', (_name, definition) => {
    for (const indent of [0, 2, 4]) {
      const live = aConfigMap(withFlag(definition, indent));
      expect(released(settled(live))).toEqual(live);
    }
  });
});

describe('what others write meanwhile is what comes back', () => {
  it.each([
    ['another default', (text: string) => text.replace('"defaultVariant" :"off"', '"defaultVariant" : "half"')],
    ['other rules', (text: string) => text.replace('"targeting": {}', '"targeting": {"if": [true, "on"]}')],
    ['a member of another flag', (text: string) => text.replace('2.50', '3')],
    ['a whole file', () => withFlag(aFlag({ variants: { on: true, off: false, half: true }, targeting: targetingEU }), 4)],
  ])('%s', (name, change) => {
    const { live, actuation } = pass(edited(settled(byHand), change));
    const isOurs = name !== 'a member of another flag';
    expect(actuation.kind).toBe(isOurs ? 'Patch' : 'Unchanged');
    if (isOurs) expect(actuation).toMatchObject({ foreignEdit: true });
    expect(evaluate(textOf(live), 'use-v2', eu)).toBe(false);
    // The same edit, made where we had never been; a member it did not touch comes back as it was.
    const expected = {
      'another default': handWritten.replace('"defaultVariant" :"\\u006fn"', '"defaultVariant" : "half"'),
      'other rules': handWritten.replace(/"targeting": \{ "if"[^]*?null \] \}/, '"targeting": {"if": [true, "on"]}'),
      'a member of another flag': handWritten.replace('2.50', '3'),
      'a whole file': change(''),
    }[name];
    expect(textOf(released(live))).toBe(expected);
  });

  it('a text that breaks is left alone, and what was done to it is remembered until it can be read again', () => {
    const held = settled(byHand);
    const broken = edited(held, (text) => `${text}]`);
    const { live, actuation } = pass(broken);
    expect(actuation).toMatchObject({ rejected: [{ reason: 'FlagsUnreadable' }] });
    expect(textOf(live)).toBe(textOf(broken));
    expect(actuator.readJournal(live)).toMatchObject({ kind: 'Engaged' });
    const mended = edited(live, (text) => text.slice(0, -1));
    expect(pass(mended).actuation.rejected).toEqual([]);
    expect(released(pass(mended).live)).toEqual(byHand);
  });

  it('a text that is broken when its time is over stays as its author left it', () => {
    const broken = edited(settled(byHand), (text) => `${text}]`);
    expect(textOf(released(broken))).toBe(textOf(broken));
    expect(actuator.readJournal(released(broken))).toEqual({ kind: 'None' });
  });

  it('a flag that goes takes what was done to it along', () => {
    const gone = edited(settled(byHand), () => '{"flags": {}}');
    const { live, actuation } = pass(gone);
    expect(actuation).toMatchObject({ kind: 'Patch', foreignEdit: true, rejected: [{ reason: 'FlagMissing' }] });
    expect(textOf(released(live))).toBe('{"flags": {}}');
  });

  it('a key that goes, too', () => {
    const { live } = pass({ ...settled(byHand), data: {} });
    expect(released(live)).toEqual({ ...byHand, data: {} });
  });
});

describe('refusals', () => {
  const refusalOf = (live: ReturnType<typeof aConfigMap>, claim = rollback()) => {
    const { actuation } = pass(live, [claim]);
    expect(actuation.kind).toBe('Refused');
    return actuation.rejected[0];
  };

  it.each([
    [
      'a key there is not',
      byHand,
      rollback({ target: { key: 'other.json' } }),
      'FlagMissing',
      "ConfigMap lending/credit-flags has no key other.json: add it or correct the plan's target.",
    ],
    [
      'a flag there is not',
      byHand,
      rollback({ target: { flag: 'nope' } }),
      'FlagMissing',
      `Key ${fileName} of ConfigMap lending/credit-flags has no flag nope: add it or correct the plan's target.`,
    ],
    [
      'a variant there is not',
      byHand,
      rollback({ target: { safeVariant: 'nope' } }),
      'VariantMissing',
      'Flag use-v2 of ConfigMap lending/credit-flags has no variant nope (it has: on, off, half): correct safeVariant.',
    ],
    [
      'YAML',
      aConfigMap('flags:\n  use-v2: {}\n'),
      rollback(),
      'FlagsUnreadable',
      `Key ${fileName} of ConfigMap lending/credit-flags is not JSON: write it as JSON; YAML, which flagd reads too, is not edited.`,
    ],
    [
      'bytes',
      aConfigMap('', { top: { data: {}, binaryData: { [fileName]: 'e30=' } } }),
      rollback(),
      'FlagsUnreadable',
      `ConfigMap lending/credit-flags has key ${fileName} as binaryData, which is not edited: write it as text, under data.`,
    ],
    [
      'what may not change',
      aConfigMap(handWritten, { top: { immutable: true } }),
      rollback(),
      'ImmutableTarget',
      "ConfigMap lending/credit-flags is immutable, so its flags can't be changed: create it again without immutable: true.",
    ],
  ])('%s', (_name, live, claim, reason, message) => {
    expect(refusalOf(live, claim)).toMatchObject({ reason, message, target: 'flag' });
  });

  it('what a controller writes', () => {
    const ownerReferences = [{ apiVersion: 'v1', kind: 'Bundle', name: 'flags', uid: 'u', controller: true }];
    expect(refusalOf(aConfigMap(handWritten, { metadata: { ownerReferences } }))).toMatchObject({ reason: 'GeneratedTarget' });
  });

  it('a claim on a flag of another kind of object asks nothing of this one', () => {
    const claim = rollback();
    const other = {
      ...claim,
      target: {
        kind: 'FeatureFlag',
        name: 'flag',
        object: 'credit-flags',
        flag: 'use-v2',
        safeVariant: 'off',
        behind: null,
        settleSeconds: 0,
      },
    } as const;
    expect(textOf(pass(byHand, [other]).live)).toBe(handWritten);
  });
});

describe('several plans and several flags', () => {
  it('that disagree: the older wins, and the loser takes over when it leaves', () => {
    const older = rollback({ holder: { plan: 'older', planCreatedAtMs: 1 } });
    const younger = rollback({ holder: { plan: 'younger', planCreatedAtMs: 2 }, target: { safeVariant: 'half' } });
    const held = settled(settled(byHand, [younger]), [younger, older]);
    expect(textOf(held)).toContain('"defaultVariant" :"off"');
    const left = settled(held, [younger]);
    expect(textOf(left)).toContain('"defaultVariant" :"half"');
    expect(released(left)).toEqual(byHand);
  });

  it('two flags of one key and one of another are one patch', () => {
    const two = { ...byHand, data: { [fileName]: handWritten, 'more.json': handWritten } };
    const claims = [
      rollback(),
      rollback({ target: { name: 'second', flag: 'other', safeVariant: 'b' } }),
      rollback({ target: { name: 'third', key: 'more.json' } }),
    ];
    const { live, actuation } = pass(two, claims);
    expect(actuation.kind === 'Patch' && actuation.operations.filter(({ op }) => op === 'replace')).toHaveLength(2);
    expect(textOf(live)).toContain('"defaultVariant": "b"');
    expect(evaluate(textOf(live, 'more.json'))).toBe(false);
    const [first] = claims;
    const left = settled(live, first === undefined ? [] : [first]);
    expect(textOf(left, 'more.json')).toBe(handWritten);
    expect(released(left)).toEqual(two);
  });
});

describe('the patch', () => {
  it('rests on the text it was computed from, to the byte', () => {
    const { actuation } = pass(byHand);
    const operations = actuation.kind === 'Patch' ? actuation.operations : [];
    expect(holdsFor(byHand, operations)).toBe(true);
    expect(
      holdsFor(
        edited(byHand, (text) => `${text} `),
        operations,
      ),
    ).toBe(false);
    expect(operations.find(({ path }) => path.startsWith('/data'))).toEqual({ op: 'test', path: `/data/${fileName}`, value: handWritten });
  });

  it('says in a line what callers get', () => {
    expect(pass(byHand).actuation).toMatchObject({
      before: 'use-v2 answers by its targeting, else on',
      after: 'use-v2 answers off',
      intent: 'use-v2 answers by its targeting, else on',
    });
  });

  it('is not made where the rules are too long to keep', () => {
    const huge = aConfigMap(withFlag(aFlag({ targeting: { if: ['x'.repeat(70_000)] } })));
    expect(pass(huge).actuation).toMatchObject({ kind: 'Refused', rejected: [{ reason: 'JournalTooLarge' }] });
  });
});

describe('verification', () => {
  const verify = (live: ReturnType<typeof aConfigMap>) => actuator.verify(given.inputFor(live, [rollback()]));

  it('is what the object says: nothing tells who has read the file', () => {
    expect(verify(settled(byHand))).toEqual({ kind: 'Verified', unmet: [] });
    expect(verify(byHand)).toMatchObject({ kind: 'Waiting' });
  });

  it('fails on a disabled flag: callers use the default in their code', () => {
    const disabled = settled(aConfigMap(withFlag(aFlag({ state: 'DISABLED' }))));
    expect(evaluate(textOf(disabled), 'use-v2', { code: true })).toBe(true);
    expect(verify(disabled)).toMatchObject({ kind: 'Failed', reason: 'FlagDisabled' });
  });
});

it('a journal whose texts are none is reported, not obeyed', () => {
  const engaged = settled(byHand);
  const text = given.annotationsOf(engaged)?.['modelrisk.dev/journal'] ?? '';
  const forged = text.replace(/"intent":"\\".*?","/, '"intent":"} , \\"state\\": {","');
  expect(forged).not.toBe(text);
  expect(actuator.readJournal(given.withAnnotations(engaged, { 'modelrisk.dev/journal': forged }))).toMatchObject({ kind: 'Foreign' });
});
