import { LineCounter, isNode, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import * as z from 'zod';
import { ascertainments } from '../core/report/pack/ascertained.ts';
import type { Framework } from '../core/report/pack/compose.ts';
import { evaluatorNames, isEvaluator } from '../core/report/pack/evaluators.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';

const line = (max: number) =>
  z
    .string()
    .min(1, 'write something here')
    .max(max, `write at most ${String(max)} characters`);

const evaluator = z
  .string()
  .refine(isEvaluator, { error: ({ input }) => `${String(input)} is no evidence; known are ${evaluatorNames.join(', ')}` });

/** Left out, nobody has said that the reference was compared with anything. */
const ascertained = z
  .enum(ascertainments, {
    error: ({ input }) => `${String(input)} is no way to ascertain a reference; known are ${ascertainments.join(', ')}`,
  })
  .default('Unchecked');

const control = z.strictObject({
  reference: line(64),
  asks: line(512),
  ascertained,
  evidence: z.array(evaluator).min(1, 'name at least one evidence').max(16),
});

const framework = z.strictObject({
  name: line(64),
  edition: line(128),
  note: z.string().max(1024).default(''),
  controls: z.array(control).min(1, 'write at least one control').max(200),
});

const file = z.strictObject({ frameworks: z.array(framework).min(1, 'write at least one framework').max(32) });

/**
 * Reads a file of controls (YAML). Failure: a sentence each, with the control and the line, in the order of the file.
 * Evidence is a closed set: a name nobody computes would be a promise nobody keeps.
 */
export function readControls(text: string): Result<readonly Framework[], readonly string[]> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const broken = document.errors.map(({ message, pos }) => `line ${String(lines.linePos(pos[0]).line)}: ${message.split('\n')[0] ?? ''}`);
  if (broken.length > 0) return failure(broken);
  const data: unknown = document.toJS();
  const read = file.safeParse(data, { reportInput: true });
  const problems = read.success ? twice(read.data.frameworks) : read.error.issues;
  if (!read.success || problems.length > 0)
    return failure(problems.map((problem) => `${placeOf(problem.path, { document, lines, data })}: ${sentenceOf(problem)}`));
  return success(read.data.frameworks);
}

type Path = readonly PropertyKey[];

type Problem = { readonly message: string; readonly code?: undefined } | z.core.$ZodIssue;

/** In words for whoever edits the file, not for whoever wrote the schema. */
function sentenceOf(problem: Problem): string {
  if (problem.code === 'unrecognized_keys') return `there is no field ${problem.keys.join(', ')}: correct or remove it`;
  if (problem.code !== 'invalid_type') return problem.message;
  const { input, expected } = problem;
  if (input === undefined) return 'it is missing: write it';
  return `${/^[aeiou]/.test(expected) ? 'an' : 'a'} ${expected} is asked for here, this is ${input === null ? 'null' : `a ${typeof input}`}`;
}

/** Two frameworks, or two controls of one, can't be told apart by --framework or in a report. */
function twice(frameworks: readonly Framework[]): readonly { readonly path: Path; readonly message: string }[] {
  const seen = new Set<string>();
  const isNew = (key: string): boolean => !seen.has(key) && seen.add(key).has(key);
  return frameworks.flatMap(({ name, controls }, index) => [
    ...(isNew(name) ? [] : [{ path: ['frameworks', index, 'name'], message: `framework ${name} stands twice: name each once` }]),
    ...controls.flatMap(({ reference }, at) =>
      isNew(`${name}\n${reference}`)
        ? []
        : [{ path: ['frameworks', index, 'controls', at, 'reference'], message: `${reference} stands twice in ${name}: name each once` }],
    ),
  ]);
}

interface Source {
  readonly document: Document;
  readonly lines: LineCounter;
  readonly data: unknown;
}

/** `line 12, NIST AI RMF GOVERN 1.6, evidence 2`. The nearest node that is there says the line. */
function placeOf(path: Path, { document, lines, data }: Source): string {
  const at = path.map((_, index) => path.slice(0, path.length - index)).find((part) => isNode(document.getIn(part, true)));
  const node = at === undefined ? document.contents : document.getIn(at, true);
  const start = isNode(node) ? (node.range?.[0] ?? 0) : 0;
  const [, frameworkAt, , controlAt] = path;
  const named = (data as { readonly frameworks?: readonly Named[] } | null)?.frameworks?.[Number(frameworkAt)];
  const reference = named?.controls?.[Number(controlAt)]?.reference;
  const field = path.at(-1);
  const what = typeof field === 'number' ? `${String(path.at(-2) ?? 'file')} ${String(field + 1)}` : String(field ?? 'file');
  return [`line ${String(lines.linePos(start).line)}`, [named?.name, reference].filter((each) => each !== undefined).join(' '), what]
    .filter((each) => each !== '')
    .join(', ');
}

interface Named {
  readonly name?: string;
  readonly controls?: readonly { readonly reference?: string }[];
}
