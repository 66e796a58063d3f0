/**
 * Fits the safe version, and the surrogate that tells what an empty column does to the candidate, on the rows of 2015
 * in demo/data; writes both with what was measured.
 *   node demo/fit-safe-version.ts            fit, measure, write
 *   node demo/fit-safe-version.ts --check    fit and measure again, compare
 * With the published files at hand (MODELRISK_DATA_DIR) the figures of all analysis rows are measured too; without them
 * those figures are taken over as they stand.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { readPublishedRows } from './census/parquet.ts';
import type { ReferenceScores } from './census/reference-scores.ts';
import { featureColumnNames } from './census/row.ts';
import { firstGroupQuartersRow, ordinaryStretch, readRows, referenceFile, shiftStretch } from './census/stretches.ts';
import { brokenColumn } from './data-files.ts';
import {
  fitCandidateSurrogate,
  fitSafeModel,
  measureBrokenColumn,
  measureDriftOf,
  measureSkill,
  measureSurrogate,
  modelsOf,
  splitReference,
} from './model/fit.ts';

const dataDirectory = join(import.meta.dirname, 'data');
const safeFile = join(dataDirectory, 'safe-version.json');
const surrogateFile = join(dataDirectory, 'candidate-surrogate.json');
/** Relative difference above which a check fails; another processor may round the last digit otherwise. */
const tolerance = 1e-4;

const reference = readRows(dataDirectory, referenceFile);
const ordinary = readRows(dataDirectory, ordinaryStretch.file);
const shift = readRows(dataDirectory, shiftStretch.file);
const pinned = JSON.parse(readFileSync(join(dataDirectory, 'reference-scores.json'), 'utf8')) as ReferenceScores;
const { training, holdOut } = splitReference(reference);

const safe = fitSafeModel(training);
const surrogate = fitCandidateSurrogate(training);
const models = modelsOf(safe, surrogate, [...reference, ...ordinary, ...shift]);
const inside = shift.slice(firstGroupQuartersRow - shiftStretch.first);

async function measureAnalysis(): Promise<unknown> {
  const folder = process.env['MODELRISK_DATA_DIR'];
  if (folder === undefined) {
    console.log('MODELRISK_DATA_DIR is not set: the figures of all analysis rows are taken over, not measured');
    return (JSON.parse(readFileSync(safeFile, 'utf8')) as { measured: { analysis: unknown } }).measured.analysis;
  }
  const { analysis } = await readPublishedRows(folder);
  return { safe: measureSkill(analysis, models.safe), candidate: measureSkill(analysis, (row) => row.publishedScore) };
}

const outputs = [
  {
    file: safeFile,
    content: {
      ...safe,
      measured: {
        holdOut2015: { safe: measureSkill(holdOut, models.safe), candidate: measureSkill(holdOut, (row) => row.publishedScore) },
        analysis: await measureAnalysis(),
        driftIn2000RowWindows: {
          ordinary: measureDriftOf(ordinary, pinned, models),
          beforeShift: measureDriftOf(shift.slice(0, firstGroupQuartersRow - shiftStretch.first), pinned, models),
          insideShift: measureDriftOf(inside, pinned, models),
        },
      },
    },
  },
  {
    file: surrogateFile,
    content: {
      ...surrogate,
      measured: {
        explainedVarianceOfLogOdds: { holdOut2015: measureSurrogate(holdOut, surrogate), ordinary: measureSurrogate(ordinary, surrogate) },
        brokenColumn,
        driftIn2000RowWindowsByEmptyColumn: Object.fromEntries(
          featureColumnNames.map((column) => [column, measureBrokenColumn({ rows: ordinary, reference: pinned, models, column })]),
        ),
      },
    },
  },
];

/** Path of the first number or text that differs, or null. */
function firstDifference(stored: unknown, fitted: unknown, path: string): string | null {
  if (typeof stored === 'number' && typeof fitted === 'number') {
    return Math.abs(stored - fitted) <= tolerance * Math.max(1, Math.abs(fitted))
      ? null
      : `${path}: ${String(stored)}, now ${String(fitted)}`;
  }
  if (typeof stored !== 'object' || typeof fitted !== 'object' || stored === null || fitted === null) {
    return stored === fitted ? null : `${path}: ${String(stored)}, now ${String(fitted)}`;
  }
  const [before, after] = [new Map<string, unknown>(Object.entries(stored)), new Map<string, unknown>(Object.entries(fitted))];
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const difference = firstDifference(before.get(key), after.get(key), `${path}.${key}`);
    if (difference !== null) return difference;
  }
  return null;
}

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
for (const { file, content } of outputs) {
  if (values.check) {
    const difference = firstDifference(JSON.parse(readFileSync(file, 'utf8')), content, '');
    if (difference !== null) throw new Error(`${file} is not what the rows of 2015 give (${difference}): run demo/fit-safe-version.ts`);
    console.log(`same: ${file}`);
  } else {
    writeFileSync(file, `${JSON.stringify(content, null, 1)}\n`);
    console.log(`written: ${file}\n${JSON.stringify(content.measured, null, 1)}`);
  }
}
