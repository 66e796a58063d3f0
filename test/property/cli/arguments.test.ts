import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readArguments } from '../../../src/cli/arguments.ts';

/** A call of each command that is complete, as a list of words so that texts may hold blanks. */
const calls: Readonly<Record<string, readonly string[]>> = {
  'audit verify': ['audit', 'verify'],
  'audit verify --export': ['audit', 'verify', '--export=record.jsonl'],
  'audit export': ['audit', 'export'],
  backlog: ['backlog'],
  doctor: ['doctor'],
  drill: ['drill', 'credit'],
  'drill --dry-run': ['drill', 'credit', '--dry-run'],
  explain: ['explain', 'credit'],
  'file-report': [
    'file-report',
    'i',
    '--role=risk',
    '--reason=r',
    '--reporting=ai-act',
    '--filed-at=2026-06-01T12:00:00Z',
    '--reference=7',
  ],
  gate: ['gate', '--model=credit', '--version=2'],
  incidents: ['incidents'],
  list: ['list'],
  metrics: ['metrics'],
  playbook: ['playbook', 'credit'],
  postmortem: ['postmortem', 'i', '--role=risk', '--reason=r', '--verdict=TruePositive', '--harm-confirmed=Confirmed'],
  propose: ['propose', 'httproute', 'credit'],
  'reference capture': ['reference', 'capture', 'credit', '--indicator=drift'],
  'report-incident': [
    ...['report-incident', 'credit', '--role=risk', '--reason=r', '--onset=2026-06-01T12:00:00Z', '--aware=2026-06-01T12:00:00Z'],
    ...['--known-from=Person', '--category=Fairness', '--severity=High', '--harm=some'],
  ],
  restore: ['restore', 'httproute', 'credit'],
  'restore --all': ['restore', '--all'],
  reviews: ['reviews'],
  'sign-off': ['sign-off', 'credit', '--role=risk'],
};

/** Each flag with a value it may have, and the commands it says something to. */
const flags: readonly (readonly [flag: string, homes: readonly string[]])[] = [
  ['--drop-finalizers', ['restore --all']],
  ['--patch-kinds=v1/configmaps/ConfigMap', ['restore', 'restore --all', 'drill --dry-run']],
  ['--indicator=drift', ['reference capture']],
  ['--prometheus=http://localhost:9090', ['reference capture']],
  ['--config-map=counts', ['reference capture']],
  ['--apply', ['reference capture']],
  ['--output=yaml', ['reference capture']],
  ['--policy=bank', ['backlog']],
  ['--dry-run', ['drill', 'drill --dry-run', 'sign-off']],
  ['--wait=60', ['drill']],
  ['--model=credit', ['gate']],
  ['--version=2', ['gate']],
  ['--waive=IncidentOpen', ['gate']],
  ['--against=other.jsonl', ['audit verify --export']],
  ['--offline', ['audit verify --export']],
  ['--period=30', ['metrics']],
  ['--expires-at=2027-01-31T00:00:00Z', ['sign-off']],
  ['--role=risk', ['sign-off', 'report-incident', 'postmortem', 'file-report']],
  ['--reason=r', ['sign-off', 'report-incident', 'postmortem', 'file-report']],
  ['--onset=2026-06-01T12:00:00Z', ['report-incident', 'postmortem']],
  ['--aware=2026-06-01T12:00:00Z', ['report-incident']],
  ['--known-from=Person', ['report-incident']],
  ['--category=Fairness', ['report-incident']],
  ['--severity=High', ['report-incident', 'postmortem']],
  ['--harm=some', ['report-incident']],
  ['--verdict=TruePositive', ['postmortem']],
  ['--harm-confirmed=Unknown', ['postmortem']],
  ['--actual-loss=10', ['postmortem']],
  ['--finding=remediation/fix=mend it', ['postmortem']],
  ['--reporting=ai-act', ['file-report']],
  ['--filed-at=2026-06-01T12:00:00Z', ['file-report']],
  ['--reference=7', ['file-report']],
];

const namesOf = Object.keys(calls);
const pairs = flags.flatMap(([flag, homes]) => namesOf.map((command) => ({ flag, command, isHome: homes.includes(command) })));
const nameOf = (flag: string): string => flag.split('=')[0] ?? flag;

describe('the words of a command', () => {
  it('complete calls are all understood', () => {
    for (const [name, words] of Object.entries(calls)) expect([name, readArguments(words)]).toMatchObject([name, { ok: true }]);
  });

  it('regression: a flag that says nothing to a command is refused and named, on every command: none is dropped without a word', () => {
    const dropped = pairs.filter(({ isHome, command, flag }) => !isHome && readArguments([...(calls[command] ?? []), flag]).ok);
    expect(dropped.map(({ command, flag }) => `${command} ${flag}`)).toEqual([]);
    for (const { flag, command } of pairs.filter(({ isHome }) => !isHome)) {
      const read = readArguments([...(calls[command] ?? []), flag]);
      expect([command, flag, read.ok ? '' : read.failure]).toEqual([command, flag, expect.stringContaining(nameOf(flag))]);
    }
  });

  it('a flag that belongs to a command is taken', () => {
    const homes = pairs.filter(
      ({ isHome, command, flag }) => isHome && !(calls[command] ?? []).some((word) => nameOf(word) === nameOf(flag)),
    );
    expect(homes.length).toBeGreaterThan(20);
    for (const { flag, command } of homes)
      expect([command, flag, readArguments([...(calls[command] ?? []), flag]).ok]).toEqual([command, flag, true]);
  });

  it('-o json is --json, wherever that may stand; a reference alone is printed in two ways', () => {
    for (const [name, words] of Object.entries(calls)) {
      const json = readArguments([...words, name === 'reference capture' ? '--output=json' : '--json']);
      expect([name, readArguments([...words, '-o', 'json'])]).toEqual([name, json]);
    }
  });

  it('one name too many is refused, whatever it is', () => {
    fc.assert(
      fc.property(fc.constantFrom(...namesOf), fc.stringMatching(/^[a-z]{1,8}$/), (name, word) => {
        const read = readArguments([...(calls[name] ?? []), word]);
        expect(read.ok).toBe(false);
      }),
    );
  });

  it('regression: never throws, and a failure is one line, also where the parser would go on with advice', () => {
    const word = fc.oneof(
      fc.constantFrom(...namesOf.flatMap((name) => calls[name] ?? [])),
      fc.constantFrom(...flags.map(([flag]) => flag)),
      fc.constantFrom('-A', '-n', 'lending', '--json', '--context', '--kubeconfig=', '-o', '--', '-x', '--wait'),
      fc.string({ maxLength: 6 }).filter((text) => !text.includes('\n')),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), (words) => {
        const read = readArguments(words);
        if (!read.ok) expect(read.failure).toMatch(/^[^\n]+$/);
      }),
      { numRuns: 500 },
    );
  });

  it('where the common flags stand does not matter', () => {
    const common = ['--namespace=fraud', '--kubeconfig=/k', '--context=c', '--json'];
    fc.assert(
      fc.property(fc.constantFrom(...namesOf), fc.nat(10), fc.shuffledSubarray(common), (name, place, chosen) => {
        const words = calls[name] ?? [];
        const heads = words.filter((each) => !each.startsWith('-')).length;
        const at = Math.min(place, heads);
        const isAt = (flag: string) => chosen.some((each) => each.startsWith(flag));
        expect(readArguments([...words.slice(0, at), ...chosen, ...words.slice(at)])).toMatchObject({
          ok: true,
          value: {
            namespace: isAt('--namespace') ? 'fraud' : null,
            kubeconfig: isAt('--kubeconfig') ? '/k' : null,
            context: isAt('--context') ? 'c' : null,
            json: isAt('--json'),
            command: readArguments(words).ok ? expect.anything() : null,
          },
        });
      }),
    );
  });
});
