import { globSync, readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import type { Manifest } from './api.ts';

/** Pages of the programme, and manifests beside them. */
export const programmePages: readonly string[] = globSync('docs/programme/**/*.md').toSorted();
export const programmeManifests: readonly string[] = globSync('docs/programme/**/*.yaml').toSorted();

function blocksOf(page: string, language: string): readonly string[] {
  const text = readFileSync(page, 'utf8');
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, block = '']) => block);
}

function documentsIn(text: string): readonly Manifest[] {
  return parseAllDocuments(text).map((document) => {
    if (document.errors.length > 0) throw new Error(document.errors.join());
    return document.toJS() as Manifest;
  });
}

export interface PlacedManifest {
  readonly where: string;
  readonly manifest: Manifest;
}

/** Every object of the folder, from files and from blocks in pages. */
export function programmeObjects(): readonly PlacedManifest[] {
  const ofFiles = programmeManifests.map((where) => ({ where, text: readFileSync(where, 'utf8') }));
  const ofPages = programmePages.flatMap((where) => blocksOf(where, 'yaml').map((text) => ({ where, text })));
  return [...ofFiles, ...ofPages].flatMap(({ where, text }) => documentsIn(text).map((manifest) => ({ where, manifest })));
}

/** As a shell splits it, without what is redirected. */
export function wordsOf(command: string): readonly string[] {
  const words = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
  const end = words.indexOf('>');
  return end === -1 ? words : words.slice(0, end);
}

/** Commands of the plugin in a page, in blocks and in the text, each without `kubectl modelrisk`. */
export function commandsIn(page: string): readonly string[] {
  const lines = blocksOf(page, 'sh').flatMap((block) => block.replaceAll(/\\\n\s*/g, '').split('\n'));
  const inText = [...readFileSync(page, 'utf8').matchAll(/`(kubectl modelrisk [^`\n]+)`/g)].map(([, command = '']) => command);
  return [...lines, ...inText].flatMap((line) => {
    const [, command] = /^kubectl modelrisk (.+)$/.exec(line.trim()) ?? [];
    return command === undefined ? [] : [command];
  });
}
