import { revisionsOf, targetResourcesIn } from '../timeline.ts';
import type { Timeline, WriteEvent } from '../timeline.ts';
import type { Expectations, Violation } from './expectations.ts';

/** Renewing the lease is no act. */
function acts(timeline: Timeline): readonly WriteEvent[] {
  return timeline.filter((event) => event.kind === 'Write').filter(({ request, effective }) => effective && request.resource !== 'leases');
}

function violation(invariant: 'V5' | 'V10' | 'V11', { atMs, request }: WriteEvent, message: string): Violation {
  const path = [request.namespace, request.resource, request.name, request.subresource].filter((part) => part !== null).join('/');
  return { invariant, atMs, subject: `${request.verb} ${path}`, message };
}

/** V5: once all is settled the operator writes nothing. */
export function judgeQuiet(timeline: Timeline, { settledAtMs }: Expectations): readonly Violation[] {
  if (settledAtMs === null) return [];
  return acts(timeline)
    .filter(({ atMs }) => atMs > settledAtMs)
    .map((write) => violation('V5', write, `written ${Math.round(write.atMs - settledAtMs)} ms after all was settled`));
}

/**
 * V10: nothing is written outside the namespace of the plan, refused attempts included, but for the status of its own
 * policy, which is of the cluster. Reviews of rights store nothing.
 */
export function judgeNamespaces(timeline: Timeline, { namespace, policy }: Expectations): readonly Violation[] {
  const attempts = timeline.filter((event) => event.kind === 'Write').filter(({ request }) => request.resource !== 'leases');
  return attempts
    .filter(({ request }) => request.group !== 'authorization.k8s.io' && request.group !== 'authentication.k8s.io')
    .filter(({ request }) => request.namespace !== namespace)
    .filter(({ request }) => policy === null || !isStatusOf(policy, request))
    .map((write) => violation('V10', write, `the plan may write in namespace ${namespace} only`));
}

function isStatusOf(policy: string, { resource, name, subresource }: WriteEvent['request']): boolean {
  return resource === 'riskpolicies' && name === policy && subresource === 'status';
}

/** V11: writes stay in proportion to what happened: signals that turned, edits, steps of an engagement. Events are told apart from acts. */
export function judgeStorms(timeline: Timeline, { writesPerChange, extraWrites }: Expectations): readonly Violation[] {
  const writes = acts(timeline).filter(({ request }) => request.resource !== 'events');
  const stimuli = timeline.filter(({ kind }) => kind === 'Signal' || kind === 'Intent' || kind === 'Person').length;
  const allowed = writesPerChange * (1 + stimuli + stepsTaken(timeline)) + extraWrites;
  const tooMany = writes[allowed];
  return tooMany === undefined ? [] : [violation('V11', tooMany, `${writes.length} writes, ${allowed} are in proportion to what happened`)];
}

/** Distinct (engagement, stage) a journal went through, over all targets. */
function stepsTaken(timeline: Timeline): number {
  const steps = targetResourcesIn(timeline)
    .flatMap((resource) => revisionsOf(timeline, resource))
    .map(({ journal }) => (journal?.claims ?? []).map(({ holder }) => `${holder.planUID} ${holder.engagement} ${holder.stage}`).join());
  return steps.filter((step, index) => step !== (steps[index - 1] ?? '')).length;
}

export function describeGaps(timeline: Timeline): readonly Violation[] {
  return timeline
    .filter((event) => event.kind === 'Gap')
    .map(({ atMs, message }) => ({ invariant: 'Recorder' as const, atMs, subject: 'recorder', message }));
}
