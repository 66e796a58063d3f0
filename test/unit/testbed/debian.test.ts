import { chmod, mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { runCommand } from '../../../testbed/run-command.ts';
import { catalog } from '../../../testbed/tools/catalog.ts';
import { unpackDebian } from '../../../testbed/tools/debian.ts';
import type { DebianCommands, DebianRecipe } from '../../../testbed/tools/debian.ts';
import { resolveTool } from '../../../testbed/tools/resolve.ts';

const recipe: DebianRecipe = { kind: 'Debian', packages: ['tool', 'fonts-of-tool'], program: 'usr/bin/tool', proof: ['--version'] };
let directory = '';

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'modelrisk-debian-'));
  await mkdir(join(directory, 'entry'));
});
afterEach(() => rm(directory, { recursive: true }));

async function script(name: string, body: string): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, `#!/bin/sh\n${body}\n`);
  await chmod(path, 0o755);
  return path;
}

/** An apt-get that writes down what it was asked for and "downloads" two archives into the folder it was given. */
function aptGet(then = ''): Promise<string> {
  return script(
    'apt-get',
    `echo "$@" >> ${directory}/asked
for word in "$@"; do case $word in Dir::Cache=*) cache=\${word#Dir::Cache=};; esac; done
case "$*" in *install*) touch "$cache/archives/tool_1_amd64.deb" "$cache/archives/libtool_1_amd64.deb";; esac
${then}`,
  );
}

/** A dpkg-deb that "unpacks" a program which prints where it looks for libraries and fonts, and fails when told to. */
function dpkgDeb(program = 'echo "$LD_LIBRARY_PATH|$FONTCONFIG_FILE|$*"'): Promise<string> {
  return script(
    'dpkg-deb',
    `echo "$2" >> ${directory}/unpacked
mkdir -p "$3/usr/bin" "$3/usr/lib/x86_64-linux-gnu/inner"
printf '%s\\n' '#!/bin/sh' '${program}' > "$3/usr/bin/tool" && chmod +x "$3/usr/bin/tool"`,
  );
}

function unpack(commands: DebianCommands): Promise<string | null> {
  const entry = join(directory, 'entry');
  return unpackDebian(recipe, { directory: entry, artefact: join(entry, 'tool') }, commands);
}

describe('unpackDebian', () => {
  it('asks for the packages by name in folders of its own, and unpacks every archive that came', async () => {
    expect(await unpack({ aptGet: await aptGet(), dpkgDeb: await dpkgDeb() })).toBeNull();
    const [update, install] = (await readFile(join(directory, 'asked'), 'utf8')).trim().split('\n');
    expect(update).toMatch(/ update$/);
    expect(install).toMatch(/ --no-install-recommends --download-only tool fonts-of-tool$/);
    for (const line of [update, install]) {
      expect(line).toContain(`Dir::State=${directory}/entry/`);
      expect(line).toContain(`Dir::Cache=${directory}/entry/`);
    }
    expect((await readFile(join(directory, 'unpacked'), 'utf8')).trim().split('\n')).toHaveLength(2);
    expect((await readdir(join(directory, 'entry'))).sort()).toEqual(['fonts.conf', 'root', 'tool']);
  });

  it('runs from wherever its folder was moved to, with the libraries and fonts that came along', async () => {
    await unpack({ aptGet: await aptGet(), dpkgDeb: await dpkgDeb() });
    const moved = join(directory, 'moved to');
    await rename(join(directory, 'entry'), moved);
    const { stdout } = await runCommand(join(moved, 'tool'), ['one word', 'two']);
    const [libraries, fonts, words] = stdout.trim().split('|');
    const unpacked = join(moved, 'root', 'usr/lib/x86_64-linux-gnu');
    expect(libraries?.split(':')).toEqual(expect.arrayContaining([unpacked, join(unpacked, 'inner')]));
    expect(fonts).toBe(`${moved}/fonts.conf`);
    expect(words).toBe('one word two');
  });

  it('says what the package manager said last when it refuses', async () => {
    const refusing = await aptGet('case "$*" in *install*) echo "E: Unable to locate package tool" >&2; exit 100;; esac');
    expect(await unpack({ aptGet: refusing, dpkgDeb: await dpkgDeb() })).toBe(
      `"${refusing} install" ended with 100: E: Unable to locate package tool`,
    );
  });

  it('does not take a program that cannot be run, for want of a library', async () => {
    const lame = await dpkgDeb('echo "libmissing.so.1: cannot open shared object file" >&2; exit 127');
    expect(await unpack({ aptGet: await aptGet(), dpkgDeb: lame })).toMatch(
      /entry\/tool --version" ended with 127: libmissing\.so\.1: cannot open shared object file$/,
    );
  });

  it('names the archive that could not be unpacked', async () => {
    const broken = await script('dpkg-deb', 'echo "not a Debian archive" >&2; exit 2');
    expect(await unpack({ aptGet: await aptGet(), dpkgDeb: broken })).toMatch(
      /dpkg-deb -x (lib)?tool_1_amd64\.deb" ended with 2: not a Debian archive/,
    );
  });

  it('says that a system has no package manager of this kind', async () => {
    expect(await unpack({ aptGet: join(directory, 'absent'), dpkgDeb: 'dpkg-deb' })).toMatch(/absent update" ended with 127: .*ENOENT/);
  });
});

describe('a tool out of Debian packages that cannot be had', () => {
  it.each(['chromium', 'pdftotext'] as const)('%s: one sentence with the remedy', async (name) => {
    const saved = { ...process.env };
    process.env['XDG_CACHE_HOME'] = join(directory, 'cache');
    process.env['PATH'] = join(directory, 'bin');
    try {
      const message = await resolveTool(name, () => undefined).catch((error: unknown) => (error as Error).message);
      expect(message).toMatch(new RegExp(`^no ${name}: .* the cache has none and making it failed \\("apt-get update" ended with 127`));
      const { recipe: asked } = catalog[name];
      expect(message).toContain(`as root: apt-get install ${asked.kind === 'Debian' ? asked.packages.join(' ') : ''}`);
    } finally {
      process.env['PATH'] = saved['PATH'];
      Reflect.deleteProperty(process.env, 'XDG_CACHE_HOME');
      if (saved['XDG_CACHE_HOME'] !== undefined) process.env['XDG_CACHE_HOME'] = saved['XDG_CACHE_HOME'];
    }
  });
});
