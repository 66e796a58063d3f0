import { existsSync, globSync, readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { usage } from '../../../src/cli/arguments.ts';

const pages = ['README.md', 'CONTRIBUTING.md', ...globSync('docs/**/*.md')];
const folders = readdirSync('.', { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));

function found(page: string, pattern: RegExp): readonly string[] {
  return [...readFileSync(page, 'utf8').matchAll(pattern)].map(([, name = '']) => name);
}

/** `src/kube/`, `config/default`, a pattern of files: what begins with a folder of the repository. */
function pathsIn(page: string): readonly string[] {
  const words = found(page, /(?<=[\s`(])([\w.@*-]+\/[\w./*-]*)/g).map((path) => path.replace(/[.,]+$/, ''));
  return words.filter((path) => folders.includes(path.split('/')[0] ?? '') && !path.startsWith('dist/'));
}

describe.each(pages)('%s names', (page) => {
  it('only files and folders that are there', () => {
    expect(pathsIn(page).filter((path) => !existsSync(path) && globSync(path).length === 0)).toEqual([]);
  });

  it('only npm scripts that are there', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly scripts: Readonly<Record<string, string>> };
    expect(found(page, /npm run (?:--silent )?([a-z-]+)/g).filter((name) => !(name in scripts))).toEqual([]);
  });

  it('only commands of the plugin that are there', () => {
    const commands = found(page, /`kubectl modelrisk ((?:[a-z]+ ?)+)/g).map((words) => words.trim());
    expect(commands.filter((words) => !usage.includes(`kubectl modelrisk ${words}`))).toEqual([]);
  });
});

it('every folder of the repository is on the map of CONTRIBUTING', () => {
  const map = readFileSync('CONTRIBUTING.md', 'utf8');
  const ignored = ['node_modules', 'dist', 'coverage'];
  expect(folders.filter((name) => !name.startsWith('.') && !ignored.includes(name) && !map.includes(`\`${name}`))).toEqual([]);
});
