import type { Observation, ObservationSource } from '../../core/model/observation.ts';
import type { Clock, EpochMs } from '../../shared/clock.ts';
import { canonicalJSON } from '../../shared/canonical-json.ts';
import { noData } from '../answers.ts';
import type { AlertSignal, SignalRequest } from '../port.ts';
import { BoundedEntries, forgottenAfterMs, type InboxBounds, type Kept } from './kept.ts';

/** One alert of a notification, and the namespace it speaks of. */
export interface NotifiedAlert {
  /** Empty: it speaks for all, which only a heartbeat may. */
  readonly namespace: string;
  /** Its `alertname` among them. */
  readonly labels: Readonly<Record<string, string>>;
  readonly status: 'firing' | 'resolved';
}

/** Remembers what was notified last of each alert. In memory: a restart begins empty. */
export interface NotifiedAlerts {
  keep(alert: NotifiedAlert): Kept;
  observe(request: SignalRequest<AlertSignal>): Observation;
}

interface Entry extends NotifiedAlert {
  /** When it was first notified as it is now. */
  readonly sinceMs: EpochMs;
  readonly notifiedAtMs: EpochMs;
}

export const alertNameLabel = 'alertname';

export function createNotifiedAlerts(clock: Clock, bounds: InboxBounds): NotifiedAlerts {
  const entries = new BoundedEntries<Entry>(bounds);

  function keep(alert: NotifiedAlert): Kept {
    const nowMs = clock.nowMs();
    const key = canonicalJSON([alert.namespace, alert.labels]);
    const known = entries.get(key);
    const sinceMs = known?.status === alert.status ? known.sinceMs : nowMs;
    // A notification that stops is no resolution: what still counts as firing only grows old.
    const mayGo = ({ status, notifiedAtMs }: Entry): boolean => status === 'resolved' || nowMs - notifiedAtMs > forgottenAfterMs;
    return entries.set(key, { ...alert, sinceMs, notifiedAtMs: nowMs }, mayGo);
  }

  function named(namespace: string, alertName: string): readonly Entry[] {
    return entries.in(namespace).filter(({ labels }) => labels[alertNameLabel] === alertName);
  }

  function observe(request: SignalRequest<AlertSignal>): Observation {
    const { signal, identity } = request;
    const source = { provider: signal.provider, query: `alert ${signal.query}`, queriedAtMs: clock.nowMs() };
    const matching = named(identity.namespace, signal.query).filter((entry) => speaksOf(entry, request));
    const firing = matching.filter(({ status }) => status === 'firing');
    if (firing.length > 0) return count(firing, signal, source);
    const heartbeats = signal.heartbeat === null ? [] : ['', identity.namespace].flatMap((each) => named(each, signal.heartbeat ?? ''));
    const beating = heartbeats.filter(({ status }) => status === 'firing');
    // What fired before this process listened is only known once it was notified again.
    const proven = beating.filter(({ sinceMs }) => clock.nowMs() - sinceMs >= signal.repeatSeconds * 1000);
    const quiet = [...matching, ...proven];
    return quiet.length > 0 ? count(quiet, signal, source) : noData(silence(signal, beating), source);
  }

  return { keep, observe };
}

/** Those that fire, as fresh as the newest word on them; 0 where the word is that none does. */
function count(entries: readonly Entry[], signal: AlertSignal, source: ObservationSource): Observation {
  const value = entries.filter(({ status, labels }) => status === 'firing' && labels[alertNameLabel] === signal.query).length;
  const dataTimeMs = entries.reduce((newest, { notifiedAtMs }) => Math.max(newest, notifiedAtMs), 0);
  const rest = { sampleCount: null, noiseFloor: null, interval: null, computation: null };
  return { kind: 'Value', value, ...rest, dataTimeMs, windowSeconds: signal.windowSeconds, source };
}

function speaksOf({ labels }: Entry, { signal, identity, served }: SignalRequest<AlertSignal>): boolean {
  const { namespace, model, version, served: servedLabel } = signal.identityLabels;
  return (
    labels[namespace] === identity.namespace &&
    labels[model] === identity.model &&
    (version === null || labels[version] === identity.version) &&
    (servedLabel === null || labels[servedLabel] === served.toLowerCase())
  );
}

function silence({ query, heartbeat, repeatSeconds }: AlertSignal, beating: readonly Entry[]) {
  const cause = 'Empty';
  if (heartbeat === null) {
    const remedy = 'Name an alert that always fires as heartbeat of the signal, so that silence says something.';
    return {
      cause,
      message: `no alert ${query} was notified for this model since the operator started, which says nothing`,
      remedy,
    } as const;
  }
  if (beating.length > 0) {
    const message = `alerts ${query} that fire may not have been notified again since the operator began to hear ${heartbeat}`;
    return { cause, message, remedy: `Wait ${repeatSeconds} s (repeatSeconds of the signal) from its first notification.` } as const;
  }
  const message = `neither ${query} nor its heartbeat ${heartbeat} was notified since the operator started`;
  return { cause, message, remedy: 'Route both to /v1/alerts in Alertmanager.' } as const;
}
