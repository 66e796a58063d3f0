import * as z from 'zod';
import { labelKey, mapList, text } from './fields.ts';

const label = z
  .object({ name: labelKey('Key of the label.'), value: text(63, 'Value of the label.') })
  .meta({ description: 'A label of the objects.' });

export const prometheusRules = z
  .object({
    mode: z.enum(['None', 'Maintain']).default('None').meta({
      description:
        'Maintain: each model under this policy has a PrometheusRule modelrisk-<name> in its namespace, with recording rules and alerts about it. It takes the CRD of the Prometheus operator and the ClusterRole modelrisk-operator-prometheus-rules. None: there is none, and what was written is deleted. Default None.',
    }),
    labels: mapList(label, 'name', {
      max: 8,
      description: 'Labels by which your Prometheus finds its rules (ruleSelector), e.g. release: kube-prometheus-stack.',
    }).default([]),
  })
  .meta({ description: 'Alerts about each model for the Prometheus operator. Left out: none are written.' });
