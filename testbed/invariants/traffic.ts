import type { KubeObject } from '../api-client.ts';
import { describeRevision, endOf, intentAt, objectEvents, revisionsOf, versionOf } from '../timeline.ts';
import type { JournalView, Revision, Timeline } from '../timeline.ts';
import type { Expectations, Invariant, Violation } from './expectations.ts';
import { highestShare, routeResources, rulesOf, totalOf } from './route-view.ts';

const roundingPercent = 1e-9;

/** All revisions of all kinds of routes, kind by kind. */
export function routeRevisions(timeline: Timeline): readonly Revision[] {
  return routeResources.flatMap((resource) => revisionsOf(timeline, resource));
}

export function violationAt(invariant: Invariant, { event }: Revision, message: string): Violation {
  return { invariant, atMs: event.atMs, subject: describeRevision(event), message };
}

/** V1: no rule that had traffic ever sums to 0, and what we write keeps the sum of the intent, or a hundred times it. */
export function judgeSums(timeline: Timeline): readonly Violation[] {
  return routeRevisions(timeline).flatMap((revision) => {
    const intended = intentAt(timeline, revision.event.resource, revision.event.object);
    const totals = (intended === null ? [] : rulesOf(intended)).map(totalOf);
    return rulesOf(revision.event.object).flatMap((rule, index) => {
      const total = totalOf(rule);
      const wanted = totals[index] ?? 0;
      if (rule.backends.length === 0 || wanted === 0) return [];
      if (total === 0) return [violationAt('V1', revision, `the weights of rule ${index} sum to 0, so every request fails`)];
      const kept = total === wanted || total === wanted * 100;
      return kept || !revision.ours
        ? []
        : [violationAt('V1', revision, `the weights of rule ${index} sum to ${total}, the intent to ${wanted}`)];
    });
  });
}

/** Highest live share the journal allows the candidate; null when it bounds nothing. */
function capOf(journal: JournalView | null, expectations: Expectations): number | null {
  if (journal?.state !== 'Engaged') return null;
  const caps = journal.claims.flatMap(({ holder, constraints }) => {
    const stated = constraints.flatMap(({ kind, maxPercent }) => {
      if (kind === 'Shadow') return [0];
      return kind === 'Cap' && maxPercent !== undefined ? [maxPercent] : [];
    });
    const promised = expectations.stageMaxPercent?.[holder.stage];
    return promised === undefined || stated.length === 0 ? stated : [...stated, promised];
  });
  return caps.length === 0 ? null : Math.min(...caps);
}

/** V2: from the first engagement on no revision of ours exceeds the cap, and an edit that does is bounded again in time. */
export function judgeCaps(timeline: Timeline, expectations: Expectations): readonly Violation[] {
  const endMs = endOf(timeline);
  const revisions = routeRevisions(timeline);
  const excess = ({ event, journal }: Revision): number => {
    const cap = capOf(journal, expectations);
    return cap === null ? 0 : highestShare(event.object, expectations.candidate) - cap;
  };
  return revisions.flatMap((revision, index) => {
    if (excess(revision) <= roundingPercent) return [];
    const share = highestShare(revision.event.object, expectations.candidate);
    const cap = String(capOf(revision.journal, expectations));
    if (revision.ours) return [violationAt('V2', revision, `${expectations.candidate} gets ${share} % under a cap of ${cap} %`)];
    const { uid } = revision.event.object.metadata;
    const bounded = revisions.slice(index + 1).find((later) => later.event.object.metadata.uid === uid && excess(later) <= roundingPercent);
    const stoodMs = (bounded?.event.atMs ?? endMs) - revision.event.atMs;
    if (stoodMs <= expectations.reassertWithinMs) return [];
    return [
      violationAt(
        'V2',
        revision,
        `a foreign edit gave ${expectations.candidate} ${share} % over a cap of ${cap} % for ${Math.round(stoodMs)} ms`,
      ),
    ];
  });
}

interface SliceView {
  readonly endpoints?: readonly { readonly conditions?: { readonly ready?: boolean } }[];
}

/** V3: while we constrain, our revisions give more traffic only to services with a ready endpoint. */
export function judgeReadiness(timeline: Timeline): readonly Violation[] {
  return routeRevisions(timeline).flatMap((revision) => {
    const { event, previous, ours, journal } = revision;
    if (!ours || journal?.state !== 'Engaged' || previous === null) return [];
    const services = new Set(rulesOf(event.object).flatMap(({ backends }) => backends.map(({ name }) => name)));
    return [...services]
      .filter((service) => highestShare(event.object, service) > highestShare(previous, service) + roundingPercent)
      .filter((service) => readyEndpoints(timeline, service, event.object) === 0)
      .map((service) => violationAt('V3', revision, `${service} gets more traffic and has no ready endpoint`));
  });
}

function readyEndpoints(timeline: Timeline, service: string, at: KubeObject): number {
  const latest = new Map<string, number>();
  for (const { object, change } of objectEvents(timeline, 'endpointslices')) {
    if (versionOf(object) > versionOf(at) || object.metadata.labels?.['kubernetes.io/service-name'] !== service) continue;
    if (object.metadata.namespace !== at.metadata.namespace) continue;
    const ready = ((object as SliceView).endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false).length;
    latest.set(object.metadata.name ?? '', change === 'Deleted' ? 0 : ready);
  }
  return [...latest.values()].reduce((sum, count) => sum + count, 0);
}
