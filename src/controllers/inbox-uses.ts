import { inboxProvider } from '../api/signals/inbox.ts';
import { inboxSignal } from '../api/signals/inbox-signal.ts';
import type { AlertUse, InboxUses, PushUse } from '../signals/inbox/uses.ts';
import type { AskedSignal } from '../signals/port.ts';
import type { Programme } from './programme.ts';
import type { PlanState } from './plan-state.ts';
import type { FrozenSource, RiskState } from './risk-state.ts';
import { signalsOf } from './votes.ts';

/** What models are judged by and plans were engaged on, as far as it is pushed. */
export function inboxUses(programme: Pick<Programme, 'risks' | 'policies' | 'plans' | 'plansOf'>): InboxUses {
  return {
    pushesIn: (namespaces) =>
      [...programme.risks.values()]
        .filter(({ identity }) => namespaces.has(identity.namespace))
        .flatMap((risk) => pushesOf(risk, programme)),
    alertUses: (alertName) => [
      ...[...programme.policies.values()].flatMap(({ spec }) =>
        spec.signals.flatMap((template) => ('alert' in template ? alertUse(inboxSignal(template), alertName) : [])),
      ),
      ...[...programme.plans.values()]
        .flatMap(frozenSources)
        .flatMap(({ signal }) => signalsOf(signal).flatMap((each) => alertUse(each, alertName))),
    ],
  };
}

/** What a plan engaged on goes on to be read, whatever was written since. */
function frozenSources({ engaged, sources }: PlanState): readonly FrozenSource[] {
  return engaged === null ? [] : [...sources.values()];
}

function alertUse(signal: AskedSignal, alertName: string): readonly AlertUse[] {
  if (signal.kind !== 'Alert') return [];
  const isHeartbeat = signal.heartbeat === alertName;
  return isHeartbeat || signal.query === alertName ? [{ namespaceLabel: signal.identityLabels.namespace, isHeartbeat }] : [];
}

function pushesOf(risk: RiskState, programme: Pick<Programme, 'plansOf'>): readonly PushUse[] {
  const { namespace, model } = risk.identity;
  const written = [...risk.indicators.values()].flatMap(({ signal }) => pushUse(signal, { namespace, model }));
  const frozen = programme
    .plansOf(risk.key)
    .flatMap(frozenSources)
    .flatMap((source) => pushUse(source.signal, { namespace, model: source.model }));
  return [...written, ...frozen];
}

function pushUse(signal: FrozenSource['signal'], whose: Pick<PushUse, 'namespace' | 'model'>): readonly PushUse[] {
  return signalsOf(signal).flatMap((each) =>
    each.kind === 'Push' ? [{ ...whose, policy: each.provider.slice(0, -inboxProvider.length - 1), signal: each.query }] : [],
  );
}
