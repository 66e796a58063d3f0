/**
 * Bundles the operator into dist/operator.mjs and the plugin into dist/kubectl-modelrisk.mjs: one file each,
 * because start-up and memory of an unbundled tree are about twice as high.
 */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import type { Plugin } from 'esbuild';

import { shippedControls } from '../src/api/shipped-controls.ts';
import { leaveOut } from './left-out.ts';

const requireBanner =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" +
  " import { fileURLToPath as __fileURLToPath } from 'node:url'; const __filename = __fileURLToPath(import.meta.url); const __dirname = __fileURLToPath(new URL('.', import.meta.url));";

/** One file is all there is of a bundle: the controls it ships with go inside as they were read, without what reads YAML. */
function putIn(): Plugin {
  const shipped = shippedControls();
  if (!shipped.ok) throw new Error(`config/report/controls.yaml can't be bundled: ${shipped.failure.join('; ')}`);
  const contents = `export const shippedControls = () => (${JSON.stringify(shipped)});`;
  return {
    name: 'put-in',
    setup: (bundle) => {
      bundle.onLoad({ filter: /[/\\]src[/\\]api[/\\]shipped-controls\.ts$/ }, () => ({ contents, loader: 'js' }));
    },
  };
}

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
    plugins: [leaveOut(), putIn()],
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
