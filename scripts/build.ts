/**
 * Bundles the operator into dist/operator.mjs and the plugin into dist/kubectl-modelrisk.mjs: one file each,
 * because start-up and memory of an unbundled tree are about twice as high.
 */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

import { leaveOut } from './left-out.ts';

const requireBanner =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" +
  " import { fileURLToPath as __fileURLToPath } from 'node:url'; const __filename = __fileURLToPath(import.meta.url); const __dirname = __fileURLToPath(new URL('.', import.meta.url));";

mkdirSync('dist', { recursive: true });
for (const [entry, outfile, firstLine] of [
  ['src/main.ts', 'dist/operator.mjs', ''],
  // kubectl starts what is called kubectl-modelrisk on PATH.
  ['src/cli/main.ts', 'dist/kubectl-modelrisk.mjs', '#!/usr/bin/env node\n'],
] as const) {
  const { metafile } = await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'esm',
    // Functions keep their names, so traces can be read. One character of a comment outside Latin-1 would double the text in memory.
    minifyWhitespace: true,
    minifySyntax: true,
    lineLimit: 160,
    plugins: [leaveOut()],
    // One file on PATH is all there is of the plugin: what it ships with goes inside.
    define: { bundledControls: JSON.stringify(readFileSync('config/report/controls.yaml', 'utf8')) },
    sourcemap: 'external',
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
    banner: { js: `${firstLine}${requireBanner}` },
  });
  // How much of the bundle comes from where.
  writeFileSync(`${outfile}.meta.json`, JSON.stringify(metafile));
  if (firstLine !== '') chmodSync(outfile, 0o755);
}
