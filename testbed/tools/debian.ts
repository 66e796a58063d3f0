import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { runCommand } from '../run-command.ts';

/** A program out of Debian's packages, with every library of theirs that this machine has not installed. */
export interface DebianRecipe {
  readonly kind: 'Debian';
  readonly packages: readonly string[];
  /** Path inside the packages, without a leading slash. */
  readonly program: string;
  /** Arguments with which the unpacked program ends with 0: proof that all its libraries are there. */
  readonly proof: readonly string[];
}

/** Asks the operating system for nothing but its own list of installed packages; tests put other commands in their place. */
export interface DebianCommands {
  readonly aptGet: string;
  readonly dpkgDeb: string;
}

const systemCommands: DebianCommands = { aptGet: 'apt-get', dpkgDeb: 'dpkg-deb' };

/**
 * Downloads and unpacks the packages into `directory/root` and writes `artefact`, a script that runs the program from there.
 * Nothing is installed and no rights are needed: package lists and archives stand in folders of our own, which are removed at
 * the end. Null when it worked, else one line: the command and the last thing it said.
 */
export async function unpackDebian(
  recipe: DebianRecipe,
  { directory, artefact }: { readonly directory: string; readonly artefact: string },
  commands: DebianCommands = systemCommands,
): Promise<string | null> {
  const state = join(directory, 'apt-state');
  const cache = join(directory, 'apt-cache');
  const root = join(directory, 'root');
  for (const folder of [join(state, 'lists', 'partial'), join(cache, 'archives', 'partial'), root]) {
    await mkdir(folder, { recursive: true });
  }
  const own = [`Dir::State=${state}`, `Dir::Cache=${cache}`, `Dir::Log=${directory}`, 'Dir::State::status=/var/lib/dpkg/status'];
  // Root's apt would drop to a user that can't write into this folder; and the lock of the system's apt is not ours to take.
  const options = [...own, 'APT::Sandbox::User=', 'Debug::NoLocking=1'].flatMap((option) => ['-o', option]);
  const download = ['install', '--yes', '--reinstall', '--no-install-recommends', '--download-only', ...recipe.packages];
  for (const args of [['update'], download]) {
    const problem = await run(commands.aptGet, ['-q', ...options, ...args], args[0] ?? '');
    if (problem !== null) return problem;
  }
  const archives = (await readdir(join(cache, 'archives'))).filter((name) => name.endsWith('.deb'));
  for (const archive of archives) {
    const problem = await run(commands.dpkgDeb, ['-x', join(cache, 'archives', archive), root], `-x ${archive}`);
    if (problem !== null) return problem;
  }
  await Promise.all([state, cache].map((folder) => rm(folder, { recursive: true })));
  await writeFile(join(directory, 'fonts.conf'), fontsConf);
  await writeFile(artefact, launcher(recipe.program));
  await chmod(artefact, 0o755);
  return run(artefact, recipe.proof, recipe.proof.join(' '));
}

async function run(command: string, args: readonly string[], spoken: string): Promise<string | null> {
  const { code, stdout, stderr } = await runCommand(command, args, { env: { DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' } });
  if (code === 0) return null;
  return `"${`${command} ${spoken}`.trim()}" ended with ${code}: ${`${stdout}\n${stderr}`.trim().split('\n').slice(-2).join(' / ')}`;
}

/** Finds its folder by its own place, because the folder is renamed once it is complete. */
function launcher(program: string): string {
  return `#!/bin/sh
here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
root="$here/root"
libraries=
for folder in "$root"/usr/lib/*-linux-gnu* "$root"/usr/lib/*-linux-gnu*/* "$root"/lib/*-linux-gnu*; do
  [ -d "$folder" ] && libraries="$libraries$folder:"
done
export LD_LIBRARY_PATH="$libraries$LD_LIBRARY_PATH" FONTCONFIG_FILE="$here/fonts.conf"
exec "$root/${program}" "$@"
`;
}

// Relative folders are meant from the file's own place: the fonts that came with the packages, then the machine's.
const fontsConf = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir prefix="relative">root/usr/share/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
  <include ignore_missing="yes">/etc/fonts/conf.d</include>
</fontconfig>
`;
