import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { GoldenShapes } from './golden-shapes.ts';

export interface GoldenVector<Input = unknown, Expected = unknown> {
  /** Vectors of one kind have one shape. */
  readonly kind: string;
  readonly name: string;
  readonly input: Input;
  readonly expected: Expected;
  /** Figures of `expected`, by path, as the research printed them: rounded to the digits that stand there. */
  readonly published?: Readonly<Record<string, string>>;
}

export interface GoldenFile {
  readonly software: Readonly<Record<string, string>>;
  readonly command: string;
  readonly vectors: readonly GoldenVector[];
}

type Shape<Entry> = Entry extends readonly [infer Input, infer Expected] ? GoldenVector<Input, Expected> : never;

/**
 * The vectors of one kind that `npm run oracle` made, with infinities as numbers; null is a figure that is undefined. Throws
 * when the file holds none of that kind: a loop over nothing would be a test that cannot fail.
 */
export function loadGolden<Topic extends keyof GoldenShapes, Kind extends keyof GoldenShapes[Topic] & string>(
  topic: Topic,
  kind: Kind,
): readonly Shape<GoldenShapes[Topic][Kind]>[] {
  const vectors = readGolden(topic).vectors.filter((each) => each.kind === kind);
  if (vectors.length === 0) throw new Error(`test/golden/${topic}.json holds no vector of kind ${kind}: run npm run oracle`);
  return vectors as unknown as readonly Shape<GoldenShapes[Topic][Kind]>[];
}

export function readGolden(topic: string): GoldenFile {
  const file = join(import.meta.dirname, '..', 'golden', `${topic}.json`);
  return JSON.parse(readFileSync(file, 'utf8'), (_key, value: unknown) => fromJson(value)) as GoldenFile;
}

function fromJson(value: unknown): unknown {
  if (value === 'Infinity') return Infinity;
  return value === '-Infinity' ? -Infinity : value;
}

/** Throws unless `actual` is `expected` to the relative tolerance; NaN and a missing value never are. Against 0 the tolerance is absolute. */
export function expectRelative(actual: number | null | undefined, expected: number | null, relative: number): void {
  if (agrees(actual, expected, relative)) return;
  throw new Error(`expected ${String(expected)} to ${relative} relative, got ${String(actual)}`);
}

/** Whether two JSON values are the same, numbers to the relative tolerance. */
export function agrees(actual: unknown, expected: unknown, relative: number): boolean {
  if (typeof expected === 'number' && typeof actual === 'number') {
    if (!Number.isFinite(expected)) return actual === expected && !Number.isNaN(expected);
    return Math.abs(actual - expected) <= relative * (expected === 0 ? 1 : Math.abs(expected));
  }
  if (!isRecord(expected) || !isRecord(actual)) return actual === expected;
  const keys = Object.keys(expected);
  return keys.length === Object.keys(actual).length && keys.every((key) => key in actual && agrees(actual[key], expected[key], relative));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** One sentence for each figure of a vector that does not round to what the research printed. */
export function printedDisagreements({ kind, name, expected, published }: GoldenVector): readonly string[] {
  return Object.entries(published ?? {})
    .filter(([path, text]) => !roundsTo(at(expected, path), text))
    .map(([path, text]) => `${kind} "${name}": ${path} is ${String(at(expected, path))}, the research printed ${text}`);
}

function roundsTo(value: unknown, text: string): boolean {
  const halfStep = 0.5 * 10 ** -(text.split('.')[1]?.length ?? 0);
  return typeof value === 'number' && Math.abs(value - Number(text)) <= halfStep * (1 + 1e-9);
}

function at(value: unknown, path: string): unknown {
  return path.split('.').reduce((inner: unknown, key) => (isRecord(inner) ? inner[key] : undefined), value);
}
