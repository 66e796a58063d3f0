/**
 * Writes the compact copy of the census rows into demo/data, and the pinned reference into demo/manifests.
 *   node demo/prepare-data.ts <folder with the three parquet files>       (or MODELRISK_DATA_DIR)
 *   node demo/prepare-data.ts --check <folder>                            compares instead of writing
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';

import { readPublishedRows } from './census/parquet.ts';
import { binByQuantiles } from './census/reference-scores.ts';
import type { ReferenceScores } from './census/reference-scores.ts';
import { encodeRows } from './census/row-codec.ts';
import { ordinaryStretch, referenceFile, shiftStretch } from './census/stretches.ts';
import type { Stretch } from './census/stretches.ts';

/** Deciles: enough to see a shift, few enough that a window of 400 rows is not all noise. */
const buckets = 10;

const dataDirectory = join(import.meta.dirname, 'data');
const modelRiskFile = join(import.meta.dirname, 'manifests', 'model-risk.yaml');

interface Output {
  readonly file: string;
  readonly bytes: Buffer;
}

async function buildOutputs(source: string): Promise<readonly Output[]> {
  const { reference, analysis } = await readPublishedRows(source);
  const pinned = binByQuantiles(
    reference.map((row) => row.publishedScore),
    buckets,
  );
  const stretch = ({ file, first, end }: Stretch): Output => ({
    file: join(dataDirectory, file),
    bytes: encodeRows(analysis.slice(first, end)),
  });
  return [
    { file: join(dataDirectory, referenceFile), bytes: encodeRows(reference) },
    stretch(ordinaryStretch),
    stretch(shiftStretch),
    { file: join(dataDirectory, 'reference-scores.json'), bytes: Buffer.from(`${JSON.stringify(pinned)}\n`) },
    { file: modelRiskFile, bytes: Buffer.from(pinReference(readFileSync(modelRiskFile, 'utf8'), pinned)) },
  ];
}

/** The one `reference:` block of the manifest, with its two lists on a line each. */
function pinReference(manifest: string, { upperBounds, counts }: ReferenceScores): string {
  return manifest
    .replace(/^( +upperBounds: ).*$/m, `$1[${upperBounds.join(', ')}]`)
    .replace(/^( +counts: ).*$/m, `$1[${counts.join(', ')}]`);
}

/** Rows are compared unpacked: another zlib may pack them to other bytes. */
function isSame({ file, bytes }: Output): boolean {
  const stored = readFileSync(file);
  return file.endsWith('.gz') ? gunzipSync(stored).equals(gunzipSync(bytes)) : stored.equals(bytes);
}

const { values, positionals } = parseArgs({ options: { check: { type: 'boolean', default: false } }, allowPositionals: true });
const source = positionals[0] ?? process.env['MODELRISK_DATA_DIR'];
if (source === undefined) throw new Error('name the folder with the three parquet files: as argument, or in MODELRISK_DATA_DIR');
const outputs = await buildOutputs(source);
for (const output of outputs) {
  if (values.check) {
    if (!isSame(output)) throw new Error(`${output.file} is not what ${source} gives: run demo/prepare-data.ts without --check`);
    console.log(`same: ${output.file}`);
  } else {
    writeFileSync(output.file, output.bytes);
    console.log(`${String(output.bytes.length)} bytes: ${output.file}`);
  }
}
