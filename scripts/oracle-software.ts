import { createHash } from 'node:crypto';
import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { failure, success } from '../src/shared/result.ts';
import type { Result } from '../src/shared/result.ts';
import { runCommand } from '../testbed/run-command.ts';
import { withBuildLock } from '../testbed/tools/build-lock.ts';
import { cacheDirectory } from '../testbed/tools/resolve.ts';
import { reaches } from '../testbed/tools/tool.ts';

/** What the pinned numpy and pandas ask for. */
const leastPython = [3, 11];
const requirements = 'oracle/requirements.txt';
const rPackages = ['actuar', 'spc'];

/** Path of a Python that has exactly the pinned packages, in a virtual environment of the tool cache. The failure is a sentence with the remedy. */
export async function oraclePython(say: (line: string) => void, candidates = pythonCandidates()): Promise<Result<string, string>> {
  const base = await findPython(candidates);
  if (base === null) {
    return failure(
      `there is no Python ${leastPython.join('.')} or newer with venv: install it (Debian: apt-get install python3 python3-venv), or name one in MODELRISK_ORACLE_PYTHON`,
    );
  }
  const pinned = await readFile(requirements, 'utf8');
  const digest = createHash('sha256').update(pinned).update(base.command).digest('hex').slice(0, 12);
  const folder = join(cacheDirectory(), 'oracle', `python-${base.version}-${digest}`);
  const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  const complete = join(folder, 'complete');
  await mkdir(dirname(folder), { recursive: true });
  return withBuildLock(`${folder}.lock`, async () => {
    if (await exists(complete)) return success(python);
    say(`installing scipy, statsmodels, scikit-learn and fairlearn into ${folder}, about a minute once`);
    await rm(folder, { recursive: true, force: true });
    const install = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--only-binary', ':all:', '--requirement', requirements];
    for (const [command, args] of [[base.command, ['-m', 'venv', folder]] as const, [python, install] as const]) {
      const { code, stdout, stderr } = await runCommand(command, args, { env: { PIP_DISABLE_PIP_VERSION_CHECK: '1' } });
      if (code !== 0) return failure(`"${[command, ...args].join(' ')}" ended with ${code}: ${lastLine(`${stdout}\n${stderr}`)}`);
    }
    await writeFile(complete, pinned);
    return success(python);
  });
}

/** Path of an Rscript that has the packages. R has no lockfile here: the versions found are written into the goldens. */
export async function oracleR(command = process.env['MODELRISK_ORACLE_RSCRIPT'] ?? 'Rscript'): Promise<Result<string, string>> {
  const wanted = `c(${rPackages.map((name) => `"${name}"`).join(', ')})`;
  const { code } = await runCommand(command, ['-e', `quit(status = !all(sapply(${wanted}, requireNamespace, quietly = TRUE)))`]);
  if (code === 0) return success(command);
  return failure(
    `${command} is no R with the packages ${rPackages.join(' and ')}: install them (Debian: apt-get install r-base-core r-cran-actuar r-cran-spc), or name one in MODELRISK_ORACLE_RSCRIPT`,
  );
}

interface Python {
  readonly command: string;
  readonly version: string;
}

function pythonCandidates(): readonly string[] {
  const named = process.env['MODELRISK_ORACLE_PYTHON'];
  return named === undefined ? ['python3', 'python3.13', 'python3.12', 'python3.11'] : [named];
}

async function findPython(candidates: readonly string[]): Promise<Python | null> {
  for (const command of candidates) {
    const asked = await runCommand(command, ['-c', 'import ensurepip, platform, venv; print(platform.python_version())']);
    const version = asked.stdout.trim();
    if (asked.code === 0 && reaches(version, leastPython)) return { command, version };
  }
  return null;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** The last thing a command said, which is where it says what went wrong. */
export function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
