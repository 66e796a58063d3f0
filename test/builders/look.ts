import { readsOwnSignal, type ModelRisk } from '../../src/api/model-risk.ts';
import { resolveSignal } from '../../src/api/resolve-signal.ts';
import type { RiskPolicy } from '../../src/api/risk-policy.ts';
import { toIdentity, toIndicator } from '../../src/api/to-core.ts';
import { judge } from '../../src/core/judge.ts';
import type { Assessment } from '../../src/core/model/assessment.ts';
import type { ReplaceableSignalSource } from '../../src/signals/registry.ts';
import type { Clock } from '../../src/shared/clock.ts';
import { indicatorsOf } from './in-force.ts';

export interface Looking {
  readonly policy: RiskPolicy;
  readonly risk: ModelRisk;
  readonly source: ReplaceableSignalSource;
  readonly clock: Clock;
}

/** One look at one indicator, on the operator's own way from the objects to the verdict. */
export async function lookAt({ policy, risk, source, clock }: Looking, name: string): Promise<Assessment> {
  const spec = indicatorsOf(risk)
    .filter(readsOwnSignal)
    .find((each) => each.name === name);
  if (spec === undefined) throw new Error(`no indicator ${name}`);
  const identity = toIdentity(risk);
  const signal = resolveSignal(spec, identity, policy.spec);
  if (!signal.ok) throw new Error(signal.failure);
  const [answer] = await source.observe([{ key: name, identity, served: 'Live', signal: signal.value }], new AbortController().signal);
  if (answer === undefined) throw new Error('no answer');
  const indicator = toIndicator(spec, signal.value);
  return judge({ indicator, identity, served: 'Live', observation: answer.observation, nowMs: clock.nowMs() });
}
