import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { actuators } from '../../../src/actuators/registry.ts';
import { unpatchableCore, unpatchableGroups } from '../../../src/core/model/unpatchable.ts';

interface Refused {
  readonly properties: { readonly group: { readonly const: string }; readonly resource: { readonly enum: readonly string[] } };
}

interface Entry {
  readonly properties: {
    readonly group: { readonly not: { readonly enum: readonly string[] } };
    readonly resource: { readonly not: { readonly enum: readonly string[] } };
  };
  readonly not: { readonly anyOf: readonly Refused[] };
}

async function entryOf(): Promise<Entry> {
  const schema = JSON.parse(await readFile('charts/modelrisk-operator/values.schema.json', 'utf8')) as {
    readonly properties: { readonly patchKinds: { readonly items: Entry } };
  };
  return schema.properties.patchKinds.items;
}

describe('patchKinds of the chart: what the operator would not start with is granted no rights either', () => {
  it('refuses what no patch may touch', async () => {
    const { properties } = await entryOf();
    expect(properties.group.not.enum).toEqual(unpatchableGroups);
    expect(properties.resource.not.enum).toEqual(unpatchableCore);
  });

  it('refuses every kind that has a target of its own', async () => {
    const { not } = await entryOf();
    const refused = not.anyOf.flatMap(({ properties: { group, resource } }) => resource.enum.map((plural) => `${group.const}/${plural}`));
    expect(refused.sort()).toEqual([...actuators.values()].map(({ resource: { group, plural } }) => `${group}/${plural}`).sort());
  });
});
