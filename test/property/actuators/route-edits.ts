import fc from 'fast-check';

import { canonicalJSON } from '../../../src/shared/canonical-json.ts';
import { anyRules, anyWeight, header, referencesOf, weightOf } from './route-arbitraries.ts';
import type { Reference, Rule } from './route-arbitraries.ts';

/** The rules as they stand, beside those their user wants: what a release must give back. */
export interface Story {
  readonly live: readonly Rule[];
  readonly wanted: readonly Rule[];
}

/** Someone edits what they see; a story in which the edit has no certain meaning comes back null. */
export type Edit = (story: Story) => Story | null;

const both =
  (change: (rules: readonly Rule[]) => readonly Rule[]): Edit =>
  ({ live, wanted }) => ({ live: change(live), wanted: change(wanted) });

const onRule =
  (pick: number, change: (rule: Rule) => Rule): Edit =>
  (story) =>
    both((rules) => rules.map((rule, index) => (index === pick % Math.max(1, rules.length) ? change(rule) : rule)))(story);

const addHeader = (pick: number): Edit =>
  onRule(pick, (rule) => ({ ...rule, filters: [header, ...((rule.filters ?? []) as Reference[])] }));

/** Of two rules that match the same, one that moves or changes its name can't be told from the other. */
const withoutTwins =
  (edit: Edit): Edit =>
  (story) =>
    new Set(story.live.map(({ matches }) => canonicalJSON(matches ?? null))).size === story.live.length ? edit(story) : null;
const rotate = (by: number): Edit =>
  both((rules) => [...rules.slice(by % (rules.length || 1)), ...rules.slice(0, by % (rules.length || 1))]);
const drop = (pick: number): Edit => withoutTwins(both((rules) => rules.filter((_, index) => index !== pick % (rules.length || 1))));
const rename = (pick: number, name: string): Edit => withoutTwins(onRule(pick, (rule) => ({ ...rule, name })));
const rematch = (pick: number, path: string): Edit =>
  withoutTwins(onRule(pick, (rule) => ({ ...rule, matches: [{ path: { type: 'Exact', value: `/${path}` } }] })));
const insertRule = (at: number, path: string): Edit => {
  const inserted = { matches: [{ path: { type: 'Exact', value: `/${path}` } }], backendRefs: [{ name: 'other', port: 8080, weight: 3 }] };
  return both((rules) => rules.toSpliced(at % (rules.length + 1), 0, inserted));
};

const sum = (references: readonly Reference[]): number => references.reduce((total, reference) => total + weightOf(reference), 0);

/** The user's backends of a live rule: what we inserted is none of theirs. */
const owned = (live: Rule, wanted: Rule): readonly Reference[] =>
  referencesOf(live).filter(({ name }) => referencesOf(wanted).some((reference) => reference.name === name));

/** An edit of backends: numbers mean what their author saw beside them, in a rule whose weights we had multiplied. */
const editBackends =
  (pick: number, change: (references: readonly Reference[]) => readonly Reference[]): Edit =>
  ({ live, wanted }) => {
    const index = pick % (live.length || 1);
    const [liveRule, wantedRule] = [live[index], wanted[index]];
    if (liveRule === undefined || wantedRule === undefined) return { live, wanted };
    const edited = change(referencesOf(liveRule));
    if (canonicalJSON(edited) === canonicalJSON(referencesOf(liveRule))) return { live, wanted };
    const rescaled = sum(referencesOf(liveRule)) !== sum(referencesOf(wantedRule));
    const meant = change(rescaled ? owned(liveRule, wantedRule) : referencesOf(wantedRule));
    return {
      live: live.with(index, { ...liveRule, backendRefs: edited }),
      wanted: wanted.with(index, { ...wantedRule, backendRefs: meant }),
    };
  };

const setWeight = (pick: number, service: string, weight: number | null): Edit => {
  const change = (references: readonly Reference[]): readonly Reference[] =>
    references.map((reference) => {
      if (reference.name !== service) return reference;
      const { weight: _weight, ...rest } = reference;
      return weight === null ? rest : { ...rest, weight };
    });
  return (story) => {
    const index = pick % (story.live.length || 1);
    const find = (rule: Rule | undefined) => referencesOf(rule).find(({ name }) => name === service);
    const [liveEntry, wantedEntry] = [find(story.live[index]), find(story.wanted[index])];
    // Who sets the weight of a backend we had inserted makes it theirs; that has a test of its own. Writing what stands there already
    // can't be told from leaving it alone.
    if (liveEntry === undefined || wantedEntry === undefined || (liveEntry.weight ?? null) === weight) return null;
    return editBackends(pick, change)(story);
  };
};

const appendBackend = (pick: number, name: string, weight: number): Edit =>
  editBackends(pick, (references) => [...references, { name, port: 8080, weight }]);

/** GitOps: the whole list anew. A number that happens to be the one we applied has no certain meaning. */
const manifest =
  (rules: readonly Rule[]): Edit =>
  ({ live }) => {
    const applied = live.flatMap((rule) => referencesOf(rule).map((reference) => canonicalJSON(reference)));
    const clash = rules.some((rule) => referencesOf(rule).some((reference) => applied.includes(canonicalJSON(reference))));
    return clash ? null : { live: rules, wanted: rules };
  };

const index = fc.nat({ max: 3 });
const anyService = fc.constantFrom('credit-v2', 'credit-v1', 'v0', 'other');

export const anyEdit: fc.Arbitrary<Edit> = fc.oneof(
  index.map(rotate),
  index.map(drop),
  index.map(addHeader),
  fc.tuple(index, fc.uuid()).map(([pick, name]) => rename(pick, name)),
  fc.tuple(index, fc.uuid()).map(([pick, path]) => rematch(pick, path)),
  fc.tuple(index, fc.uuid()).map(([at, path]) => insertRule(at, path)),
  { weight: 4, arbitrary: fc.tuple(index, anyService, anyWeight).map(([pick, service, weight]) => setWeight(pick, service, weight)) },
  fc.tuple(index, fc.uuid(), fc.integer({ min: 0, max: 50 })).map(([pick, name, weight]) => appendBackend(pick, name, weight)),
  anyRules('second').map(manifest),
);
