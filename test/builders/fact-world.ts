import fc from 'fast-check';
import { factStart, sealFact } from '../../src/core/fact-chain.ts';
import type { Fact, FactDraft, FactEnd, HeldObject } from '../../src/core/fact-chain.ts';
import type { JSONValue } from '../../src/shared/json.ts';
import { recordStartMs, sha256 } from './audit-lines.ts';

/** What a sink and a cluster hold that nobody was at. */
export interface FactWorld {
  readonly facts: readonly Fact[];
  readonly held: readonly HeldObject[];
  readonly ends: readonly FactEnd[];
  /** Facts a process told before it ended without a note of it: nothing holds them. */
  readonly loose: ReadonlySet<string>;
}

type Step =
  | { readonly kind: 'Decide'; readonly reason: string }
  | { readonly kind: 'Judge'; readonly at: number }
  | { readonly kind: 'Forget'; readonly at: number }
  | { readonly kind: 'Edit'; readonly at: number; readonly version: string };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('Decide'), reason: fc.string({ maxLength: 8 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('Judge'), at: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('Forget'), at: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('Edit'), at: fc.nat(), version: fc.string({ maxLength: 4 }) }) },
);

/** Runs of an operator: what happens in each, and how many of its last facts it could not note before it ended. */
const runs = fc.array(fc.record({ steps: fc.array(step, { minLength: 1, maxLength: 6 }), lost: fc.constantFrom(0, 0, 0, 1, 2) }), {
  minLength: 2,
  maxLength: 4,
});

const instant = (seconds: number): string => new Date(recordStartMs + seconds * 1000).toISOString();

interface Live {
  readonly object: HeldObject;
}

const decision = (number: number, reason: string): HeldObject => ({
  ...{ kind: 'RiskDecision', namespace: 'lending', name: `decision-${String(number)}`, uid: `decision-${String(number)}` },
  content: { createdAt: instant(number), spec: { action: 'Review', reason, number }, outcome: null },
});

const model = (number: number, generation: number, version: string): HeldObject => ({
  ...{ kind: 'ModelRisk', namespace: 'lending', name: `model-${String(number)}`, uid: `model-${String(number)}` },
  content: { createdAt: instant(number), generation, spec: { version }, tier: '' },
});

const policy: HeldObject = {
  ...{ kind: 'RiskPolicy', namespace: '', name: 'default', uid: 'policy' },
  content: { createdAt: instant(0), generation: 1, spec: { roles: ['risk'] }, signals: {} },
};

const membersOf = (content: JSONValue): { readonly [field: string]: JSONValue } => content as { readonly [field: string]: JSONValue };

/** What a step makes of what is there: the object it tells of, and whether it is gone by that. */
function take(
  objects: Map<string, Live>,
  each: Step,
  number: number,
): { readonly object: HeldObject; readonly event: Fact['event'] } | null {
  const ofKind = (kind: HeldObject['kind']) => [...objects.values()].filter(({ object }) => object.kind === kind);
  const pick = (kind: HeldObject['kind'], at: number): HeldObject | undefined =>
    ofKind(kind)[at % Math.max(1, ofKind(kind).length)]?.object;
  switch (each.kind) {
    case 'Decide':
      return { object: decision(number, each.reason), event: 'Seen' };
    case 'Judge': {
      const found = pick('RiskDecision', each.at);
      const content = { ...membersOf(found?.content ?? {}), outcome: { status: 'True', reason: `Used ${String(number)}` } };
      return found === undefined ? null : { object: { ...found, content }, event: 'Seen' };
    }
    case 'Forget': {
      const found = pick('RiskDecision', each.at);
      // There are always some left to be at.
      return found === undefined || ofKind('RiskDecision').length < 3 ? null : { object: found, event: 'Gone' };
    }
    case 'Edit': {
      const found = pick('ModelRisk', each.at);
      const generation = Number(membersOf(found?.content ?? {})['generation']) + 1;
      const content = { ...membersOf(found?.content ?? {}), generation, spec: { version: `${each.version} ${String(number)}` } };
      return found === undefined ? null : { object: { ...found, content }, event: 'Seen' };
    }
  }
}

function tell(given: readonly { readonly steps: readonly Step[]; readonly lost: number }[]): FactWorld {
  const first = [policy, model(1, 1, 'a'), model(2, 1, 'b'), decision(1, 'one'), decision(2, 'two'), decision(3, 'three')];
  const objects = new Map<string, Live>(first.map((object) => [object.uid, { object }]));
  const facts: Fact[] = [];
  const loose = new Set<string>();
  let end: FactEnd = { chain: 'head', run: '', seq: -1, hash: '', at: '' };
  let number = 10;
  for (const [index, { steps, lost }] of given.entries()) {
    let tail = factStart(`run-${String(index)}`, { follows: { chain: end.chain, run: end.run, seq: end.seq }, hash: end.hash });
    const told: Fact[] = [];
    const say = (object: HeldObject, event: Fact['event']): void => {
      const draft: FactDraft = { at: instant((number += 1)), ...object, event };
      const fact = sealFact(tail, draft, sha256);
      tail = fact;
      told.push(fact);
    };
    // A run begins with everything there is.
    for (const { object } of objects.values()) say(object, 'Seen');
    for (const each of steps) {
      const taken = take(objects, each, number);
      if (taken === null) continue;
      if (taken.event === 'Gone') objects.delete(taken.object.uid);
      else objects.set(taken.object.uid, { object: taken.object });
      say(taken.object, taken.event);
    }
    const isLast = index === given.length - 1;
    const noted = isLast ? told : told.slice(0, told.length - lost);
    for (const fact of told.slice(noted.length)) loose.add(fact.hash);
    const newest = noted.at(-1);
    if (newest !== undefined) end = { chain: 'head', run: newest.run, seq: newest.seq, hash: newest.hash, at: instant(number) };
    facts.push(...told);
  }
  return { facts, held: [...objects.values()].map(({ object }) => object), ends: [end], loose };
}

export const factWorlds: fc.Arbitrary<FactWorld> = runs.map(tell);

/** Long after everything: nothing may still be on its way to the sink. */
export const longAfter = { nowMs: recordStartMs + 86_400_000, graceMs: 60_000 };
