import { afterEach, describe, expect, it } from '@jest/globals';
import { applyGuardedModelTo, memoryPlan, memoryPolicy, memoryRisk, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { shareIn } from '../../builders/memory-story.ts';

type Fields = Readonly<Record<string, unknown>>;

const specOf = (object: object): Fields => (object as { readonly spec: Fields }).spec;
const withSpec = (object: object, changes: Fields): object => ({ ...object, spec: { ...specOf(object), ...changes } });

/** Nothing but its numbers puts a model into High. */
const tiers = [
  {
    name: 'High',
    when: { expectedAnnualLossAtLeast: 1_000_000 },
    floors: { mode: 'Enforce', limits: [{ signal: 'score-drift', direction: 'Above', breach: 0.25, forSeconds: 0 }] },
  },
  { name: 'Low' },
];
const register = (loss: number): readonly object[] => [
  {
    ...{ name: 'stale-population', category: 'DataQuality' },
    ...{ likelihood: { incidents: 1, years: 1 }, impact: { revenue: { constant: loss } } },
  },
];
/** As loose as its owner likes: nothing the story reads is beyond it. */
const loose = { threshold: { direction: 'Above', breach: 0.95 } };
const costly = 10_000_000;

interface ShownIndicator {
  readonly state: string;
  readonly threshold?: { readonly breach: number };
}

describe('regression: a model whose numbers alone put it into a tier is held to that tier from its first reading', () => {
  let world: MemoryOperator;
  /** Limits and states of its indicator in each status that was sent, also in those that were lost. */
  const shown = (): readonly ShownIndicator[] =>
    world.api.writes
      .filter(({ resource, subresource }) => resource === 'modelrisks' && subresource === 'status')
      .flatMap(({ body }) => [body].flat() as readonly { readonly path?: string; readonly value?: unknown }[])
      .flatMap(({ path, value }) => {
        const status = path === '/status' ? (value as { readonly indicators?: readonly ShownIndicator[] } | null) : null;
        return path === '/status/indicators' ? (value as readonly ShownIndicator[]) : (status?.indicators ?? []);
      });
  const start = async (loss: number, prepare: (api: MemoryOperator['api']) => void = () => undefined): Promise<void> => {
    world = await startMemoryOperator((api) => {
      applyGuardedModelTo(api);
      api.remove('modelrisks', 'credit');
      api.apply('riskpolicies', withSpec(memoryPolicy(), { tiers }));
      api.apply('mitigationplans', withSpec(memoryPlan(), { mode: 'Observe' }));
      prepare(api);
    });
    world.read(0.5);
    world.api.apply('modelrisks', withSpec(memoryRisk(loose), { risks: register(loss) }));
  };
  afterEach(() => world.stop());

  it('also while its status can not be written', async () => {
    await start(costly, (api) => {
      api.onWrite(({ resource }) => (resource === 'modelrisks' ? 'Deny' : 'Pass'));
    });
    await world.passUntil('limited by the limit and the mode of its tier', () => shareIn(world) === 10);
    expect(world.api.get('modelrisks', 'credit')?.['status']).toBeUndefined();
  });

  it('and no status shows it judged by what its owner wrote', async () => {
    await start(costly);
    await world.passUntil('limited', () => shareIn(world) === 10);
    const limits = shown().flatMap(({ threshold }) => threshold?.breach ?? []);
    expect(limits.length).toBeGreaterThan(0);
    expect(new Set(limits)).toEqual(new Set([0.25]));
  });

  it('as one that an edit of its register puts there is, and its plan acts on what it only observed', async () => {
    await start(1);
    await world.pass(3);
    expect(shareIn(world)).toBe(50);
    world.api.onWrite(({ resource }) => (resource === 'modelrisks' ? 'Deny' : 'Pass'));
    world.api.apply('modelrisks', withSpec(memoryRisk(loose), { risks: register(costly) }));
    await world.passUntil('limited', () => shareIn(world) === 10);
  });

  it('and one that is as cheap as it looks keeps its owner’s limit', async () => {
    await start(1);
    await world.pass(5);
    expect(shareIn(world)).toBe(50);
    expect(new Set(shown().flatMap(({ threshold }) => threshold?.breach ?? []))).toEqual(new Set([0.95]));
  });
});
