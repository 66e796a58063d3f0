import type { RiskIncident } from '../api/risk-incident.ts';
import type { PackIncident } from '../core/report/pack/facts.ts';
import type { EpochMs } from '../shared/clock.ts';
import { idOf } from './model-line.ts';

/** What recomputing the chain found, by `namespace/name` of an incident; null: its namespace could not be recomputed. */
export type RecordFindings = (incident: string) => readonly string[] | null;

/** Real incidents, one a record however many objects it fills: drills, and what a plan would have done, are none. */
export function packIncidents(incidents: readonly RiskIncident[], findings: RecordFindings, nowMs: EpochMs): readonly PackIncident[] {
  const byId = new Map(incidents.map((each) => [keyOf(each), each]));
  const beforeOf = ({ spec: { continues }, ...each }: RiskIncident): RiskIncident | undefined =>
    continues === undefined ? undefined : byId.get(idOf({ namespace: each.metadata.namespace ?? '', name: continues }));
  // Somebody who can write past admission can make records go in circles: those stand where the walk came to.
  const rootOf = (incident: RiskIncident): RiskIncident => {
    let root = incident;
    const passed = new Set([root]);
    for (let before = beforeOf(root); before !== undefined && !passed.has(before); before = beforeOf(root)) {
      root = before;
      passed.add(root);
    }
    return root;
  };
  const parts = new Map<RiskIncident, readonly RiskIncident[]>();
  for (const each of incidents) parts.set(rootOf(each), [...(parts.get(rootOf(each)) ?? []), each]);
  return [...parts].flatMap(([root, all]) => (all.some(isDry) ? [] : [toPackIncident(root, all, { findings, nowMs })]));
}

const namespaceOf = ({ metadata }: RiskIncident): string => metadata.namespace ?? '';

function keyOf(incident: RiskIncident): string {
  return idOf({ namespace: namespaceOf(incident), name: incident.metadata.name });
}

function isDry({ spec, status }: RiskIncident): boolean {
  return spec.drill !== undefined || status.entries.some(({ type }) => type === 'WouldApply');
}

/** By the hash: an entry that was made anew stands in the place of the one the sink has. */
function isAnchored({ status: { anchored, entries } }: RiskIncident): boolean {
  const newest = entries.at(-1);
  return anchored !== undefined && anchored.seq === newest?.seq && anchored.hash === newest.hash;
}

interface Judged {
  readonly findings: RecordFindings;
  readonly nowMs: EpochMs;
}

/** `parts` hold the root too. */
function toPackIncident(root: RiskIncident, parts: readonly RiskIncident[], { findings, nowMs }: Judged): PackIncident {
  const found = parts.map((part) => findings(keyOf(part)));
  const newest = parts.find(({ status }) => status.entries.at(-1)?.type !== 'Continued') ?? root;
  const severity = parts.findLast(({ status }) => status.postmortem !== undefined)?.status.severity;
  return {
    ref: `RiskIncident ${keyOf(root)}`,
    severity: severity ?? root.status.severity ?? root.spec.severity ?? 'Medium',
    isReported: root.spec.report !== undefined,
    isClosed: newest.status.closedAt !== undefined,
    isAcknowledged: parts.some(({ status }) => status.entries.some(({ type }) => type === 'Acknowledged')),
    hasPostmortem: parts.some(({ status }) => status.postmortem !== undefined),
    isAnchored: parts.every(isAnchored),
    recordProblems: found.some((each) => each === null) ? null : found.flatMap((each) => each ?? []),
    deadlines: parts.flatMap(({ status }) =>
      status.deadlines.map(({ name, due, filedAt }) => ({
        name,
        isMet: filedAt === undefined ? nowMs < Date.parse(due) : Date.parse(filedAt) <= Date.parse(due),
      })),
    ),
    findings: parts.flatMap(({ status }) => status.findings.map(({ name, state }) => ({ name, isTracked: state === 'Tracked' }))),
  };
}
