import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { categories } from '../../../src/api/categories.ts';
import { parseMitigationPlan } from '../../../src/api/mitigation-plan.ts';
import { parseModelRisk } from '../../../src/api/model-risk.ts';
import { parseRiskDecision } from '../../../src/api/risk-decision.ts';
import { parseRiskPolicy } from '../../../src/api/risk-policy.ts';
import { readArguments } from '../../../src/cli/arguments.ts';
import { stored } from '../../builders/api.ts';
import type { Manifest } from '../../builders/api.ts';
import { commandsIn, programmeObjects, programmePages, wordsOf } from '../../builders/programme-pages.ts';

const readers = {
  RiskPolicy: parseRiskPolicy,
  ModelRisk: parseModelRisk,
  MitigationPlan: parseMitigationPlan,
  RiskDecision: parseRiskDecision,
} as const;

/** The server names what has only a generateName. */
const named = (manifest: Manifest): Manifest => stored(manifest, 'name' in manifest.metadata ? {} : { name: 'made-by-the-server' });

const objects = programmeObjects();
const ours = objects.filter(({ manifest }) => manifest.kind in readers);

describe('objects of the programme', () => {
  it('are whole ones, of every kind people write', () => {
    for (const { where, manifest } of objects) {
      expect({ where, apiVersion: manifest.apiVersion, kind: manifest.kind }).toEqual({
        where,
        apiVersion: expect.any(String),
        kind: expect.any(String),
      });
    }
    expect(new Set(ours.map(({ manifest }) => manifest.kind))).toEqual(new Set(Object.keys(readers)));
  });

  it.each(ours.map(({ where, manifest }) => [where, manifest.kind, manifest] as const))(
    '%s: %s is read as written',
    (_, kind, manifest) => {
      const parsed = readers[kind as keyof typeof readers](named(manifest));
      expect(parsed.ok ? [] : parsed.failure).toEqual([]);
    },
  );

  it('say nothing that is cut away: what is read is what stands there', () => {
    for (const { where, manifest } of ours) {
      const parsed = readers[manifest.kind as keyof typeof readers](named(manifest));
      if (!parsed.ok) throw new Error(where);
      const { spec } = parsed.value as unknown as { readonly spec: object };
      expect(spec).toMatchObject(manifest.spec);
    }
  });

  it('name a policy that is among them', () => {
    const policies = ours.filter(({ manifest }) => manifest.kind === 'RiskPolicy').map(({ manifest }) => manifest.metadata.name);
    const named = ours.flatMap(({ manifest }) =>
      manifest.kind === 'ModelRisk' ? [(manifest.spec['policyRef'] as { name: string }).name] : [],
    );
    expect(named.filter((name) => !policies.includes(name))).toEqual([]);
    expect(named.length).toBeGreaterThan(2);
  });
});

describe('runbooks', () => {
  it('are there for each category of the policy, and for no other', () => {
    const [policy] = ours.filter(({ manifest }) => manifest.kind === 'RiskPolicy');
    const declared = categories.parse(policy?.manifest.spec['categories']).map(({ name }) => name);
    const text = readFileSync('docs/programme/runbooks.md', 'utf8');
    const headings = [...text.matchAll(/^## (\w+)$/gm)].map(([, heading = '']) => heading);
    expect(headings).toEqual(declared);
    expect(declared).toHaveLength(6);
  });
});

describe.each(programmePages)('%s', (page) => {
  it('has only commands the plugin takes', () => {
    const refused = commandsIn(page).flatMap((command) => {
      const read = readArguments(wordsOf(command));
      return read.ok && read.value.command.kind !== 'Help' ? [] : [`${command}: ${read.ok ? 'asks for help' : read.failure}`];
    });
    expect(refused).toEqual([]);
  });

  it('links only to pages that are there', () => {
    const links = [...readFileSync(page, 'utf8').matchAll(/\]\(([^)#]+)\)/g)].map(([, target = '']) => target);
    expect(links.filter((target) => !/^https?:/.test(target) && !existsSync(join(dirname(page), target)))).toEqual([]);
  });
});

it('there are commands to check: a page whose blocks are not found would check nothing', () => {
  expect(programmePages.flatMap(commandsIn).length).toBeGreaterThan(30);
  expect(wordsOf('a --b "c d" > e')).toEqual(['a', '--b', 'c d']);
});
