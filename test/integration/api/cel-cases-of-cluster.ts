import { riskPolicyManifest, withValue } from '../../builders/api.ts';
import { casesOf, type CELCase, type Change, type Variation } from './cel-case.ts';

/** Rules of signals that are read from the state of the cluster. */

const queries = 'promQL, drift, calibration, burnRate, anomaly, fairness, performance';

/** The policy with one such signal more, whose fields stand below `spec.signals[2]`. */
function casesBelow(form: object, variations: readonly Variation[]): readonly CELCase[] {
  const below = (changes: readonly Change[]): readonly Change[] => changes.map(([path, value]) => [`spec.signals[2].${path}`, value]);
  return casesOf(
    withValue(riskPolicyManifest(), 'spec.signals[2]', { name: 'cluster-state', ...form }),
    variations.map((each) => ({
      ...each,
      field: `spec.signals[2].${each.field}`,
      accept: below(each.accept),
      reject: below(each.reject),
    })),
  );
}

const workloadCases = casesBelow({ workload: { measure: 'UnapprovedPods' } }, [
  {
    field: 'windowSeconds',
    message: 'restarts are counted in a window, everything else is as it is now: write windowSeconds with measure Restarts only',
    accept: [
      ['workload.measure', 'Restarts'],
      ['windowSeconds', 600],
    ],
    reject: [['windowSeconds', 600]],
  },
  {
    field: 'workload.approvedBy',
    message: 'only UnapprovedPods asks what is approved: leave approvedBy out, or write measure: UnapprovedPods',
    accept: [['workload.approvedBy', ['ImageDigest']]],
    reject: [
      ['workload.approvedBy', ['ImageDigest']],
      ['workload.measure', 'UnreadyReplicasPercent'],
    ],
  },
  {
    field: 'workload.versionLabel',
    message: 'only UnapprovedPods with approvedBy VersionLabel reads a version: leave versionLabel out',
    accept: [['workload.versionLabel', 'models.example/version']],
    reject: [
      ['workload.versionLabel', 'models.example/version'],
      ['workload.approvedBy', ['ImageDigest']],
    ],
  },
  {
    field: 'workload.container',
    message: 'only UnapprovedPods with approvedBy ImageDigest compares images: leave container out',
    accept: [
      ['workload.container', 'server'],
      ['workload.approvedBy', ['VersionLabel', 'ImageDigest']],
    ],
    reject: [['workload.container', 'server']],
  },
]);

const postureCases = casesBelow({ posture: {} }, [
  {
    field: 'windowSeconds',
    message: 'posture is how the workloads are set up now: leave windowSeconds out',
    accept: [['posture.checks', ['NonRoot']]],
    reject: [['windowSeconds', 60]],
  },
  {
    field: 'posture.predictionLogging',
    message: 'without the check PredictionLogging nobody looks for it: add PredictionLogging to checks, or leave predictionLogging out',
    accept: [['posture.predictionLogging', { containers: ['logger'] }]],
    reject: [
      ['posture.predictionLogging', { containers: ['logger'] }],
      ['posture.checks', ['NonRoot']],
    ],
  },
]);

const reportCases = casesBelow({ report: { kind: 'VulnerabilityReport' } }, [
  {
    field: 'windowSeconds',
    message: 'a report has its own time: leave windowSeconds out, and write staleAfterSeconds on the indicator',
    accept: [['report.severities', ['Critical']]],
    reject: [['windowSeconds', 60]],
  },
  {
    field: 'report.results',
    message: 'a VulnerabilityReport has no results, only severities: leave results out, or write kind: PolicyReport',
    accept: [
      ['report.results', ['Fail', 'Error']],
      ['report.kind', 'PolicyReport'],
    ],
    reject: [['report.results', ['Fail']]],
  },
  {
    field: 'report.severities',
    message: 'a VulnerabilityReport counts no Info: leave it out, or write kind: PolicyReport',
    accept: [
      ['report.severities', ['Info']],
      ['report.kind', 'PolicyReport'],
    ],
    reject: [['report.severities', ['Info']]],
  },
]);

const otherCases = casesOf(riskPolicyManifest(), [
  {
    field: 'spec.signals[0]',
    message: `write windowSeconds with ${queries}, httpJSON, push, alert, comparison`,
    accept: [['spec.signals[0].windowSeconds', 60]],
    reject: [['spec.signals[0].windowSeconds', undefined]],
  },
  {
    field: 'spec.providers[1].name',
    message: 'cluster is what signals of the state of the cluster are read from: choose another name',
    accept: [['spec.providers[1]', { name: 'clusters', prometheus: { url: 'http://thanos:9090' } }]],
    reject: [['spec.providers[1]', { name: 'cluster', prometheus: { url: 'http://thanos:9090' } }]],
  },
]);

export const clusterCases: readonly CELCase[] = [...workloadCases, ...postureCases, ...reportCases, ...otherCases];
