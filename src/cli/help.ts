import { nearest } from './nearest.ts';

/** One command of the usage text: its words, and its lines as they stand there. */
interface Entry {
  readonly words: readonly string[];
  readonly lines: readonly string[];
}

const head = /^ {2}kubectl modelrisk ([a-z-]+)(?: ([a-z]+))?/;

/** The text is the only list of commands there is: what it does not tell of nobody can look up. */
function entriesOf(usage: string): readonly Entry[] {
  const entries: { words: readonly string[]; lines: string[] }[] = [];
  for (const line of usage.split('\n')) {
    const [, first, second]: readonly (string | undefined)[] = head.exec(line) ?? [];
    if (first !== undefined) entries.push({ words: second === undefined ? [first] : [first, second], lines: [line] });
    else if (line.startsWith(' ')) entries.at(-1)?.lines.push(line);
  }
  return entries;
}

/** What is known to be asked for, whatever else was wrong: flags may stand before it. */
function meant(commandLine: readonly string[], entries: readonly Entry[]): readonly Entry[] {
  const place = commandLine.findIndex((word) => entries.some(({ words: [first] }) => word === first));
  const [first, second] = place === -1 ? [] : commandLine.slice(place);
  const ofFirst = entries.filter(({ words }) => words[0] === first);
  const ofBoth = ofFirst.filter(({ words }) => words[1] === second && second !== undefined);
  return ofBoth.length > 0 ? ofBoth : ofFirst;
}

/** What to print to whoever asks for help: on the command that is named, else on all. */
export function helpOn(commandLine: readonly string[], usage: string): string {
  const entries = meant(commandLine, entriesOf(usage));
  if (entries.length === 0) return usage;
  const flags = usage.trimEnd().split('\n').at(-1) ?? '';
  return `${entries.flatMap(({ lines }) => lines).join('\n')}\n\n${flags}\n`;
}

const nothingNamed = 'name a command';

/** What to print below the sentence that says what is wrong with a command line: never so much that the sentence scrolls away. */
export function helpAfter(sentence: string, commandLine: readonly string[], usage: string): string {
  if (sentence === nothingNamed || meant(commandLine, entriesOf(usage)).length > 0) return helpOn(commandLine, usage);
  return 'kubectl modelrisk --help lists the commands.\n';
}

/** Why words name no command, and which one they are near. */
export function noSuchCommand(words: readonly string[], usage: string): string {
  const [first, second] = words;
  if (first === undefined) return nothingNamed;
  const commands = entriesOf(usage).map((entry) => entry.words);
  const follow = [...new Set(commands.flatMap(([one, two]) => (one === first && two !== undefined ? [two] : [])))];
  if (follow.length > 0) return `${first} takes ${follow.join(' or ')}${second === undefined ? '' : `, not ${words.slice(1).join(' ')}`}`;
  if (commands.some(([one]) => one === first)) return `${first} takes no name: leave ${words.slice(1).join(' ')} out`;
  const near = nearest(first, [...new Set(commands.flatMap(([one]) => one ?? []))]);
  return `there is no command ${words.join(' ')}${near === null ? '' : `; did you mean ${near}?`}`;
}
