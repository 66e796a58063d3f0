import fc from 'fast-check';
import { factStart, sealFact } from '../../src/core/fact-chain.ts';
import type { Fact, HeldObject } from '../../src/core/fact-chain.ts';
import type { JSONValue } from '../../src/shared/json.ts';
import { sha256 } from './audit-lines.ts';
import type { FactWorld } from './fact-world.ts';

/** At the lines of the export. */
export const factKinds = ['edit', 'drop', 'reorder', 'truncate', 'drop run', 'full re-hash', 'fork', 'cut and re-hash of a run'] as const;

/** At the cluster. */
export const objectKinds = [
  'decision changed',
  'decision deleted',
  'decision added',
  'decision replaced under its name',
  'decision put back',
  'model changed without its generation',
  'model put back',
  'policy changed without its generation',
  'head deleted',
  'head made anew',
] as const;

export interface FactTampering {
  readonly kind: (typeof factKinds)[number] | (typeof objectKinds)[number];
  /** From 0 up to 1: which of those there are. */
  readonly at: number;
}

export const factTamperings: fc.Arbitrary<FactTampering> = fc.record({
  kind: fc.constantFrom(...factKinds, ...objectKinds),
  at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
});

const edited = (fact: Fact): Fact => ({ ...fact, content: { ...(fact.content as { readonly [field: string]: JSONValue }), tier: 'Low' } });

/** All of it hashed anew in the order it was told, so that every link holds again. */
export function rehash(facts: readonly Fact[]): readonly Fact[] {
  const anew = new Map<string, Fact>();
  const done: Fact[] = [];
  for (const fact of facts) {
    const before = fact.follows === undefined ? undefined : anew.get(`${fact.follows.run}/${String(fact.follows.seq)}`);
    const start =
      fact.follows === undefined ? factStart(fact.run) : factStart(fact.run, { follows: fact.follows, hash: before?.hash ?? '' });
    const sealed = sealFact(anew.get(`${fact.run}/${String(fact.seq - 1)}`) ?? start, fact, sha256);
    anew.set(`${fact.run}/${String(fact.seq)}`, sealed);
    done.push(sealed);
  }
  return done;
}

function tamperFacts({ facts, loose }: FactWorld, kind: (typeof factKinds)[number], at: number): readonly Fact[] {
  const held = facts.filter(({ hash }) => !loose.has(hash));
  const fact = held[Math.floor(at * held.length)];
  if (fact === undefined) throw new Error('no facts');
  const place = facts.indexOf(fact);
  const runs = [...new Set(facts.map(({ run }) => run))];
  const run = runs[Math.floor(at * runs.length)];
  const newest = facts.filter((each) => each.run === runs.at(-1));
  switch (kind) {
    case 'edit':
      return facts.with(place, edited(fact));
    case 'drop':
      return facts.toSpliced(place, 1);
    case 'reorder': {
      const other = facts[(place + 1) % facts.length] ?? fact;
      return facts
        .with(place, { ...fact, seq: other.seq, run: other.run })
        .with((place + 1) % facts.length, { ...other, seq: fact.seq, run: fact.run });
    }
    case 'truncate':
      return facts.slice(0, facts.length - 1 - Math.floor(at * newest.length));
    case 'drop run':
      return facts.filter((each) => each.run !== run);
    case 'full re-hash':
      return rehash(facts.with(place, edited(fact)));
    case 'fork':
      return [...facts, ...rehash(facts.with(place, edited(fact))).slice(place)];
    case 'cut and re-hash of a run':
      return rehash(facts.filter((each) => each.run !== fact.run || each.seq < fact.seq).filter((each) => each.run <= fact.run));
  }
}

const spoiled = (object: HeldObject, changes: { readonly [field: string]: JSONValue }): HeldObject => ({
  ...object,
  content: { ...(object.content as { readonly [field: string]: JSONValue }), ...changes },
});

/** Null: there is nothing of that kind in this world. */
function tamperCluster(world: FactWorld, kind: (typeof objectKinds)[number], at: number): FactWorld | null {
  const pick = (wanted: HeldObject['kind']): HeldObject => {
    const all = world.held.filter((object) => object.kind === wanted);
    const found = all[Math.floor(at * all.length)];
    if (found === undefined) throw new Error(`no ${wanted}`);
    return found;
  };
  const put = (before: HeldObject, after: readonly HeldObject[]): FactWorld => ({
    ...world,
    held: world.held.flatMap((object) => (object === before ? after : [object])),
  });
  const decision = pick('RiskDecision');
  const model = pick('ModelRisk');
  switch (kind) {
    case 'decision changed':
      return put(decision, [spoiled(decision, { spec: { action: 'Accept' } })]);
    case 'decision deleted':
      return put(decision, []);
    case 'decision added':
      return put(decision, [decision, { ...decision, name: 'forged', uid: 'forged' }]);
    case 'decision replaced under its name':
      return put(decision, [{ ...decision, uid: 'another' }]);
    case 'decision put back': {
      const gone = world.facts
        .filter(({ kind: of, event, hash }) => of === 'RiskDecision' && event === 'Gone' && !world.loose.has(hash))
        .at(-1);
      if (gone === undefined) return null;
      const { namespace, name, uid, content } = gone;
      return { ...world, held: [...world.held, { kind: 'RiskDecision', namespace, name, uid, content }] };
    }
    case 'model changed without its generation':
      return put(model, [spoiled(model, { spec: { version: 'forged' } })]);
    case 'model put back':
      return put(model, [spoiled(model, { generation: 0 })]);
    case 'policy changed without its generation':
      return put(pick('RiskPolicy'), [spoiled(pick('RiskPolicy'), { spec: { roles: [] } })]);
    case 'head deleted':
      return { ...world, ends: [] };
    case 'head made anew':
      return { ...world, ends: [{ chain: 'another', run: '', seq: -1, hash: '', at: '' }] };
  }
}

/** Null: this world has nothing to be falsified in that way. */
export function tamperWorld(world: FactWorld, { kind, at }: FactTampering): FactWorld | null {
  const ofFacts = factKinds.find((each) => each === kind);
  if (ofFacts !== undefined) return { ...world, facts: tamperFacts(world, ofFacts, at) };
  const ofCluster = objectKinds.find((each) => each === kind);
  return ofCluster === undefined ? null : tamperCluster(world, ofCluster, at);
}
