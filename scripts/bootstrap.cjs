// Makes every npm script work in a fresh clone: installs the packages when they are missing or older than the lockfile.
// Runs on the machine's own Node (20 or newer), so it uses nothing but built-ins and plain JavaScript.
'use strict';

const { spawnSync } = require('node:child_process');
const { existsSync, statSync } = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '..');

/** Why an install is due, or null. `node` is a package here: npm scripts run on the pinned Node, whatever the shell has. */
function reasonToInstall() {
  const installed = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return 'no packages installed yet';
  const node = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (!existsSync(node)) return 'the pinned Node is missing';
  if (statSync(join(root, 'package-lock.json')).mtimeMs > statSync(installed).mtimeMs)
    return 'package-lock.json is newer than what is installed';
  return null;
}

const reason = reasonToInstall();
if (reason !== null) {
  process.stderr.write(`bootstrap: ${reason}; running npm ci (about a minute)\n`);
  const result = spawnSync('npm', ['ci', '--no-progress', '--loglevel', 'error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  const left = result.status === 0 ? reasonToInstall() : 'npm ci failed';
  if (left !== null) {
    process.stderr.write(`bootstrap: ${left}: check that the package registry is reachable, then run "npm ci" in ${root} by hand.\n`);
    process.exit(1);
  }
}
