import { controlChecks } from './control-checks.ts';
import { weigh } from './evidence.ts';
import type { Check, Evidence } from './evidence.ts';
import type { PackFacts } from './facts.ts';
import { incidentChecks, outsideChecks } from './incident-checks.ts';
import { paperChecks } from './model-checks.ts';
import { watchChecks } from './watch-checks.ts';

const checks = { ...controlChecks, ...paperChecks, ...watchChecks, ...incidentChecks, ...outsideChecks };

/** Names a file of controls may use; what they count is in docs/regulator-pack.md. */
export type EvaluatorName = keyof typeof checks;

export const evaluatorNames = Object.keys(checks) as readonly EvaluatorName[];

export function isEvaluator(name: string): name is EvaluatorName {
  return Object.hasOwn(checks, name);
}

export function evaluate(name: EvaluatorName, facts: PackFacts): Evidence {
  const check: Check = checks[name];
  return weigh(check, facts);
}
