/** Line budgets of the house: no file above 400 lines, half of them at 90 or fewer, test lines a source line. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const hardStopLines = 400;
const medianLines = 90;
/** What the house wants. */
const testLinesPerSourceLineFloor = 1.5;

function countLines(directory: string): ReadonlyMap<string, number> {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  return new Map(files.map((file) => [join(directory, file), readFileSync(join(directory, file), 'utf8').split('\n').length - 1]));
}

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, lines) => total + lines, 0);
}

const source = countLines('src');
const test = countLines('test');
const sizes = [...source.values()].sort((a, b) => a - b);
const median = sizes[Math.floor(sizes.length / 2)] ?? 0;
const ratio = sum(test) / sum(source);

const problems = [...source]
  .filter(([, lines]) => lines > hardStopLines)
  .map(([file, lines]) => `${file} has ${lines} lines, the limit is ${hardStopLines}: split it by noun`);
if (median > medianLines) problems.push(`the median source file has ${median} lines, the budget is ${medianLines}`);
if (ratio < testLinesPerSourceLineFloor)
  problems.push(`${ratio.toFixed(2)} test lines a source line, the floor is ${testLinesPerSourceLineFloor}`);

console.log(
  `budgets: ${source.size} source files, ${sum(source)} lines, median ${median}; ${sum(test)} test lines (${ratio.toFixed(2)} a source line; the aim is 1.5)`,
);
for (const problem of problems) console.error(`budgets: ${problem}`);
if (problems.length > 0) process.exitCode = 1;
