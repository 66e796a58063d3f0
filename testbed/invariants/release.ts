import type { KubeObject } from '../api-client.ts';
import { revisionsOf } from '../timeline.ts';
import type { Revision, SignalEvent, Timeline } from '../timeline.ts';
import type { Expectations, Violation } from './expectations.ts';
import { highestShare } from './route-view.ts';
import { routeRevisions, violationAt } from './traffic.ts';

/** V7: the operator gives live traffic back only while the signal is good, or after a person's word. */
export function judgeReleases(timeline: Timeline, expectations: Expectations): readonly Violation[] {
  const raised = [
    ...routeRevisions(timeline).filter((revision) => revision.ours && raisesShare(revision, expectations)),
    ...revisionsOf(timeline, 'featureflags').filter((revision) => revision.ours && leavesSafeVariant(revision, expectations)),
  ];
  return raised.flatMap((revision) => {
    const { atMs } = revision.event;
    if (timeline.some((event) => event.kind === 'Person' && event.atMs <= atMs)) return [];
    const bad = badThroughout(timeline, { fromMs: atMs - expectations.signalGraceMs, toMs: atMs });
    return bad === null ? [] : [violationAt('V7', revision, `live traffic was given back while the signal said ${bad}`)];
  });
}

function raisesShare({ event, previous }: Revision, { candidate }: Expectations): boolean {
  return previous !== null && highestShare(event.object, candidate) > highestShare(previous, candidate) + 1e-9;
}

function leavesSafeVariant({ event, previous }: Revision, { flag }: Expectations): boolean {
  if (flag === null || !flag.movesLiveTraffic || previous === null) return false;
  return defaultVariant(previous, flag.key) === flag.safeVariant && defaultVariant(event.object, flag.key) !== flag.safeVariant;
}

interface FlagSpec {
  readonly flagSpec?: { readonly flags?: Readonly<Record<string, { readonly defaultVariant?: string }>> };
}

function defaultVariant(object: KubeObject, key: string): string | undefined {
  return (object['spec'] as FlagSpec | undefined)?.flagSpec?.flags?.[key]?.defaultVariant;
}

/** What the signal said, when it said nothing good all that time; null when it was good at some moment, or unknown. */
function badThroughout(timeline: Timeline, span: { readonly fromMs: number; readonly toMs: number }): SignalEvent['reading'] | null {
  const signals = timeline.filter((event) => event.kind === 'Signal').filter(({ atMs }) => atMs <= span.toMs);
  const atStart = signals.findLast(({ atMs }) => atMs <= span.fromMs);
  const during = signals.filter(({ atMs }) => atMs > span.fromMs);
  const all = atStart === undefined ? during : [atStart, ...during];
  if (atStart === undefined || all.some(({ reading }) => reading === 'Ok')) return null;
  return all.at(-1)?.reading ?? null;
}
