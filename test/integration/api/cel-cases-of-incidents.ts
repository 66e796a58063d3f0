import { decisionManifest, incidentManifest } from '../../builders/api.ts';
import { casesOf } from './cel-case.ts';
import type { CELCase } from './cel-case.ts';

const reported = {
  onsetAt: '2026-05-01T00:00:00Z',
  awareAt: '2026-05-03T00:00:00Z',
  knownFrom: 'Customer',
  category: 'Fairness',
  harm: 'none',
  decision: 'mine',
  by: 'ana',
};

/** What people know of incidents: reports, postmortems, duties to report. */
export const incidentCases: readonly CELCase[] = [
  ...casesOf(decisionManifest('ReportIncident'), [
    {
      field: 'spec.digest',
      message: 'write the digest of what you decide on, and leave it out for ReportIncident',
      accept: [['spec.role', 'compliance']],
      reject: [['spec.digest', `sha256:${'a'.repeat(64)}`]],
    },
    {
      field: 'spec.report',
      message: 'write report for ReportIncident, and leave it out otherwise',
      accept: [['spec.report.severity', 'Low']],
      reject: [['spec.report', undefined]],
    },
    {
      field: 'spec.report.onsetAt',
      message: 'nobody knows of what has not begun: write an onsetAt that is not after awareAt',
      accept: [['spec.report.onsetAt', '2026-05-03T02:00:00+02:00']],
      reject: [['spec.report.onsetAt', '2026-05-03T00:00:01Z']],
    },
  ]),
  ...casesOf(decisionManifest('Postmortem'), [
    {
      field: 'spec.postmortem',
      message: 'write postmortem for Postmortem, and leave it out otherwise',
      accept: [['spec.postmortem.actualLoss', 0]],
      reject: [['spec.postmortem', undefined]],
    },
    {
      field: 'spec.postmortem.findings[0].remediation',
      message: 'name what the finding becomes: either a remediation or an indicator of the model',
      accept: [['spec.postmortem.findings', [{ name: 'watch', summary: 'Watch it.', indicator: 'score-drift' }]]],
      reject: [['spec.postmortem.findings', [{ name: 'watch', summary: 'Watch it.' }]]],
    },
  ]),
  ...casesOf(decisionManifest('FileReport'), [
    {
      field: 'spec.filed',
      message: 'write filed for FileReport, and leave it out otherwise',
      accept: [['spec.filed.reference', 'none given']],
      reject: [['spec.filed', undefined]],
    },
  ]),
  ...casesOf(incidentManifest(), [
    {
      field: 'spec.report',
      message: 'an incident is of a plan or was reported: write planRef or report',
      accept: [['spec.severity', 'High']],
      reject: [['spec.report', reported]],
    },
    {
      field: 'spec.planRef',
      message: 'write engagement and snapshot for the incident of a plan, and leave both out of one that was reported',
      accept: [['spec.engagement', 2]],
      reject: [['spec.snapshot', undefined]],
    },
  ]),
];
