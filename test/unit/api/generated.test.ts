import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { generatedFiles, generatedFolders } from '../../../scripts/generated-files.ts';

const wanted = generatedFiles();

describe('generated files', () => {
  it.each([...wanted.keys()])('%s is what the sources say', (path) => {
    expect(existsSync(path) ? readFileSync(path, 'utf8') : 'missing: run npm run generate').toBe(wanted.get(path));
  });

  it('stand alone in their folders', () => {
    const present = generatedFolders.flatMap((folder) => readdirSync(folder).map((file) => join(folder, file)));
    expect(present.filter((path) => !wanted.has(path))).toEqual([]);
  });

  it('are the same definitions for kubectl and for kustomize', () => {
    const crds = [...wanted].filter(([path]) => path.startsWith('crds/'));
    expect(crds).toHaveLength(8);
    for (const [path, text] of crds) expect(wanted.get(path.replace('crds/', 'config/crd/'))).toBe(text);
  });

  it('regression: mean the same to readers of YAML 1.1, as kubectl is one: a bare Off or Yes is a boolean there', () => {
    for (const [, text] of [...wanted].filter(([path]) => path.startsWith('crds/')))
      expect(parse(text, { version: '1.1' })).toEqual(parse(text));
  });

  it('hold nothing in crds/ that kubectl apply -f would stumble over', () => {
    const kinds = [...wanted].filter(([path]) => path.startsWith('crds/')).map(([, text]) => (parse(text) as { kind: string }).kind);
    expect(new Set(kinds)).toEqual(new Set(['CustomResourceDefinition']));
  });
});

describe('templates made of manifests', () => {
  const templates = [...wanted].filter(([path]) => path.startsWith('charts/'));

  it('name neither our namespace nor our ServiceAccount', () => {
    for (const [, text] of templates) {
      expect(text).not.toContain('modelrisk-system');
      expect(text).not.toMatch(/kind: ServiceAccount\n(?:metadata:\n)? +name: modelrisk-operator/);
    }
  });

  it('stand under the switch of what they are', () => {
    for (const [path, text] of templates) {
      const second = text.split('\n')[1];
      if (path.includes('/crds/')) expect(second).toBe('{{- if .Values.crds.enabled }}');
      if (path.includes('/admission-validating/')) expect(second).toBe('{{- if .Values.admission.enabled }}');
      if (path.includes('/admission-mutating/')) expect(second).toMatch(/^\{\{- if and \.Values\.admission\.enabled \(\.Capabilities/);
    }
  });
});
