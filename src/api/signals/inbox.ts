import * as z from 'zod';
import { requiredText, seconds } from '../fields.ts';

/** Provider of every signal that is sent to the operator; no policy may call one of its own so. */
export const inboxProvider = 'inbox';

export const pushSchema = z.object({}).meta({ description: 'A value pushed to the operator (POST /v1/readings): write push: {}.' });

export const alertSchema = z
  .object({
    alertName: requiredText(253, 'Label alertname of the alerts that count.'),
    heartbeat: requiredText(
      253,
      'Label alertname of an alert that always fires, routed here too. While it is notified, silence means that nothing fires. Without a namespace label it speaks for all namespaces. Left out: only a notification that an alert was resolved does.',
    ).exactOptional(),
    repeatSeconds: seconds(
      1,
      "Alertmanager's repeat_interval of the route. After a start of the operator, silence counts only when the heartbeat has been heard for so long, so that every alert that still fires has been notified again. Default 14400.",
    ).default(14_400),
  })
  .meta({ description: 'How many alerts of one name fire for the model, as an Alertmanager notifies the operator (POST /v1/alerts).' });
