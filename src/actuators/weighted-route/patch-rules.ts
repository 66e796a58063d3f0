import type { JSONPatchOperation } from '../../shared/json.ts';
import type { JSONObject } from '../json-reading.ts';
import type { PatchHalves } from '../metadata.ts';
import type { RuleChanges } from './changes.ts';
import type { EffectiveRule } from './compose-route.ts';
import { pathOf } from './route.ts';
import type { RouteMirror } from './route.ts';

/** The operations that bring every rule to its effective state: weights, inserted backends and filters touched, nothing else. */
export function patchRules(rules: readonly EffectiveRule[]): PatchHalves {
  const patches = rules.map(patchRule);
  return { tests: patches.flatMap(({ tests }) => tests), writes: patches.flatMap(({ writes }) => writes) };
}

/** What the journal has to remember of these rules. */
export function changesOf(rules: readonly EffectiveRule[]): readonly RuleChanges[] {
  return rules.filter(changed).map(({ intent, weights, inserted, mirrors }) => ({
    rule: intent.rule.identity,
    ordinal: intent.rule.ordinal,
    backends: intent.backends.map(({ live, weight }, index) => ({ id: live.id, intent: weight, applied: weights[index] ?? null })),
    inserted: inserted.map(({ id, weight }) => ({ id, applied: weight })),
    mirrors,
    filtersCreated: mirrors.length > 0 && (intent.rule.mirrorList === null || intent.filtersCreated),
  }));
}

function changed({ intent, weights, inserted, mirrors }: EffectiveRule): boolean {
  return inserted.length > 0 || mirrors.length > 0 || intent.backends.some(({ weight }, index) => weight !== (weights[index] ?? null));
}

function patchRule(effective: EffectiveRule): PatchHalves {
  const { rule } = effective.intent;
  const backendWrites = writeBackends(effective);
  const mirrorWrites = writeMirrors(effective);
  if (backendWrites.length + mirrorWrites.length === 0) return { tests: [], writes: [] };
  const { grammar } = rule;
  const path = pathOf(rule);
  const identity = rule.name === null ? { field: grammar.matches, value: rule.matches } : { field: 'name', value: rule.name };
  return {
    tests: [
      // One that is alone can't be taken for another.
      ...(grammar.holds === 'OneRule' ? [] : [{ op: 'test', path: `${path}/${identity.field}`, value: identity.value } as const]),
      // The whole list: names, weights and that no backend joined or left; a member that is absent can't be tested by itself.
      { op: 'test', path: `${path}/${grammar.backends}`, value: rule.backends.map(({ reference }) => reference) },
      ...(mirrorWrites.length === 0 ? [] : [{ op: 'test', path: `${path}/${grammar.mirrors}`, value: rule.mirrorList } as const]),
    ],
    writes: [...backendWrites, ...mirrorWrites],
  };
}

/** Weights first while indices hold, then what leaves from the end, then what comes. */
function writeBackends({ intent, weights, inserted }: EffectiveRule): readonly JSONPatchOperation[] {
  const path = `${pathOf(intent.rule)}/${intent.rule.grammar.backends}`;
  const wanted = new Map(inserted.map((each) => [each.id, each.weight]));
  const existing = [
    ...intent.backends.map(({ live }, index) => ({ live, weight: weights[index] ?? null })),
    ...intent.ownBackends.flatMap((live) => {
      const weight = wanted.get(live.id);
      return weight === undefined ? [] : [{ live, weight }];
    }),
  ];
  const leaving = intent.ownBackends.filter((live) => !wanted.has(live.id)).toReversed();
  const coming = inserted.filter(({ id }) => !intent.ownBackends.some((live) => live.id === id));
  return [
    ...existing.flatMap(({ live, weight }) => writeWeight(`${path}/${live.index}/weight`, live.weight, weight)),
    ...leaving.map(({ index }) => ({ op: 'remove', path: `${path}/${index}` }) as const),
    ...coming.map(({ reference, weight }) => ({ op: 'add', path: `${path}/-`, value: { ...reference, weight } }) as const),
  ];
}

function writeWeight(path: string, live: number | null, wanted: number | null): readonly JSONPatchOperation[] {
  if (live === wanted) return [];
  if (wanted === null) return [{ op: 'remove', path }];
  return [{ op: live === null ? 'add' : 'replace', path, value: wanted }];
}

function writeMirrors({ intent, mirrors }: EffectiveRule): readonly JSONPatchOperation[] {
  const { rule, backends, ownMirrors, filtersCreated } = intent;
  const path = `${pathOf(rule)}/${rule.grammar.mirrors}`;
  const stays = (mirror: RouteMirror): boolean => mirrors.some(({ id, percent }) => id === mirror.backend && percent === mirror.percent);
  const leaving = ownMirrors.filter((mirror) => !stays(mirror)).toSorted((a, b) => b.index - a.index);
  const coming = mirrors.filter(({ id, percent }) => !ownMirrors.some((mirror) => mirror.backend === id && mirror.percent === percent));
  const candidateOf = (id: string): JSONObject => backends.find(({ live }) => live.backend === id)?.live.reference ?? {};
  const entries = coming.map(({ id, percent }) => rule.grammar.writeMirror(id, candidateOf(id), percent));
  if (rule.mirrorList === null) return entries.length === 0 ? [] : [{ op: 'add', path, value: entries }];
  if (filtersCreated && entries.length === 0 && leaving.length === rule.mirrorList.length) return [{ op: 'remove', path }];
  return [
    ...leaving.map(({ index }) => ({ op: 'remove', path: `${path}/${index}` }) as const),
    ...entries.map((value) => ({ op: 'add', path: `${path}/-`, value }) as const),
  ];
}
