import { chmod, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { catalog } from '../../../testbed/tools/catalog.ts';
import { cacheEntry, resolveTool } from '../../../testbed/tools/resolve.ts';
import { reaches, variableOf } from '../../../testbed/tools/tool.ts';

const silent = (): void => undefined;
const saved = { ...process.env };
let directory = '';

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'modelrisk-tools-'));
  process.env['XDG_CACHE_HOME'] = join(directory, 'cache');
  process.env['PATH'] = join(directory, 'bin');
  await mkdir(join(directory, 'bin'));
});

afterEach(() => {
  process.env['PATH'] = saved['PATH'];
  for (const name of ['XDG_CACHE_HOME', 'MODELRISK_TESTBED_HELM', 'MODELRISK_TESTBED_CONTROLPLANE']) {
    Reflect.deleteProperty(process.env, name);
    if (saved[name] !== undefined) process.env[name] = saved[name];
  }
});

async function putOnPath(command: string, output: string): Promise<string> {
  const path = join(directory, 'bin', command);
  await writeFile(path, `#!/bin/sh\necho '${output}'\n`);
  await chmod(path, 0o755);
  return path;
}

async function putInCache(tool: 'helm' | 'controlplane' | 'prometheus' | 'promtool'): Promise<string> {
  const entry = await cacheEntry(catalog[tool]);
  await mkdir(entry, { recursive: true });
  await writeFile(join(entry, tool), '');
  return join(entry, tool);
}

describe('resolveTool', () => {
  it('takes what the variable names before anything else', async () => {
    await putOnPath('helm', 'v3.20.1');
    const named = join(directory, 'my-helm');
    await writeFile(named, '');
    process.env['MODELRISK_TESTBED_HELM'] = named;
    expect(await resolveTool('helm', silent)).toBe(named);
  });

  it('refuses a variable that names nothing', async () => {
    process.env['MODELRISK_TESTBED_HELM'] = join(directory, 'absent');
    await expect(resolveTool('helm', silent)).rejects.toThrow(/MODELRISK_TESTBED_HELM names .*absent, which does not exist/);
  });

  it('takes an accepted version on PATH before the cache', async () => {
    await putInCache('helm');
    const onPath = await putOnPath('helm', 'v3.20.1+g1');
    expect(await resolveTool('helm', silent)).toBe(onPath);
  });

  it.each(['v3.2.0', 'v4.1.0', 'nonsense'])('passes over %s on PATH', async (version) => {
    await putOnPath('helm', version);
    const cached = await putInCache('helm');
    expect(await resolveTool('helm', silent)).toBe(cached);
  });

  it.each(['prometheus', 'promtool'] as const)('passes over a %s 2 on PATH: tests rely on infos and warnings of 3', async (tool) => {
    const cached = await putInCache(tool);
    await putOnPath(tool, `${tool}, version 2.42.0+ds (branch: debian/sid)`);
    expect(await resolveTool(tool, silent)).toBe(cached);
    const onPath = await putOnPath(tool, `${tool}, version 3.0.0 (branch: HEAD)`);
    expect(await resolveTool(tool, silent)).toBe(onPath);
  });

  it('makes what is nowhere once, however many ask', async () => {
    await putInCache('controlplane');
    const lines: string[] = [];
    const paths = await Promise.all([1, 2, 3].map(() => resolveTool('kubectl', (line) => lines.push(line))));
    expect(new Set(paths).size).toBe(1);
    expect(await readFile(paths[0] ?? '', 'utf8')).toMatch(/^#!\/bin\/sh\nexec '.*\/controlplane' kubectl "\$@"\n$/);
    expect(lines.filter((line) => line.startsWith('making'))).toEqual(['making kubectl v1.36.3, at once']);
  });

  it('names every way it tried and what to do when none led to the tool', async () => {
    const message = await resolveTool('helm', silent).catch((error: unknown) => (error as Error).message);
    expect(message).toMatch(
      /^no helm: MODELRISK_TESTBED_HELM is not set, .*helm 3\.14 or newer on PATH, the cache has none and making it failed \("go install .*ENOENT\); /,
    );
    expect(message).toMatch(/install helm 3\.14 or newer on PATH, Go 1\.26 .*or set MODELRISK_TESTBED_HELM\.$/);
  });

  it('gives a changed recipe its own cache entry', async () => {
    const { helm } = catalog;
    const changed = { ...helm, recipe: { ...helm.recipe, ldflags: '' } } as typeof helm;
    expect(await cacheEntry(changed)).not.toBe(await cacheEntry(helm));
  });
});

describe('reaches', () => {
  it.each([
    ['3.16.2', [3, 14], true],
    ['3.14.0', [3, 14], true],
    ['3.9.9', [3, 14], false],
    ['4.0', [3, 14], true],
    ['3', [3, 1], false],
  ] as const)('%s against %j: %s', (version, atLeast, expected) => {
    expect(reaches(version, atLeast)).toBe(expected);
  });
});

it('names the variable of a tool', () => {
  expect(variableOf('gateway-api-crds')).toBe('MODELRISK_TESTBED_GATEWAY_API_CRDS');
});
