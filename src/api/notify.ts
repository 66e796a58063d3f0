import * as z from 'zod';
import { cel } from './cel.ts';
import { mapList, name, objectName, requiredText, seconds, setList } from './fields.ts';

const url = (description: string) =>
  requiredText(512, `${description} Link-local and cloud metadata addresses are never called, redirects never followed.`).meta(
    cel({
      rule: "isURL(self) && url(self).getScheme() in ['http', 'https'] && url(self).getHostname() != '' && !self.contains('@')",
      message: 'write an absolute http or https URL without user or password; secrets go to secretRef',
    }),
  );

const timeoutSeconds = z
  .int()
  .min(1)
  .max(60)
  .default(10)
  .meta({ description: 'Seconds one delivery may take before it is tried again. Default 10.' });

const secretRef = z
  .object({
    name: objectName('Secret in the namespace of the operator; no other is read.'),
    key: requiredText(253, 'Key in its data.'),
    use: z.enum(['Bearer', 'Path']).default('Bearer').meta({
      description:
        'Bearer: sent as Authorization: Bearer. Path: appended to the path of url, for hooks whose address is the secret (Slack). Default Bearer.',
    }),
  })
  .meta({ description: 'What the receiver knows us by. Read at each delivery, never logged.' });

const receiverName = name('Name that plans use.');

const receiver = z
  .union([
    z.object({
      name: receiverName,
      alertmanager: z.object({ url: url('Base URL of an Alertmanager; /api/v2/alerts is appended.'), timeoutSeconds }).meta({
        description: 'An Alertmanager: one alert a stage and incident, resolved when it is over. It groups, silences and repeats.',
      }),
    }),
    z.object({
      name: receiverName,
      webhook: z
        .object({
          url: url('URL of a hook that takes {"text": ...}, as Slack and Mattermost do.'),
          secretRef: secretRef.exactOptional(),
          timeoutSeconds,
        })
        .meta({ description: 'A chat room.' }),
    }),
    z.object({
      name: receiverName,
      cloudEvents: z
        .object({ url: url('URL events are posted to.'), secretRef: secretRef.exactOptional(), timeoutSeconds })
        .meta({ description: 'A sink of CloudEvents 1.0, structured mode over HTTP.' }),
    }),
  ])
  .meta({ description: 'Whom the operator can tell.' });

export const receivers = mapList(receiver, 'name', {
  max: 16,
  description: 'Whom the operator can tell: the only place for their addresses. Plans name them.',
}).default([]);

const names = (max: number) => setList(name('Entry of receivers in the RiskPolicy.'), { min: 1, max, description: 'Receivers, by name.' });

const escalation = z
  .object({
    afterSeconds: seconds(1, 'Seconds without an Acknowledge since the plan last went up, latched or asked.'),
    receivers: names(8),
  })
  .meta({ description: 'Who else is told when nobody acknowledges.' });

export const notify = z
  .object({
    receivers: names(8),
    repeatSeconds: seconds(60, 'Seconds after which receivers are told again while nobody acknowledges. Default 14400.').default(14_400),
    escalation: mapList(escalation, 'afterSeconds', {
      max: 4,
      description: 'Who else is told, and when, while nobody acknowledges (RiskDecision with action Acknowledge).',
    }).default([]),
  })
  .meta({
    description: 'Who is told what the plan does, over receivers of the RiskPolicy of its ModelRisk. Left out: nobody, but for events.',
  });
