import { inboxProvider } from '../api/signals/inbox.ts';
import type { AlertUse, InboxUses, PushUse } from '../signals/inbox/uses.ts';
import type { Programme } from './programme.ts';
import type { FrozenSource, RiskState } from './risk-state.ts';
import { signalsOf } from './votes.ts';

/** What models are judged by and plans were engaged on, as far as it is pushed. */
export function inboxUses(programme: Pick<Programme, 'risks' | 'policies' | 'plansOf'>): InboxUses {
  return {
    pushesIn: (namespaces) =>
      [...programme.risks.values()]
        .filter(({ identity }) => namespaces.has(identity.namespace))
        .flatMap((risk) => pushesOf(risk, programme)),
    alertUses: (alertName) =>
      [...programme.policies.values()].flatMap(({ spec }) =>
        spec.signals.flatMap((template): readonly AlertUse[] => {
          if (!('alert' in template)) return [];
          const isHeartbeat = template.alert.heartbeat === alertName;
          if (!isHeartbeat && template.alert.alertName !== alertName) return [];
          return [{ namespaceLabel: template.identity.namespace, isHeartbeat }];
        }),
      ),
  };
}

function pushesOf(risk: RiskState, programme: Pick<Programme, 'plansOf'>): readonly PushUse[] {
  const { namespace, model } = risk.identity;
  const written = [...risk.indicators.values()].flatMap(({ signal }) => pushUse(signal, { namespace, model }));
  // What a plan engaged on goes on to be read, whatever was written since.
  const frozen = programme
    .plansOf(risk.key)
    .flatMap(({ sources }) => [...sources.values()].flatMap((source) => pushUse(source.signal, { namespace, model: source.model })));
  return [...written, ...frozen];
}

function pushUse(signal: FrozenSource['signal'], whose: Pick<PushUse, 'namespace' | 'model'>): readonly PushUse[] {
  return signalsOf(signal).flatMap((each) =>
    each.kind === 'Push' ? [{ ...whose, policy: each.provider.slice(0, -inboxProvider.length - 1), signal: each.query }] : [],
  );
}
