import { describe, expect, it } from '@jest/globals';

import { readFlag, writeFlags } from '../../../../src/actuators/flagd-config-map/flag-text.ts';
import { handWritten } from '../../../builders/flagd-config-map.ts';

const flagText = (members: string): string => `{"flags": {"a": {${members}}}}`;
const problemOf = (text: string, flag = 'a') => {
  const read = readFlag(text, flag);
  return read.ok ? null : read.failure;
};
const write = (text: string, members: { readonly defaultVariant: string | null; readonly targeting: string | null }, flag = 'a') =>
  writeFlags(text, new Map([[flag, members]]));

describe('a flag is read as it is written', () => {
  it('members as their text, the whole as what it means', () => {
    const read = readFlag(handWritten, 'use-v2');
    expect(read).toMatchObject({
      ok: true,
      value: { defaultVariant: '"\\u006fn"', definition: { defaultVariant: 'on', state: 'ENABLED' } },
    });
    expect(read.ok && read.value.targeting).toBe(
      '{ "if": [ { "==": [ {"var": "region"}, "EU" ] },\n                             "half", null ] }',
    );
  });

  it.each(['__proto__', 'constructor', 'toString', ''])('a flag that only the language has is none: %s', (flag) => {
    expect(problemOf(handWritten, flag)).toBe('None');
  });

  it('a flag of any name is found, and only where flags stand', () => {
    const text = '{"a": {"flags": {}}, "flags": {"__proto__": {"defaultVariant": "x"}, "b\\"c": {"defaultVariant": null}}}';
    expect(readFlag(text, '__proto__')).toMatchObject({ ok: true, value: { defaultVariant: '"x"', targeting: null } });
    expect(readFlag(text, 'b"c')).toMatchObject({ ok: true, value: { defaultVariant: 'null' } });
    expect(problemOf(text)).toBe('None');
  });
});

describe('what can’t be edited for sure is refused by what it is', () => {
  it.each([
    ['', 'is not JSON'],
    ['flags:\n  a:\n    state: ENABLED\n', 'is not JSON'],
    ['{"flags": {"a": {}},}', 'is not JSON'],
    ['{"flags": {"a": {} // why\n}}', 'is not JSON'],
    ['\ufeff{"flags": {"a": {}}}', 'is not JSON'],
    ['[]', 'is no JSON object'],
    ['null', 'is no JSON object'],
    ['{}', 'has no object flags'],
    ['{"flags": [{"key": "a"}]}', 'has no object flags'],
    ['{"flags": {"a": "on"}}', 'has a flag a that is no object'],
    ['{"flags": {}, "flags": {"a": {}}}', 'has flags twice in the definition'],
    ['{"flags": {"a": {}}, "Flags": {}}', 'has Flags twice in the definition'],
    ['{"flags": {"a": {}, "\\u0061": {}}}', 'has a twice in flags'],
    [flagText('"defaultVariant": "x", "defaultVariant": "y"'), 'has defaultVariant twice in flag a'],
    [flagText('"targeting": {}, "Targeting": {"if": []}'), 'has Targeting twice in flag a'],
    [flagText('"DefaultVariant": "x"'), 'has a member DefaultVariant in flag a'],
    [flagText('"$ref": "common"'), 'takes flag a from $evaluators by a $ref, so that its members stand elsewhere'],
  ])('%j', (text, is) => {
    expect(problemOf(text)).toMatchObject({ is, remedy: expect.stringMatching(/\w/) });
  });

  it('a text nested without end, which crashes nobody', () => {
    expect(problemOf(`{"flags": {"a": ${'['.repeat(200_000)}${']'.repeat(200_000)}}}`)).toMatchObject({
      is: 'is nested too deep to be read',
    });
  });

  it('twice elsewhere is nobody’s business: other flags, their members, the rules', () => {
    const text = '{"flags": {"b": {}, "b": {}, "a": {"metadata": {"x": 1, "x": 2}, "note": 1, "note": 2, "variants": {"on": 1, "on": 2}}}}';
    expect(problemOf(text)).toBeNull();
  });
});

describe('an edit changes two members and no other byte', () => {
  it('replaces what stands there', () => {
    const next = write(handWritten, { defaultVariant: '"off"', targeting: '{}' }, 'use-v2');
    const targeting = handWritten.slice(handWritten.indexOf('{ "if"'), handWritten.indexOf(' },\n      "state"') + 0) + ' }';
    expect(next).toBe(handWritten.replace('"\\u006fn"', '"off"').replace(targeting, '{}'));
    const read = readFlag(handWritten, 'use-v2');
    expect(read.ok && write(next, read.value, 'use-v2')).toBe(handWritten);
  });

  it.each([
    flagText('"state": "ENABLED"'),
    flagText('\n  "state": "ENABLED",\n  "variants": {}\n'),
    flagText(''),
    flagText(' '),
    '{"flags":{"a":{\t"targeting":{"if":[]} }}}',
  ])('inserts a member, and takes out all of it again: %j', (text) => {
    const read = readFlag(text, 'a');
    const before = read.ok ? read.value : null;
    const targeting = before?.targeting ?? null;
    const next = write(text, { defaultVariant: '"off"', targeting: targeting === null ? null : '{}' });
    expect(JSON.parse(next)).toMatchObject({ flags: { a: { defaultVariant: 'off' } } });
    expect(write(next, { defaultVariant: null, targeting })).toBe(text);
  });

  it.each([
    ['"x": 1, "defaultVariant": "a" , "y": 2', '"x": 1,  "y": 2'],
    ['"x": 1 , "defaultVariant": "a"\n', '"x": 1\n'],
    [' "defaultVariant": "a" ', '  '],
  ])('takes a member out wherever somebody moved it: %j', (members, left) => {
    expect(write(flagText(members), { defaultVariant: null, targeting: null })).toBe(flagText(left));
  });

  it('changes nothing where all stands as wanted', () => {
    const read = readFlag(handWritten, 'use-v2');
    expect(read.ok && write(handWritten, read.value, 'use-v2')).toBe(handWritten);
  });

  it('edits several flags of one text at once', () => {
    const text = '{"flags": {"a": {"defaultVariant": "x"}, "b": {"defaultVariant": "y"}}}';
    const wanted = new Map(['b', 'a'].map((flag) => [flag, { defaultVariant: '"z"', targeting: null }]));
    expect(writeFlags(text, wanted)).toBe('{"flags": {"a": {"defaultVariant": "z"}, "b": {"defaultVariant": "z"}}}');
  });
});
