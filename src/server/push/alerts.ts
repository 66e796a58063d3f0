import * as z from 'zod';
import { alertNameLabel, type NotifiedAlert } from '../../signals/inbox/alerts.ts';
import { failure, success } from '../../shared/result.ts';
import { forbidden, type Pusher } from './authentication.ts';
import { allowedAmong, resultOf, type Intake, type IntakeOptions } from './intake.ts';
import { refuse, type ItemResult } from './reply.ts';

const mostAlerts = 1000;
/** All labels of one alert together, in characters. */
const longestLabels = 2048;

/** What Alertmanager posts, as far as it says which alerts there are: everything else may come and go with its versions. */
const notification = z.object({
  version: z.literal('4'),
  groupLabels: z.record(z.string(), z.string()).exactOptional(),
  truncatedAlerts: z.int().default(0),
  alerts: z.array(z.object({ status: z.enum(['firing', 'resolved']), labels: z.record(z.string(), z.string()) })).max(mostAlerts),
});

type Notification = z.output<typeof notification>;
type Alert = Notification['alerts'][number];

/** An alert and the namespaces it speaks of, or why it is not kept. */
type Addressed = { readonly alert: Alert; readonly namespaces: readonly string[] } | { readonly refused: ItemResult };

/** `POST /v1/alerts`: the payload of Alertmanager's webhook, version 4. */
export function createAlertIntake({ inbox, uses, authentication, onKept }: IntakeOptions): Intake {
  function address(alert: Alert): Addressed {
    const name = alert.labels[alertNameLabel] ?? '';
    const used = uses.alertUses(name);
    // An Alertmanager may route more here than is used: that is no mistake of this notification.
    if (used.length === 0)
      return { refused: { status: 200, result: 'Unused', message: `no signal counts alert ${name.slice(0, 253)}; not kept` } };
    const length = Object.entries(alert.labels).reduce((sum, [label, value]) => sum + label.length + value.length, 0);
    if (length > longestLabels)
      return {
        refused: invalid(`labels of alert ${name} are ${length} characters together, limit ${longestLabels}; drop labels of the alert`),
      };
    const namespaces = new Set(used.flatMap(({ namespaceLabel, isHeartbeat }) => alert.labels[namespaceLabel] || (isHeartbeat ? '' : [])));
    if (namespaces.size > 0) return { alert, namespaces: [...namespaces] };
    const labels = [...new Set(used.map(({ namespaceLabel }) => namespaceLabel))].join(' or ');
    return { refused: invalid(`alert ${name} carries no label ${labels}; have its rule keep it, so that it says whom it speaks of`) };
  }

  function keep(alert: Omit<NotifiedAlert, 'namespace'>, namespaces: readonly string[]): ItemResult {
    const kept = namespaces.map((namespace) => inbox.keepAlert({ ...alert, namespace }));
    return resultOf(kept.find(({ kind }) => kind !== 'Kept') ?? { kind: 'Kept' });
  }

  function wake(alerts: readonly Extract<Addressed, { readonly alert: unknown }>[]): void {
    for (const namespace of new Set(alerts.flatMap(({ namespaces }) => namespaces))) {
      // A heartbeat changes how old silence is, never what is counted: it wakes nobody.
      const names = new Set(alerts.filter((each) => each.namespaces.includes(namespace)).map(({ alert }) => alert.labels[alertNameLabel]));
      if (namespace !== '') onKept(namespace, ({ signal }) => signal.kind === 'Alert' && names.has(signal.query));
    }
  }

  return {
    maxBodyBytes: 1024 * 1024,
    take: async (written, pusher) => {
      const parsed = notification.safeParse(written);
      if (!parsed.success)
        return failure(
          refuse(
            400,
            `no alert was taken; this is not version 4 of Alertmanager's webhook payload with at most ${mostAlerts} alerts (max_alerts)`,
          ),
        );
      const addressed = parsed.data.alerts.map(address);
      const spokenOf = new Set(addressed.flatMap((each) => ('alert' in each ? each.namespaces : [])));
      const allowed = await allowedAmong(spokenOf, pusher, authentication);
      if (!allowed.ok) return allowed;
      const groupedBy = groupingOf(parsed.data);
      const results = addressed.map((each) => {
        if ('refused' in each) return each.refused;
        const barred = each.namespaces.filter((namespace) => !allowed.value.has(namespace));
        return barred.length > 0 ? barredFrom(barred, pusher) : keep({ ...each.alert, groupedBy }, each.namespaces);
      });
      wake(addressed.flatMap((each, index) => ('alert' in each && results[index]?.result === 'Kept' ? [each] : [])));
      return success(results);
    },
  };
}

/** Null: the notification does not say, or alerts of its group were cut off. */
function groupingOf({ groupLabels, truncatedAlerts }: Notification): NotifiedAlert['groupedBy'] {
  return groupLabels === undefined || truncatedAlerts > 0 ? null : Object.keys(groupLabels);
}

function barredFrom(namespaces: readonly string[], pusher: Pusher): ItemResult {
  return { status: 403, result: 'Forbidden', message: namespaces.map((namespace) => forbidden(pusher, namespace)).join('; ') };
}

function invalid(message: string): ItemResult {
  return { status: 422, result: 'Invalid', message };
}
