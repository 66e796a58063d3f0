import type { Observation } from '../../core/model/observation.ts';
import type { Clock } from '../../shared/clock.ts';
import type { AlertSignal, PushSignal, SignalRequest } from '../port.ts';
import { createNotifiedAlerts, type NotifiedAlert } from './alerts.ts';
import type { Kept } from './kept.ts';
import { createPushedReadings, type PushedReading } from './readings.ts';

export type InboxSignal = PushSignal | AlertSignal;

/** What was sent to the operator, where nobody is asked for anything. */
export interface Inbox {
  keepReading(reading: PushedReading): Kept;
  keepAlert(alert: NotifiedAlert): Kept;
  observe(request: SignalRequest<InboxSignal>): Observation;
}

/** Some hundred bytes each: all of them take less than 20 MB. */
const bounds = { perNamespace: 1000, overall: 15_000, reserved: { each: 50, together: 5000 } };

export function createInbox(clock: Clock, { readings: ofReadings, alerts: ofAlerts } = { readings: bounds, alerts: bounds }): Inbox {
  const readings = createPushedReadings(clock, ofReadings);
  const alerts = createNotifiedAlerts(clock, ofAlerts);
  return {
    keepReading: (reading) => readings.keep(reading),
    keepAlert: (alert) => alerts.keep(alert),
    observe: ({ signal, ...request }) =>
      signal.kind === 'Push' ? readings.observe({ ...request, signal }) : alerts.observe({ ...request, signal }),
  };
}
