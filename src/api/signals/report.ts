import * as z from 'zod';
import type { WorkloadMeasure } from '../../core/workload/measure.ts';
import type { DeepReadonly } from '../deep-readonly.ts';
import { setList } from '../fields.ts';

export const reportSchema = z
  .object({
    kind: z.enum(['VulnerabilityReport', 'PolicyReport']).meta({
      description:
        'Which reports. VulnerabilityReport: of the Trivy operator (aquasecurity.github.io/v1alpha1). PolicyReport: of Kyverno and other policy engines (wgpolicyk8s.io/v1alpha2, and Report of openreports.io/v1alpha1).',
    }),
    severities: setList(z.enum(['Critical', 'High', 'Medium', 'Low', 'Info', 'Unknown']).meta({ description: 'One severity.' }), {
      min: 1,
      max: 6,
      description: 'Severities that count. Unknown: the scanner or policy gives none. Default Critical and High.',
    }).default(['Critical', 'High']),
    results: setList(z.enum(['Fail', 'Warn', 'Error', 'Skip']).meta({ description: 'One result.' }), {
      min: 1,
      max: 4,
      description: 'Results that count. Left out: Fail. For PolicyReport only.',
    }).exactOptional(),
  })
  .meta({
    description:
      'How many findings the reports of a scanner or policy engine hold about the workloads of the model. A report is as old as its own time says: set staleAfterSeconds of the indicator to more than the time between two scans. Needs spec.workloadRefs of the ModelRisk.',
  });

export const reportRules = [
  {
    rule: '!has(self.report) || !has(self.windowSeconds)',
    fieldPath: '.windowSeconds',
    message: 'a report has its own time: leave windowSeconds out, and write staleAfterSeconds on the indicator',
  },
  {
    rule: "!has(self.report) || !has(self.report.results) || self.report.kind == 'PolicyReport'",
    fieldPath: '.report.results',
    message: 'a VulnerabilityReport has no results, only severities: leave results out, or write kind: PolicyReport',
  },
  {
    rule: "!has(self.report) || !('Info' in self.report.severities) || self.report.kind == 'PolicyReport'",
    fieldPath: '.report.severities',
    message: 'a VulnerabilityReport counts no Info: leave it out, or write kind: PolicyReport',
  },
] as const;

type ReportSpec = DeepReadonly<z.output<typeof reportSchema>>;

export function reportMeasure({ kind, severities, results = ['Fail'] }: ReportSpec): WorkloadMeasure {
  return kind === 'VulnerabilityReport' ? { kind: 'Vulnerabilities', severities } : { kind: 'PolicyFindings', severities, results };
}
