import { describe, expect, it } from '@jest/globals';
import { readArguments, usage } from '../../../src/cli/arguments.ts';
import { helpAfter, helpOn, noSuchCommand } from '../../../src/cli/help.ts';

const words = (line: string) => line.split(' ').filter((word) => word !== '');
const heads = (text: string) => text.split('\n').filter((line) => line.startsWith('  kubectl modelrisk '));
const commandsOf = (text: string) => heads(text).map((line) => /modelrisk ([a-z-]+)/.exec(line)?.[1] ?? '');
const all = [...new Set(commandsOf(usage))];

describe('help on a command', () => {
  it.each(all)('%s: is its own lines of the usage, the flags that go with all, and no other command', (command) => {
    const help = helpOn([command, '--help'], usage);
    expect(new Set(commandsOf(help))).toEqual(new Set([command]));
    expect(help.endsWith(`${usage.trimEnd().split('\n').at(-1) ?? ''}\n`)).toBe(true);
    for (const line of help.trimEnd().split('\n').slice(0, -2)) expect(usage).toContain(line);
  });

  it('holds what is written under it, and of two words that one command', () => {
    expect(helpOn(['sign-off', '-h'], usage)).toContain('--expires-at TIME');
    expect(heads(helpOn(['audit', 'verify', '--help'], usage))).toHaveLength(1);
    expect(heads(helpOn(['audit', '--help'], usage))).toHaveLength(2);
    expect(heads(helpOn(['restore', '--help'], usage))).toHaveLength(2);
    expect(heads(helpOn(['help', 'gate'], usage))).toHaveLength(1);
  });

  it('looks past flags and their values for the command', () => {
    expect(commandsOf(helpOn(words('-n lending gate --help'), usage))).toEqual(['gate']);
  });

  it('of nothing, or of what is none, is the whole usage', () => {
    for (const line of ['', '--help', 'help', 'help me', '--help lst']) expect(helpOn(words(line), usage)).toBe(usage);
  });

  it('loses no command: all helps together are the usage', () => {
    const told = all.flatMap((command) => heads(helpOn([command], usage)));
    expect(told.toSorted()).toEqual(heads(usage).toSorted());
    expect(told.length).toBeGreaterThan(20);
  });
});

describe('after a sentence that says what is wrong', () => {
  it('stands the help on the command that was meant, or where to look', () => {
    expect(helpAfter("Unknown option '--modle'", words('gate --modle credit'), usage)).toBe(helpOn(['gate'], usage));
    for (const line of ['lst -A', '--jsn', '--kubeconfig /k'])
      expect(helpAfter('it is wrong', words(line), usage)).toBe('kubectl modelrisk --help lists the commands.\n');
  });

  it('stands all there is where nothing was named', () => {
    expect(noSuchCommand([], usage)).toBe('name a command');
    expect(helpAfter(noSuchCommand([], usage), ['--kubeconfig', '/k'], usage)).toBe(usage);
  });

  it('is what main prints: a wrong word never comes with more than a screen', () => {
    for (const command of all) expect(helpAfter('it is wrong', [command], usage).split('\n').length).toBeLessThan(24);
  });
});

describe('noSuchCommand', () => {
  it.each([
    ['lst', 'there is no command lst; did you mean list?'],
    ['lst -A credit', 'there is no command lst -A credit; did you mean list?'],
    ['frobnicate', 'there is no command frobnicate'],
    ['list credit', 'list takes no name: leave credit out'],
    ['reviews credit now', 'reviews takes no name: leave credit now out'],
    ['audit', 'audit takes verify or export'],
    ['audit check', 'audit takes verify or export, not check'],
    ['reference', 'reference takes capture'],
  ])('%s: %s', (line, sentence) => {
    expect(noSuchCommand(words(line), usage)).toBe(sentence);
  });

  it('is what somebody hears who writes it so', () => {
    expect(readArguments(['lst'])).toEqual({ ok: false, failure: 'there is no command lst; did you mean list?' });
    expect(readArguments(['gate', '--modle', 'x'])).toEqual({
      ok: false,
      failure: "Unknown option '--modle'; did you mean --model?",
    });
    expect(readArguments(['gate', '--frobnicate'])).toEqual({ ok: false, failure: "Unknown option '--frobnicate'" });
  });
});

describe('-o json', () => {
  it('is --json wherever --json is', () => {
    for (const line of [
      'list -A',
      'reviews',
      'incidents',
      'metrics',
      'backlog',
      'doctor',
      'explain credit',
      'playbook credit',
      'audit verify',
    ])
      expect(readArguments(words(`${line} -o json`))).toEqual(readArguments(words(`${line} --json`)));
    expect(readArguments(words('report -o json'))).toMatchObject({ ok: true, value: { command: { kind: 'Report', format: 'json' } } });
    expect(readArguments(words('report --pack -o json'))).toMatchObject({ ok: true, value: { command: { kind: 'Pack', format: 'json' } } });
  });

  it('and nothing else is, but for a reference', () => {
    const failure = '--output yaml is not known here: write -o json, or leave it out for sentences';
    expect(readArguments(words('list -o yaml'))).toEqual({ ok: false, failure });
    expect(readArguments(words('reference capture credit --indicator drift -o yaml'))).toMatchObject({ ok: true });
  });
});
