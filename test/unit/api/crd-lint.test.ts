import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

interface Node {
  readonly type?: string;
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly format?: string;
  readonly pattern?: string;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: unknown;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly 'x-kubernetes-list-type'?: string;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-validations'?: readonly { readonly rule: string; readonly message?: string; readonly fieldPath?: string }[];
}

interface Definition {
  readonly spec: {
    readonly names: {
      readonly kind: string;
      readonly plural: string;
      readonly singular: string;
      readonly shortNames: readonly string[];
      readonly categories: readonly string[];
    };
    readonly versions: readonly {
      readonly subresources?: object;
      readonly additionalPrinterColumns: readonly { readonly name: string; readonly type: string; readonly jsonPath: string }[];
      readonly selectableFields?: readonly { readonly jsonPath: string }[];
      readonly schema: { readonly openAPIV3Schema: Node };
    }[];
  };
}

type Found = readonly [path: string, node: Node];

function walk(path: string, node: Node): readonly Found[] {
  const children = Object.entries(node.properties ?? {}).flatMap(([key, child]) => walk(`${path}.${key}`, child));
  return [[path, node], ...children, ...(node.items === undefined ? [] : walk(`${path}[]`, node.items))];
}

const definitions = readdirSync('crds').map((file) => parse(readFileSync(`crds/${file}`, 'utf8')) as Definition);

const subjects = definitions.map((definition) => {
  const [version] = definition.spec.versions;
  if (version === undefined) throw new Error('no version');
  const { kind } = definition.spec.names;
  const root = version.schema.openAPIV3Schema;
  const fields = Object.entries(root.properties ?? {})
    .filter(([key]) => key === 'spec' || key === 'status')
    .flatMap(([key, node]) => walk(`${kind}.${key}`, node));
  return { kind, definition, version, root, fields };
});

function offenders(fields: readonly Found[], wrong: (node: Node, path: string) => boolean): readonly string[] {
  return fields.filter(([path, node]) => wrong(node, path)).map(([path]) => path);
}

it('there is one file for each kind', () => {
  expect(subjects.map(({ kind }) => kind).sort()).toEqual([
    'MitigationPlan',
    'ModelRisk',
    'RiskChainHead',
    'RiskDecision',
    'RiskGate',
    'RiskIncident',
    'RiskPolicy',
    'TargetJournal',
  ]);
});

/** Of the type the patched object wants, which is another for each (docs/adr/0023-patches.md). */
const patchedValue = 'MitigationPlan.spec.targets[].patch.values[].value';

describe.each(subjects)('$kind', ({ definition, version, root, fields }) => {
  it('describes every field in a sentence', () => {
    expect(root.description).toMatch(/\.$/);
    expect(offenders(fields, ({ description }) => description === undefined || !/^[A-Z].*[.)]$/.test(description))).toEqual([]);
  });

  it('bounds every string', () => {
    expect(offenders(fields, (node) => node.type === 'string' && node.enum === undefined && node.maxLength === undefined)).toEqual([]);
  });

  it('bounds and types every list', () => {
    expect(
      offenders(fields, (node) => node.type === 'array' && (node.maxItems === undefined || node['x-kubernetes-list-type'] === undefined)),
    ).toEqual([]);
  });

  it('bounds every integer', () => {
    expect(offenders(fields, (node) => node.type === 'integer' && (node.minimum === undefined || node.maximum === undefined))).toEqual([]);
  });

  it('merges every list of objects by a key its items require', () => {
    const wrong = ({ items, ...list }: Node): boolean => {
      const keys = list['x-kubernetes-list-map-keys'] ?? [];
      return items?.type === 'object' && (keys.length === 0 || !keys.every((key) => items.required?.includes(key)));
    };
    expect(offenders(fields, wrong)).toEqual([]);
  });

  it('has no boolean and no untyped field', () => {
    const types = ['object', 'array', 'string', 'integer', 'number'];
    const untyped = offenders(fields, ({ type }) => type === undefined || !types.includes(type));
    expect(untyped.filter((field) => field !== patchedValue)).toEqual([]);
  });

  it('has no word to write that YAML 1.1, and so kubectl, takes for a boolean (the server refused a default Off)', () => {
    const written = fields.filter(([path]) => path.includes('.spec'));
    const isBoolean = (word: string): boolean => /^(y|n|yes|no|on|off|true|false)$/i.test(word);
    expect(offenders(written, ({ enum: words = [] }) => words.some(isBoolean))).toEqual([]);
  });

  it('says the unit of every duration in the name of the field', () => {
    const durations = offenders(fields, ({ description = '', type }) => type === 'integer' && /^Seconds\b/.test(description));
    expect(durations.filter((path) => !path.endsWith('Seconds'))).toEqual([]);
  });

  it('names the default it has in the description', () => {
    const scalarDefaults = fields.filter(([, { default: value }]) => typeof value === 'string' || typeof value === 'number');
    expect(
      scalarDefaults.filter(([, node]) => !node.description?.includes(`Default ${String(node.default)}`)).map(([path]) => path),
    ).toEqual([]);
  });

  it('keeps unknown fields only in the snapshot of an incident and in what a patch sets', () => {
    const open = offenders(fields, (node) => node['x-kubernetes-preserve-unknown-fields'] === true);
    const allowed: Readonly<Record<string, readonly string[]>> = {
      RiskIncident: ['RiskIncident.spec.snapshot'],
      MitigationPlan: [patchedValue],
    };
    expect(open).toEqual(allowed[definition.spec.names.kind] ?? []);
  });

  it('uses patterns the server can read (RE2)', () => {
    expect(offenders(fields, ({ pattern = '' }) => /\(\?[=!<]|\\[1-9]/.test(pattern))).toEqual([]);
  });

  it('writes no default into status', () => {
    expect(
      offenders(
        fields.filter(([path]) => path.includes('.status')),
        (node) => node.default !== undefined,
      ),
    ).toEqual([]);
  });

  it('gives every rule a message and, where one field is to blame, its path', () => {
    const rules = [root, ...fields.map(([, node]) => node)].flatMap((node) => node['x-kubernetes-validations'] ?? []);
    for (const { rule, message, fieldPath } of rules) {
      expect(message).toMatch(/write|leave|add|name|repeat|keep|choose|create|opens/);
      if (fieldPath !== undefined) expect(fieldPath).toMatch(/^\.[a-zA-Z.]+$/);
      expect(rule).not.toMatch(/\n/);
    }
  });

  it('shows columns and selects by fields that exist', () => {
    const paths = new Set(fields.map(([path]) => path.replace(/^\w+/, '')));
    const named = [...version.additionalPrinterColumns, ...(version.selectableFields ?? [])].map(({ jsonPath }) => jsonPath);
    const plain = named.filter((path) => !path.includes('conditions[') && !path.startsWith('.metadata'));
    expect(plain.filter((path) => !paths.has(path))).toEqual([]);
  });

  it('is found by a short name of more than two letters and by category', () => {
    expect(definition.spec.names.shortNames.every((name) => name.length > 2)).toBe(true);
    expect(definition.spec.names.categories).toEqual(['riskprogramme']);
  });

  it('regression: its category is the name of no kind, or who deletes all objects of that kind deletes those of every kind', () => {
    const names = definitions.flatMap(({ spec: { names: each } }) => [each.singular, each.plural, ...each.shortNames]);
    for (const category of definition.spec.names.categories) expect(names).not.toContain(category);
  });

  it('regression: shows no time to come as an age, which kubectl prints as <invalid>', () => {
    const ages = version.additionalPrinterColumns.filter(({ type }) => type === 'date').map(({ jsonPath }) => jsonPath);
    expect(ages.filter((path) => /next|due|until|expires/i.test(path))).toEqual([]);
  });
});
