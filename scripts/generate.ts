/**
 * Writes what is derived from the zod schemas: crds/ (for kubectl and Argo CD) and the same objects as templates of the
 * chart (Helm never upgrades what lies in a chart's own crds folder). `--check` writes nothing and fails on any difference.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { generatedFiles, generatedFolders } from './generated-files.ts';

const checkOnly = process.argv.includes('--check');
const wanted = generatedFiles();
const stale = generatedFolders.flatMap((folder) =>
  existsSync(folder)
    ? readdirSync(folder)
        .map((file) => join(folder, file))
        .filter((path) => !wanted.has(path))
    : [],
);
const changed = [...wanted].filter(([path, text]) => !existsSync(path) || readFileSync(path, 'utf8') !== text);

if (checkOnly) {
  for (const path of [...changed.map(([path]) => path), ...stale])
    console.error(`generate: ${path} is not what src/api says; run npm run generate`);
  if (changed.length + stale.length > 0) process.exitCode = 1;
} else {
  for (const path of stale) rmSync(path);
  for (const [path, text] of changed) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  console.log(`generate: ${changed.length} written, ${stale.length} removed, ${wanted.size - changed.length} as they were`);
}
