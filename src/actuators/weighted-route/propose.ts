import { failure, success } from '../../shared/result.ts';
import type { Result } from '../../shared/result.ts';
import { asList, asObject } from '../json-reading.ts';
import type { JSONObject } from '../json-reading.ts';
import type { JSONValue } from '../../shared/json.ts';
import type { TargetObject } from '../port.ts';
import type { RouteGrammar } from './grammar.ts';
import type { RouteIntent, RuleIntent } from './intent.ts';

/**
 * The split in force as Git would say it: our mirrors left out, the weights of every rule we changed in other numbers of the same
 * proportions, because a number that equals ours counts as ours and would be taken back at the release. The failure says what no
 * number can say.
 */
export function proposeRules(live: TargetObject, { rules }: RouteIntent, grammar: RouteGrammar): Result<JSONObject, string> {
  const proposed: JSONValue[] = [];
  for (const [index, written] of rulesAt(live, grammar).entries()) {
    const intent = rules[index];
    const rule = intent === undefined || !isTouched(intent) ? success(asObject(written)) : proposeRule(asObject(written), intent);
    if (!rule.ok) return rule;
    proposed.push(rule.value);
  }
  return success(nested(grammar.rules, grammar.holds === 'Rules' ? proposed : (proposed[0] ?? {})));
}

function isTouched({ backends, ownBackends, ownMirrors }: RuleIntent): boolean {
  return ownBackends.length + ownMirrors.length > 0 || backends.some(({ live, weight }) => live.weight !== weight);
}

function proposeRule(written: JSONObject, { rule, backends: wanted, ownMirrors, filtersCreated }: RuleIntent): Result<JSONObject, string> {
  const { grammar, backends } = rule;
  // 0 stays 0 in any scale.
  const closed = wanted.find(({ live, weight }) => live.weight === 0 && weight !== 0);
  if (closed !== undefined)
    return failure(
      `Rule ${rule.index + 1} gives ${closed.live.backend} no share, and the 0 of Git could not be told from the operator's: take that backend out of the rule in Git, or commit its weight after the release.`,
    );
  const weights = renumbered(grammar.weigh(backends.map(({ weight }) => weight)), grammar.maxWeight);
  if (!weights.ok) return failure(`Rule ${rule.index + 1} ${weights.failure}`);
  const references = backends.map(({ reference }, index) => ({ ...reference, weight: weights.value[index] ?? 0 }));
  const kept = { ...written, [grammar.backends]: references };
  if (ownMirrors.length === 0) return success(kept);
  const mirrors = (rule.mirrorList ?? []).filter((_, index) => !ownMirrors.some((own) => own.index === index));
  if (!filtersCreated || mirrors.length > 0) return success({ ...kept, [grammar.mirrors]: mirrors });
  const { [grammar.mirrors]: _ours, ...without } = kept;
  return success(without);
}

function renumbered(weights: readonly number[], maxWeight: number): Result<readonly number[], string> {
  const divisor = weights.reduce(greatestCommonDivisor, 0);
  if (divisor > 1) return success(weights.map((weight) => weight / divisor));
  if (Math.max(...weights) * 2 > maxWeight) return failure('has weights that no other whole numbers share out alike.');
  return success(weights.map((weight) => weight * 2));
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

function keysOf(pointer: string): readonly string[] {
  return pointer.split('/').slice(1);
}

function rulesAt(live: TargetObject, { rules, holds }: RouteGrammar): readonly JSONValue[] {
  const found = keysOf(rules).reduce<JSONValue | undefined>((value, key) => asObject(value)[key], live);
  return holds === 'Rules' ? asList(found) : [found ?? {}];
}

function nested(pointer: string, value: JSONValue): JSONObject {
  return asObject(keysOf(pointer).reduceRight<JSONValue>((inner, key) => ({ [key]: inner }), value));
}
