import type { Finding, FindingResult, Owner, Pod, PolicyReport, Severity, Workload } from './facts.ts';
import { makersOf, podsOf, titleOf } from './belonging.ts';
import { gap, listing, reading, type WorkloadResult } from './reading.ts';

const remedy = 'Check that the policy engine reports on this namespace.';

export interface FindingsQuestion {
  readonly severities: readonly Severity[];
  readonly results: readonly FindingResult[];
  readonly reports: readonly PolicyReport[];
}

/** One rule about one workload, whichever of its objects it was found on. */
interface Told {
  readonly key: string;
  readonly text: string;
  readonly finding: Finding;
}

/**
 * Rules that came to one of the listed results, with one of the listed severities, about the workloads. An engine reports one rule on the
 * workload, on its ReplicaSet and on each pod: that is one finding.
 */
export function readPolicyFindings(workloads: readonly Workload[], pods: readonly Pod[], question: FindingsQuestion): WorkloadResult {
  const { severities, results, reports } = question;
  const told = new Map<string, Told>();
  const examined = new Set<string>();
  const used = new Set<PolicyReport>();
  for (const workload of workloads) {
    const objects = objectsOf(workload, pods);
    let isReported = false;
    for (const report of reports) {
      const findings = findingsAbout(report, objects);
      if (findings === null) continue;
      isReported = true;
      used.add(report);
      for (const finding of findings) {
        if (finding.result === null || finding.severity === null)
          return gap('Incomparable', `report ${report.name} gives ${finding.policy} a result or severity that is not known`, remedy);
        const each = toldOf(workload, finding);
        examined.add(each.key);
        if (results.includes(finding.result) && severities.includes(finding.severity)) told.set(each.key, each);
      }
    }
    if (!isReported) return gap('Empty', `no policy report is about ${titleOf(workload)} or its pods`, remedy);
  }
  const undated = [...used].find(({ updatedAtMs }) => updatedAtMs === null);
  if (undated !== undefined) return gap('Incomparable', `report ${undated.name} does not say when it was written`, remedy);
  const bySeverity = severities.map((severity) => [severity, [countOf(told, severity)]] as const);
  return reading(told.size, {
    sampleCount: examined.size,
    computation: { statistic: 'PolicyReport', parameters: {}, counts: Object.fromEntries(bySeverity) },
    detail: listing([...told.values()].map(({ text }) => text)),
    dataTimeMs: [...used].reduce((oldest, { updatedAtMs }) => Math.min(oldest, updatedAtMs ?? Infinity), Infinity),
  });
}

function countOf(told: ReadonlyMap<string, Told>, severity: Severity): number {
  return [...told.values()].filter(({ finding }) => finding.severity === severity).length;
}

function toldOf(workload: Workload, finding: Finding): Told {
  const { policy, severity, result } = finding;
  // Kyverno derives rules for pod controllers from rules for pods, and puts this before their names.
  const rule = finding.rule.replace(/^autogen-(cronjob-)?/, '');
  const title = titleOf(workload);
  return {
    key: JSON.stringify([title, policy, rule, severity, result]),
    text: `${policy} ${rule} of ${title}`.replace('  ', ' '),
    finding,
  };
}

/** As `kind name`. */
function objectsOf(workload: Workload, pods: readonly Pod[]): ReadonlySet<string> {
  const own = podsOf(workload, pods).map(({ name }) => ({ kind: 'Pod', name }));
  return new Set([workload, ...makersOf(workload, pods), ...own].map(titleOf));
}

/** Null: the report is not about them. One without findings is, when its scope is: everything was looked at and nothing found. */
function findingsAbout({ scope, findings }: PolicyReport, objects: ReadonlySet<string>): readonly Finding[] | null {
  const isAbout = (about: readonly Owner[]): boolean => about.some((each) => objects.has(titleOf(each)));
  const isScoped = scope !== null && isAbout([scope]);
  const own = findings.filter(({ about }) => (about.length === 0 ? isScoped : isAbout(about)));
  return own.length === 0 && !isScoped ? null : own;
}
