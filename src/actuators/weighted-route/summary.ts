import { weighedBackends } from './compose-route.ts';
import type { EffectiveRule } from './compose-route.ts';
import type { MirrorReading } from './grammar.ts';
import type { RuleIntent } from './intent.ts';
import { mirrorsOf } from './route.ts';
import type { RouteRule } from './route.ts';

const maxSummaryLength = 512;

/** What one rule does with its requests, on one line. */
interface RuleOutcome {
  readonly rule: RouteRule;
  readonly backends: readonly { readonly id: string; readonly weight: number }[];
  readonly mirrors: readonly { readonly id: string; readonly percent: number }[];
}

export function summarizeLive(rules: readonly RuleIntent[]): string {
  return summarize(
    rules.map(({ rule }) => ({
      rule,
      backends: liveBackends(rule),
      mirrors: mirrorsOf(rule).map(copiesOf),
    })),
  );
}

export function summarizeIntent(rules: readonly RuleIntent[]): string {
  return summarize(
    rules.map((intent) => ({
      rule: intent.rule,
      backends: weighedBackends({ intent, weights: intent.backends.map(({ weight }) => weight), inserted: [] }),
      mirrors: intent.userMirrors.map(copiesOf),
    })),
  );
}

export function summarizeEffective(rules: readonly EffectiveRule[]): string {
  return summarize(
    rules.map(({ intent, weights, inserted, mirrors }) => ({
      rule: intent.rule,
      backends: weighedBackends({ intent, weights, inserted }),
      mirrors: [...intent.userMirrors.map(copiesOf), ...mirrors.map(({ id, percent }) => ({ id, percent: percent ?? 100 }))],
    })),
  );
}

function copiesOf({ backend, percent }: MirrorReading): RuleOutcome['mirrors'][number] {
  return { id: backend, percent: percent ?? 100 };
}

/** `credit-v2 10 %, credit-v1 90 %; copies 100 % to credit-v2`; rules are told apart only where they differ. */
function summarize(outcomes: readonly RuleOutcome[]): string {
  const among = outcomes.flatMap(({ backends, mirrors }) => [...backends, ...mirrors]);
  const lines = outcomes.map((outcome) => describe(outcome, among));
  const text =
    new Set(lines).size <= 1 ? (lines[0] ?? '') : outcomes.map(({ rule }, index) => `${label(rule)}: ${lines[index] ?? ''}`).join(' | ');
  return text.length <= maxSummaryLength ? text : `${text.slice(0, maxSummaryLength - 1)}…`;
}

function describe({ backends, mirrors }: RuleOutcome, among: readonly { readonly id: string }[]): string {
  const total = backends.reduce((sum, { weight }) => sum + weight, 0);
  const shares = backends.map(({ id, weight }) => `${shortName(id, among)} ${percentText(total === 0 ? 0 : (weight * 100) / total)}`);
  const copies = mirrors.map(({ id, percent }) => `copies ${percentText(percent)} to ${shortName(id, among)}`);
  return [shares.join(', ') || 'no backend', ...copies].join('; ');
}

/** Everything that gets live traffic as the rule stands, ours included. */
export function liveBackends({ grammar, backends }: RouteRule): RuleOutcome['backends'] {
  const weighed = grammar.weigh(backends.map(({ weight }) => weight));
  return backends.map(({ backend }, index) => ({ id: backend, weight: weighed[index] ?? 0 }));
}

function label({ name, index }: RouteRule): string {
  return name === null ? `rule ${index + 1}` : `rule ${name}`;
}

/** The Service alone, unless that would make two of them look like one. */
function shortName(id: string, among: readonly { readonly id: string }[]): string {
  const [service = id] = id.split(':');
  return among.some((other) => other.id !== id && other.id.split(':')[0] === service) ? id : service;
}

function percentText(percent: number): string {
  return `${Math.round(percent * 10) / 10} %`;
}
