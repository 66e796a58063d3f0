import { createHash } from 'node:crypto';

import type { KubeObject } from '../api-client.ts';
import { describeRevision, endOf, revisionsOf, targetResourcesIn } from '../timeline.ts';
import type { Revision, Timeline } from '../timeline.ts';
import type { Expectations, Violation } from './expectations.ts';
import { rulesOf, shareIn } from './route-view.ts';
import { routeRevisions, violationAt } from './traffic.ts';

type Entry = Readonly<Record<string, string | number>> & {
  readonly seq: number;
  readonly type: string;
  readonly hash: string;
  readonly prevHash: string;
};

interface IncidentSpec {
  readonly planRef: { readonly uid: string };
  readonly engagement: number;
  readonly firstPrevHash: string;
  readonly continues?: string;
}

function entriesOf(incident: KubeObject): readonly Entry[] {
  return (incident['status'] as { readonly entries?: readonly Entry[] } | undefined)?.entries ?? [];
}

function specOf(incident: KubeObject): IncidentSpec {
  return incident['spec'] as IncidentSpec;
}

/** V9: the record only grows, each line links to the one before, and each engagement has one record that says how it began and ended. */
export function judgeRecords(timeline: Timeline, expectations: Expectations): readonly Violation[] {
  const incidents = revisionsOf(timeline, 'riskincidents');
  const broken = incidents.flatMap((revision) => {
    const faults = [...growthFaults(revision), ...chainFaults(revision.event.object)];
    return faults.map((message) => violationAt('V9', revision, message));
  });
  return expectations.settledAtMs === null ? broken : [...broken, ...judgeCompleteness(timeline, incidents, expectations)];
}

function growthFaults({ event, previous }: Revision): readonly string[] {
  const before = previous === null ? [] : entriesOf(previous);
  const after = entriesOf(event.object);
  const changed = before.findIndex((entry, index) => entry.hash !== after[index]?.hash);
  return changed < 0 ? [] : [`entry ${changed} was changed or dropped after it was written`];
}

function chainFaults(incident: KubeObject): readonly string[] {
  const entries = entriesOf(incident);
  return entries.flatMap((entry, index) => {
    const link = index === 0 ? specOf(incident).firstPrevHash : entries[index - 1]?.hash;
    if (entry.seq !== (entries[index - 1]?.seq ?? entry.seq - 1) + 1) return [`entry ${index} has seq ${entry.seq}: there is a gap`];
    if (entry.prevHash !== link) return [`entry ${entry.seq} does not link to the one before`];
    return entry.hash === hashOf(entry) ? [] : [`entry ${entry.seq} does not hash to what it says`];
  });
}

/** Written anew here: a judge that asked the product's own code would agree with its mistakes. */
function hashOf(entry: Entry): string {
  const fields = Object.entries(entry).filter(([field]) => field !== 'hash');
  const sorted = fields
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([field, value]) => `${JSON.stringify(field)}:${JSON.stringify(value)}`);
  return createHash('sha256')
    .update(`{${sorted.join(',')}}`)
    .digest('hex');
}

const releases = ['Released', 'ReleasedByDeletion'];

function judgeCompleteness(timeline: Timeline, incidents: readonly Revision[], expectations: Expectations): readonly Violation[] {
  const last = [...new Map(incidents.map((revision) => [revision.event.object.metadata.uid, revision.event.object])).values()];
  const atMs = endOf(timeline);
  return engagementsIn(timeline).flatMap(({ planUID, engagement }) => {
    const own = last.filter((incident) => specOf(incident).planRef.uid === planUID && specOf(incident).engagement === engagement);
    const roots = own.filter((incident) => specOf(incident).continues === undefined);
    const subject = `engagement ${engagement} of plan ${planUID}`;
    const say = (message: string): Violation => ({ invariant: 'V9', atMs, subject, message });
    if (roots.length !== 1) return [say(`it has ${roots.length} incidents, not one`)];
    const types = own.flatMap(entriesOf).map(({ type }) => type);
    const count = (among: readonly string[]): number => types.filter((type) => among.includes(type)).length;
    const begun = count(['Engaged']) === 1 ? [] : [say(`its record says ${count(['Engaged'])} times that it began`)];
    if (!expectations.restored) return begun;
    return count(releases) === 1 ? begun : [...begun, say(`its record says ${count(releases)} times that it was released`)];
  });
}

function engagementsIn(timeline: Timeline): readonly { readonly planUID: string; readonly engagement: number }[] {
  const claims = targetResourcesIn(timeline)
    .flatMap((resource) => revisionsOf(timeline, resource))
    .flatMap(({ journal }) => journal?.claims ?? []);
  return [...new Map(claims.map(({ holder }) => [`${holder.planUID} ${holder.engagement}`, holder])).values()];
}

interface TargetStatus {
  readonly ref: { readonly kind: string; readonly name: string; readonly uid?: string };
  readonly generation?: number;
  readonly effective?: string;
  readonly verified?: string;
}

const routeKinds: ReadonlySet<string> = new Set(['HTTPRoute', 'GRPCRoute', 'VirtualService']);

/** V12: where a plan's status says a route is verified at a generation, the route had those shares at that generation. */
export function judgeStatus(timeline: Timeline, expectations: Expectations): readonly Violation[] {
  const routes = routeRevisions(timeline).map(({ event }) => event.object);
  return revisionsOf(timeline, 'mitigationplans').flatMap((revision) => {
    const { targets = [] } = (revision.event.object['status'] ?? {}) as { readonly targets?: readonly TargetStatus[] };
    return targets.flatMap(({ ref, generation, effective, verified }) => {
      if (!routeKinds.has(ref.kind) || verified !== 'Verified' || effective === undefined) return [];
      const named = routes.filter(({ metadata }) => metadata.uid === ref.uid && metadata.generation === generation);
      const stated = sharesStated(effective, expectations.candidate);
      const seen = named.map((route) => sharesSeen(route, expectations.candidate));
      if (seen.some((shares) => shares === stated)) return [];
      const message = `status says ${expectations.candidate} has ${stated} % of ${ref.name} at generation ${generation ?? 0}, the route had ${seen.at(-1) ?? 'no such generation'}`;
      return [{ invariant: 'V12' as const, atMs: revision.event.atMs, subject: describeRevision(revision.event), message }];
    });
  });
}

const percentText = (percent: number): string => String(Math.round(percent * 10) / 10);

/** `credit-v1 90 %, credit-v2 10 %; copies 100 % to credit-v2`: a service stands before its share, copies go to it. */
function sharesStated(effective: string, service: string): string {
  const shares = [...effective.matchAll(/([\w.:-]+) ([\d.]+) %/g)].filter(([, name]) => name === service).map(([, , share = '']) => share);
  return [...new Set(shares)].toSorted().join(' and ');
}

function sharesSeen(route: KubeObject, service: string): string {
  const rules = rulesOf(route).filter(({ backends }) => backends.some(({ name }) => name === service));
  return [...new Set(rules.map((rule) => percentText(shareIn(rule, service))))].toSorted().join(' and ');
}
