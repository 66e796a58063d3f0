import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { catalog } from './catalog.ts';
import { repositoryRoot } from './tool.ts';
import type { Tool } from './tool.ts';

/** Twelve hex digits over the recipe, the platform (for packages also its release), the files it builds from and the tool it is made of. */
export async function digestOf(tool: Tool): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([tool.recipe, tool.artefact, process.platform, process.arch]));
  if (tool.recipe.kind === 'GoBuild') {
    for (const file of tool.recipe.files) hash.update(await readFile(join(repositoryRoot, tool.recipe.folder, file)));
  }
  if (tool.recipe.kind === 'Wrapper') hash.update(await digestOf(catalog[tool.recipe.tool]));
  // What is unpacked completes what this release of the system has installed.
  if (tool.recipe.kind === 'Debian') hash.update(await readFile('/etc/os-release').catch(() => ''));
  return hash.digest('hex').slice(0, 12);
}
