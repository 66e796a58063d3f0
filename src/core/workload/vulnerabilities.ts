import type { Owner, Pod, Severity, VulnerabilityReport, Workload } from './facts.ts';
import { makersOf, titleOf } from './belonging.ts';
import { gap, listing, reading, sum, type WorkloadResult } from './reading.ts';

const remedy = 'Check that the Trivy operator scans this namespace.';

/**
 * Vulnerabilities of the listed severities in the images that run now: of each container the worst of the reports about what makes its pods. A
 * container without a report is not free of vulnerabilities: nobody looked.
 */
export function readVulnerabilities(
  workloads: readonly Workload[],
  pods: readonly Pod[],
  { severities, reports }: { readonly severities: readonly Severity[]; readonly reports: readonly VulnerabilityReport[] },
): WorkloadResult {
  const used: VulnerabilityReport[] = [];
  const containers: { readonly title: string; readonly counts: readonly number[] }[] = [];
  for (const workload of workloads) {
    const makers = makersOf(workload, pods);
    if (makers.length === 0) return gap('Empty', `no pod of ${titleOf(workload)} runs, so no report is about it`, 'Scale it up.');
    for (const { name } of [...workload.containers, ...workload.sidecars]) {
      const found = makers.map((maker) => newestOf(reports, maker, name));
      const missing = makers.find((_, index) => found[index] === null);
      if (missing !== undefined)
        return gap('Empty', `there is no VulnerabilityReport about container ${name} of ${titleOf(missing)}`, remedy);
      const known = found.filter((report) => report !== null);
      const unreadable = known.find(({ counts, updatedAtMs }) => counts === null || updatedAtMs === null);
      if (unreadable !== undefined)
        return gap('Incomparable', `VulnerabilityReport ${unreadable.name} has no readable summary or updateTimestamp`, remedy);
      used.push(...known);
      const perMaker = known.map(({ counts }) => severities.map((severity) => counts?.[severity] ?? 0));
      const worst = perMaker.reduce((a, b) => (sum(b) > sum(a) ? b : a));
      containers.push({ title: `container ${name} of ${titleOf(workload)}`, counts: worst });
    }
  }
  const counts = Object.fromEntries(severities.map((severity, index) => [severity, containers.map((each) => each.counts[index] ?? 0)]));
  const told = containers.filter((each) => sum(each.counts) > 0);
  return reading(sum(Object.values(counts).map(sum)), {
    sampleCount: used.length,
    computation: { statistic: 'VulnerabilityReport', parameters: {}, counts },
    detail: listing(told.map((each) => `${title(severities, each.counts)} in ${each.title}`)),
    dataTimeMs: used.reduce((oldest, { updatedAtMs }) => Math.min(oldest, updatedAtMs ?? Infinity), Infinity),
  });
}

function title(severities: readonly Severity[], counts: readonly number[]): string {
  return severities.flatMap((severity, index) => ((counts[index] ?? 0) > 0 ? [`${String(counts[index])} ${severity}`] : [])).join(', ');
}

/** A scan that was repeated under another name replaces the one before. */
function newestOf(reports: readonly VulnerabilityReport[], maker: Owner, container: string): VulnerabilityReport | null {
  return reports
    .filter(({ owner, container: of }) => of === container && owner.kind === maker.kind && owner.name === maker.name)
    .reduce<VulnerabilityReport | null>(
      (newest, each) => (newest === null || (each.updatedAtMs ?? 0) > (newest.updatedAtMs ?? 0) ? each : newest),
      null,
    );
}
