import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { documentItems } from '../../../src/core/programme/documentation.ts';
import { lineageKinds } from '../../../src/core/programme/lineage.ts';
import { aDossier } from '../../builders/dossier.ts';
import { markSandbox } from '../../builders/drilling.ts';
import { applyGuardedModelTo, memoryPolicy, memoryRisk, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { conditionOf } from '../../builders/traffic-view.ts';

type Fields = Readonly<Record<string, unknown>>;

const withSpec = (object: object, changes: Fields): object => {
  const { spec } = object as { readonly spec: Fields };
  return { ...object, spec: { ...spec, ...changes } };
};
const tiers = [
  { name: 'High', when: { criticality: ['High'] }, reviewRoles: ['risk'], requiredDocumentation: documentItems },
  { name: 'Low' },
];
const askForDrill = (world: MemoryOperator): void => {
  markSandbox(world.api);
  const { metadata, ...plan } = world.api.get('mitigationplans', 'credit') as { readonly metadata: object };
  const asked = { ...plan, metadata: { ...metadata, annotations: { 'modelrisk.dev/drill-requested-at': 'now' } } };
  world.api.apply('mitigationplans', withSpec(asked, { drill: { everySeconds: 86_400, scope: 'Sandbox' } }));
};

describe('what a tier requires on file', () => {
  let world: MemoryOperator;
  const condition = () => {
    const live = world.api.get('modelrisks', 'credit');
    return live === null ? undefined : conditionOf(live, 'Documented');
  };
  const said = (): string => `${condition()?.status ?? ''}/${condition()?.reason ?? ''}`;
  const write = (changes: Fields): void => {
    world.api.apply('modelrisks', withSpec(memoryRisk(), { criticality: 'High', ...changes }));
  };

  beforeEach(async () => {
    world = await startMemoryOperator((api) => {
      applyGuardedModelTo(api);
      api.apply('riskpolicies', withSpec(memoryPolicy(), { tiers }));
      api.apply('modelrisks', withSpec(memoryRisk(), { criticality: 'High' }));
    });
    await world.pass(1);
  });
  afterEach(() => world.stop());

  it('and is not there, is named, counted and told once', async () => {
    expect(said()).toBe('False/Missing');
    expect(condition()?.message).toContain(
      `Tier High requires, and there is not: ${documentItems.join(', ')}. Write documentation.objective.`,
    );
    expect(world.api.get('modelrisks', 'credit')).toMatchObject({
      status: { documentation: { missing: documentItems, lineageCoveragePercent: 0, lineageRequired: lineageKinds } },
    });
    expect(await world.sample('modelrisk_documents_missing', 'lending', 'credit')).toBe(documentItems.length);
    expect(await world.sample('modelrisk_lineage_coverage_ratio', 'lending', 'credit')).toBe(0);
  });

  it('and is there, once a live drill has shown that the plan works, and how fast', async () => {
    write(aDossier('score-drift'));
    await world.pass(1);
    expect(condition()?.message).toContain('Tier High requires, and there is not: Continuity.');
    expect(await world.sample('modelrisk_lineage_coverage_ratio', 'lending', 'credit')).toBe(1);
    askForDrill(world);
    await world.passUntil('documented', () => said() === 'True/Complete');
    expect(await world.sample('modelrisk_documents_missing', 'lending', 'credit')).toBe(0);
    expect(world.events.map(({ reason }) => reason)).toContain('DocumentedAgain');
  });

  it('lacks the decision log while the indicator of its completeness fires', async () => {
    write(aDossier('score-drift'));
    world.read(0.9);
    await world.passUntil('incomplete', () => condition()?.message.includes('the decision log lacks decisions') ?? false);
  });

  it('is nothing in a tier that requires nothing, whose models are held to what they say all the same', async () => {
    world.api.remove('modelrisks', 'credit');
    world.api.apply('modelrisks', withSpec(memoryRisk(), { criticality: 'Low' }));
    await world.pass(1);
    expect(said()).toBe('True/NothingRequired');
    expect(world.api.get('modelrisks', 'credit')).not.toHaveProperty('status.documentation');
    const digest = `sha256:${'a'.repeat(64)}`;
    const lineage = ['TrainingData', 'TestData'].map((kind) => ({ kind, uri: 's3://lake', digest }));
    world.api.apply('modelrisks', withSpec(memoryRisk(), { criticality: 'Low', lineage }));
    await world.pass(1);
    expect(said()).toBe('False/NotSeparated');
  });

  it('nobody knows while there is no policy', async () => {
    world.api.remove('riskpolicies', 'default');
    await world.pass(1);
    expect(said()).toBe('Unknown/PolicyMissing');
  });
});
