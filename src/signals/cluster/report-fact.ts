import type { Finding, FindingResult, Owner, PolicyReport, Severity, VulnerabilityReport } from '../../core/workload/facts.ts';
import { at, instantAt, listAt, numberAt, textAt } from './raw.ts';
import { controllerOf } from './pod-fact.ts';

const kindLabel = 'trivy-operator.resource.kind';
const nameLabel = 'trivy-operator.resource.name';
const containerLabel = 'trivy-operator.container.name';

/** A report of the Trivy operator, cut to its counts: the list of vulnerabilities is most of it, and nothing here reads it. */
export function toVulnerabilityReport(object: unknown): VulnerabilityReport {
  const labels = at(object, 'metadata', 'labels');
  return {
    name: textAt(object, 'metadata', 'name'),
    // A name too long for a label stands in an annotation of the same key.
    owner: controllerOf(object) ?? {
      kind: textAt(labels, kindLabel),
      name: textAt(labels, nameLabel) || textAt(object, 'metadata', 'annotations', nameLabel),
    },
    container: textAt(labels, containerLabel),
    updatedAtMs: instantAt(object, 'report', 'updateTimestamp'),
    counts: countsOf(at(object, 'report', 'summary')),
  };
}

function countsOf(summary: unknown): Readonly<Record<Severity, number>> | null {
  const [critical, high, medium, low, unknown] = ['criticalCount', 'highCount', 'mediumCount', 'lowCount', 'unknownCount'].map((key) => {
    const count = numberAt(summary, key);
    return count !== null && Number.isSafeInteger(count) && count >= 0 ? count : undefined;
  });
  if (critical === undefined || high === undefined || medium === undefined || low === undefined || unknown === undefined) return null;
  return { Critical: critical, High: high, Medium: medium, Low: low, Info: 0, Unknown: unknown };
}

/** A PolicyReport of wgpolicyk8s.io, or a Report of openreports.io: the fields read here are the same. */
export function toPolicyReport(object: unknown): PolicyReport {
  const results = listAt(object, 'results');
  const scope = at(object, 'scope');
  const times = results.flatMap((result) => numberAt(result, 'timestamp', 'seconds') ?? []);
  return {
    name: textAt(object, 'metadata', 'name'),
    scope: scope === undefined ? ownerOf(object) : toReference(scope),
    updatedAtMs:
      times.length > 0 ? 1000 * times.reduce((newest, each) => Math.max(newest, each)) : instantAt(object, 'metadata', 'creationTimestamp'),
    findings: results.map(toFinding),
  };
}

function ownerOf(object: unknown): Owner | null {
  const [owner] = listAt(object, 'metadata', 'ownerReferences');
  return owner === undefined ? null : toReference(owner);
}

function toReference(value: unknown): Owner {
  return { kind: textAt(value, 'kind'), name: textAt(value, 'name') };
}

function toFinding(result: unknown): Finding {
  return {
    policy: textAt(result, 'policy'),
    rule: textAt(result, 'rule'),
    result: resultOf(textAt(result, 'result')),
    severity: severityOf(textAt(result, 'severity')),
    about: listAt(result, 'resources').map(toReference),
  };
}

function resultOf(word: string): FindingResult | null {
  return (['Pass', 'Fail', 'Warn', 'Error', 'Skip'] as const).find((each) => each.toLowerCase() === word.toLowerCase()) ?? null;
}

function severityOf(word: string): Severity | null {
  if (word === '') return 'Unknown';
  return (
    (['Critical', 'High', 'Medium', 'Low', 'Info', 'Unknown'] as const).find((each) => each.toLowerCase() === word.toLowerCase()) ?? null
  );
}
