import { createHash } from 'node:crypto';

import { canonicalJSON } from '../../shared/canonical-json.ts';
import type { JSONValue } from '../../shared/json.ts';
import { asList, asNumber, asObject, asText, isList } from '../json-reading.ts';
import type { JSONObject } from '../json-reading.ts';
import { namespaceOf } from '../metadata.ts';
import type { TargetObject } from '../port.ts';
import type { MirrorReading, RouteGrammar } from './grammar.ts';

/** One weighted backend of a rule. */
export interface RouteBackend {
  readonly index: number;
  /** What traffic goes to; entries of one rule that name the same share it. */
  readonly backend: string;
  /** Unique within the rule. */
  readonly id: string;
  /** Null = absent; what that counts as is the grammar's word. */
  readonly weight: number | null;
  readonly reference: JSONObject;
}

/** One mirror in the list of a rule that may hold ours. */
export interface RouteMirror extends MirrorReading {
  readonly index: number;
}

export interface RouteRule {
  readonly grammar: RouteGrammar;
  readonly index: number;
  readonly name: string | null;
  /** Its name, or a digest of its matches. */
  readonly identity: string;
  /** How many rules of the same identity stand before it. */
  readonly ordinal: number;
  readonly matches: JSONValue;
  readonly backends: readonly RouteBackend[];
  /** The list mirrors stand in; null = the rule has none. */
  readonly mirrorList: readonly JSONValue[] | null;
  readonly mirrors: readonly RouteMirror[];
  /** A mirror outside that list. */
  readonly fixedMirror: MirrorReading | null;
}

export function rulesOf(live: TargetObject, grammar: RouteGrammar): readonly RouteRule[] {
  const namespace = namespaceOf(live);
  const [, ...path] = grammar.rules.split('/');
  const found = path.reduce<JSONValue | undefined>((value, key) => asObject(value)[key], live);
  const rules = grammar.holds === 'Rules' ? asList(found) : [found ?? null];
  const seen = new Map<string, number>();
  return rules.map((item, index) => {
    const rule = { grammar, index, ...readRule(asObject(item), grammar, namespace) };
    const ordinal = seen.get(rule.identity) ?? 0;
    seen.set(rule.identity, ordinal + 1);
    return { ...rule, ordinal };
  });
}

export function pathOf({ grammar, index }: RouteRule): string {
  return grammar.holds === 'Rules' ? `${grammar.rules}/${index}` : grammar.rules;
}

/** All mirrors users can see on the rule. */
export function mirrorsOf({ mirrors, fixedMirror }: RouteRule): readonly MirrorReading[] {
  return fixedMirror === null ? mirrors : [...mirrors, fixedMirror];
}

function readRule(rule: JSONObject, grammar: RouteGrammar, namespace: string): Omit<RouteRule, 'ordinal' | 'grammar' | 'index'> {
  const entries = rule[grammar.mirrors];
  const mirrorList = isList(entries) ? entries : null;
  const name = asText(rule.name);
  const matches = rule[grammar.matches] ?? null;
  return {
    name,
    matches,
    identity: name === null ? `matches:${digestOfMatches(matches)}` : `name:${name.length > 253 ? digestOf(name) : name}`,
    backends: readBackends(asList(rule[grammar.backends]).map(asObject), grammar, namespace),
    mirrorList,
    mirrors: (mirrorList ?? []).flatMap((entry, index) => {
      const mirror = grammar.readMirror(asObject(entry), namespace);
      return mirror === null ? [] : [{ index, ...mirror }];
    }),
    fixedMirror: grammar.readFixedMirror(rule, namespace),
  };
}

function readBackends(references: readonly JSONObject[], grammar: RouteGrammar, namespace: string): readonly RouteBackend[] {
  const seen = new Map<string, number>();
  return references.map((reference, index) => {
    const backend = grammar.readBackend(reference, namespace);
    const ordinal = seen.get(backend) ?? 0;
    seen.set(backend, ordinal + 1);
    return { index, backend, id: ordinal === 0 ? backend : `${backend}#${ordinal}`, weight: asNumber(reference.weight), reference };
  });
}

/** Order of keys and of matches means nothing to a gateway, so it means nothing here. */
function digestOfMatches(matches: JSONValue): string {
  const texts = asList(matches).map(canonicalJSON).sort();
  return digestOf(texts.join('\n'));
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
