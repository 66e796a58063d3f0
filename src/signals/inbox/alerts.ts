import type { Observation, ObservationSource } from '../../core/model/observation.ts';
import type { Clock, EpochMs } from '../../shared/clock.ts';
import { canonicalJSON } from '../../shared/canonical-json.ts';
import { noData, type Missing } from '../answers.ts';
import type { AlertSignal, SignalRequest } from '../port.ts';
import { BoundedEntries, forgottenAfterMs, type InboxBounds, type Kept } from './kept.ts';

/** One alert of a notification, and the namespace it speaks of. */
export interface NotifiedAlert {
  /** Empty: it speaks for all, which only a heartbeat may. */
  readonly namespace: string;
  /** Its `alertname` among them. */
  readonly labels: Readonly<Record<string, string>>;
  readonly status: 'firing' | 'resolved';
  /** Labels its notification was grouped by: that one told of every alert that shares them. Null: of some it did not tell. */
  readonly groupedBy: readonly string[] | null;
}

/** Remembers what was notified last of each alert. In memory: a restart begins empty. */
export interface NotifiedAlerts {
  keep(alert: NotifiedAlert): Kept;
  observe(request: SignalRequest<AlertSignal>): Observation;
}

interface Entry extends NotifiedAlert {
  /** When it was first notified as it is now. */
  readonly sinceMs: EpochMs;
  /** When it was first notified at all. */
  readonly firstNotifiedAtMs: EpochMs;
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
    const firstNotifiedAtMs = known?.firstNotifiedAtMs ?? nowMs;
    return entries.set(key, { ...alert, sinceMs, firstNotifiedAtMs, notifiedAtMs: nowMs }, mayGo);
  }

  function named(namespace: string, alertName: string): readonly Entry[] {
    return entries.in(namespace).filter(({ labels }) => labels[alertNameLabel] === alertName);
  }

  function observe(request: SignalRequest<AlertSignal>): Observation {
    const { signal, identity } = request;
    const source = { provider: signal.provider, query: `alert ${signal.query}`, queriedAtMs: clock.nowMs() };
    const matching = named(identity.namespace, signal.query).filter((entry) => speaksOf(entry, request));
    const firing = matching.filter(({ status }) => status === 'firing');
    const heartbeats = signal.heartbeat === null ? [] : ['', identity.namespace].flatMap((each) => named(each, signal.heartbeat ?? ''));
    const beating = heartbeats.filter(({ status }) => status === 'firing');
    // What fired before this process listened is only known once it was notified again.
    const wasRepeated = (sinceMs: EpochMs): boolean => clock.nowMs() - sinceMs >= signal.repeatSeconds * 1000;
    const proven = beating.filter(({ sinceMs }) => wasRepeated(sinceMs));
    const areAllKnown = proven.length > 0 || matching.some((entry) => tellsAll(entry, signal) || wasRepeated(entry.firstNotifiedAtMs));
    if (firing.length > 0) return count(firing, signal, { source, mostUnknown: areAllKnown ? 0 : bounds.perNamespace });
    if (areAllKnown) return count([...matching, ...proven], signal, { source, mostUnknown: 0 });
    return noData(silence(signal, { beating, isResolved: matching.length > 0 }), source);
  }

  return { keep, observe };
}

/** Whether its notification spoke of every alert that is counted with it: those of one group are notified together. */
function tellsAll({ groupedBy }: Entry, { identityLabels: { namespace, model, version, served } }: AlertSignal): boolean {
  return groupedBy !== null && groupedBy.every((label) => [alertNameLabel, namespace, model, version, served].includes(label));
}

interface Counting {
  readonly source: ObservationSource;
  /** So many others may fire that were not notified since the operator started. */
  readonly mostUnknown: number;
}

/** Those that fire, as fresh as the newest word on them; 0 where the word is that none does. */
function count(entries: readonly Entry[], signal: AlertSignal, { source, mostUnknown }: Counting): Observation {
  const value = entries.filter(({ status, labels }) => status === 'firing' && labels[alertNameLabel] === signal.query).length;
  const dataTimeMs = entries.reduce((newest, { notifiedAtMs }) => Math.max(newest, notifiedAtMs), 0);
  const interval = mostUnknown === 0 ? null : { low: value, high: value + mostUnknown };
  const rest = { sampleCount: null, noiseFloor: null, interval, computation: null };
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

interface Heard {
  readonly beating: readonly Entry[];
  /** Some alert of the model was notified as resolved. */
  readonly isResolved: boolean;
}

function silence({ query, heartbeat, repeatSeconds }: AlertSignal, { beating, isResolved }: Heard): Missing {
  const cause = 'Empty';
  if (isResolved && beating.length === 0)
    return {
      cause,
      message: `an alert ${query} was resolved, but others of the model may fire that were not notified again since the operator started`,
      remedy: 'Group the route of Alertmanager by no more than alertname and the labels of the model, or name a heartbeat.',
    };
  if (heartbeat === null)
    return {
      cause,
      message: `no alert ${query} was notified for this model since the operator started, which says nothing`,
      remedy: 'Name an alert that always fires as heartbeat of the signal, so that silence says something.',
    };
  if (beating.length > 0)
    return {
      cause,
      message: `alerts ${query} that fire may not have been notified again since the operator began to hear ${heartbeat}`,
      remedy: `Wait ${repeatSeconds} s (repeatSeconds of the signal) from its first notification.`,
    };
  const message = `neither ${query} nor its heartbeat ${heartbeat} was notified since the operator started`;
  return { cause, message, remedy: 'Route both to /v1/alerts in Alertmanager.' };
}
