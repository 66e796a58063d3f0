import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';

/** No container engine is needed to see that the recipe names what exists; building the image is for outside. */
const lines = readFileSync('Dockerfile', 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));
const instructions = lines.map((line) => line.split(' '));

function of(instruction: string): readonly (readonly string[])[] {
  return instructions.filter(([name]) => name === instruction).map(([, ...words]) => words);
}

it('copies only what is in the repository and not ignored', () => {
  const kept = readFileSync('.dockerignore', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1));
  const copied = of('COPY')
    .filter(([first]) => first?.startsWith('--') !== true)
    .flatMap((words) => words.slice(0, -1));
  expect(copied.filter((path) => !existsSync(path))).toEqual([]);
  expect(copied.sort()).toEqual(kept.sort());
});

it('takes over the file the build writes, and runs it', () => {
  const built = of('COPY').find(([first]) => first === '--from=build')?.[1];
  expect(built).toBe('/build/dist/operator.mjs');
  expect(readFileSync('scripts/build.ts', 'utf8')).toContain("'dist/operator.mjs'");
  expect(of('RUN')).toContainEqual(['node', 'scripts/build.ts']);
  expect(of('CMD')).toEqual([['["operator.mjs"]']]);
});

it('ends on a base without a shell, as nobody in particular', () => {
  expect(of('FROM').at(-1)).toEqual(['gcr.io/distroless/nodejs24-debian13:nonroot']);
  expect(of('USER')).toEqual([['nonroot']]);
});

it('builds with the Node it runs on', () => {
  const majors = of('FROM').map(([image = '']) => /node(?:js|:)(\d+)/.exec(image)?.[1]);
  expect(new Set(majors)).toEqual(new Set(['24']));
});
